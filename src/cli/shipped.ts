/** What comes with the program, found by the name that it has there when the working directory has nothing of that name. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import process from 'node:process'
import { InputError } from '../yaml/error.ts'
import { didYouMean } from '../text/similar.ts'
import { packageRoot } from './package.ts'

const localInventory = join('inventory', 'local')

/** The inventory that is taken when none is named; a program of one file alone has none, and knows only localhost. */
export function defaultInventory(): string[] {
  return [localInventory, join(packageRoot, localInventory)].some((path) => existsSync(path)) ? [localInventory] : []
}

/** A playbook as given, or that of the program by the same name; says on stderr which file was taken. */
export function playbookPath(path: string): string {
  const found = shipped(path)
  if (found && /\.ya?ml$/.test(found)) return take(path, found)
  if (existsSync(path) || isAbsolute(path) || dirname(normalize(path)) !== 'playbooks') return path
  const names = [...namesIn('playbooks'), ...namesIn(join(packageRoot, 'playbooks'))].filter((name) => /\.ya?ml$/.test(name))
  const near = didYouMean(basename(path), names)
  throw new InputError(`playbook not found: ${path}`, {
    hint: near ? `did you mean \`${join('playbooks', near)}\`?` : `there are: ${[...new Set(names)].map((name) => join('playbooks', name)).join(', ')}`,
  })
}

/** An inventory as given, or `inventory/local` of the program; says on stderr which one was taken. */
export function inventoryPath(path: string): string {
  const found = shipped(path)
  if (!found || dirname(normalize(path)) !== 'inventory') return path
  if (normalize(join(path, '.')) === localInventory) return take(path, found)
  // The others want to be edited, and keep beside them what they generate: an upgrade would delete both.
  throw new InputError(`inventory not found: ${path}`, {
    hint: `it comes with aarun, to be made your own: \`aarun init DIRECTORY\` copies it from ${found}`,
  })
}

/** Where the program has what the working directory lacks: a playbook or an inventory, nothing else. */
function shipped(path: string): string | undefined {
  const name = normalize(join(path, '.'))
  if (existsSync(path) || isAbsolute(path) || !['playbooks', 'inventory'].includes(dirname(name))) return undefined
  const found = join(packageRoot, name)
  return existsSync(found) ? found : undefined
}

function take(path: string, found: string): string {
  process.stderr.write(`${path} is not in this directory: taking ${found}, which comes with aarun\n`)
  return found
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : []
}
