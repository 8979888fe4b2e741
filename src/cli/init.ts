/** `aarun init DIR`: inventories and playbooks of the program as files of one's own. Nothing that exists is touched. */
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import { exit, UsageError } from './exit.ts'
import { version } from '../version.ts'
import { packageRoot } from './package.ts'

/** Directories of the program that are copied. */
const owned = ['inventory', 'playbooks']
const model = join('inventory', 'local', 'group_vars', 'all', 'apim.yaml')

/** Gives the program its command `init`. */
export function addInit(program: Command, done: (code: number) => void): void {
  program
    .command('init')
    .summary('copy inventories and playbooks, to be your own')
    .description(
      'Copies the inventories and playbooks that come with aarun into a directory. They are yours then: edit them, keep them ' +
        'under version control; an upgrade of aarun does not change them. A file that exists already is kept as it is. ' +
        'Passwords and keys that these inventories generate are kept beside them, in .aarun.',
    )
    .argument('<directory>', 'where to; it is made if it is not there')
    .action((directory: string) => done(init(directory)))
}

function init(directory: string): number {
  const target = resolve(directory)
  checkTarget(directory, target)
  const files = new Map<string, string>()
  for (const name of owned) for (const file of filesBelow(join(packageRoot, name))) files.set(relative(packageRoot, file), readFileSync(file, 'utf8'))
  files.set(model, ownModel(files.get(model) ?? '', target))
  // What is generated beside an inventory is secret.
  files.set('.gitignore', '.aarun/\n')

  const made: string[] = []
  const kept: string[] = []
  for (const [name, text] of files) (create(join(target, name), text) ? made : kept).push(name)
  process.stdout.write(summary(directory, made, kept.map((name) => described(name, join(target, name), files.get(name) ?? ''))))
  return exit.ok
}

/** Before the first file is made. */
function checkTarget(directory: string, target: string): void {
  const missing = owned.find((name) => !existsSync(join(packageRoot, name)))
  if (missing) throw new UsageError(`this aarun comes without ${missing}: there is nothing to copy`, 'install the package: npm i -g aarun-VERSION.tgz')
  const blocked = [target, ...owned.map((name) => join(target, name))].find((path) => existsSync(path) && !statSync(path).isDirectory())
  if (blocked) throw new UsageError(`${blocked} is a file, and a directory is needed there`, 'give another directory: aarun init DIRECTORY')
  if (packageRoot.includes(`${sep}node_modules${sep}`) && `${target}${sep}`.startsWith(`${packageRoot}${sep}`))
    throw new UsageError(`${directory} is inside of aarun itself, and an upgrade deletes all of that`, 'give a directory of your own')
}

/**
 * The model of `inventory/local` keeps its state below the working directory; a copy that somebody owns keeps it beside
 * itself, so that it is found from any directory. Where a deployment is there already, the copy goes on with that.
 */
function ownModel(text: string, target: string): string {
  const begun = existsSync(join(target, '.aarun', 'local'))
  const place = begun ? "inventory_dir | dirname | dirname ~ '/.aarun/local'" : "inventory_dir ~ '/.aarun'"
  const own = `default(hostvars[groups['apim'][0]].${place})`
  const comment = begun ? 'Below the directory of this inventory, where the deployment was begun' : 'Beside this inventory'
  const result = text
    .replace("default('.aarun/local')", () => own)
    .replace(/ {2}# Below the working directory;(.*)\n(?: {2}#.*\n)*/, (_, rest: string) => `  # ${comment};${rest.replace(/\. .*/, '.')}\n`)
  if (!result.includes(own)) throw new Error(`${model} does not say where its state is`)
  return result
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    // A clone that is in use keeps passwords beside its inventories.
    if (entry.name === '.aarun') return []
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

/** Makes a file, whole or not at all; says whether there was none. */
function create(path: string, text: string): boolean {
  if (isThere(path)) return false
  mkdirSync(dirname(path), { recursive: true })
  const candidate = `${path}.aarun-${process.pid}`
  try {
    writeFileSync(candidate, text, { flag: 'wx' })
    return place(candidate, path)
  } finally {
    rmSync(candidate, { force: true })
  }
}

/** A link, unlike a rename, replaces nothing that somebody has made in between; some file systems have none. */
function place(candidate: string, path: string): boolean {
  try {
    linkSync(candidate, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || isThere(path)) return false
    renameSync(candidate, path)
    return true
  }
}

/** Also a link that leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function described(name: string, path: string, text: string): string {
  const same = existsSync(path) && statSync(path).isFile() && readFileSync(path, 'utf8') === text
  return same ? name : `${name} (differs from that of aarun ${version})`
}

function summary(directory: string, made: string[], kept: string[]): string {
  const lines = [made.length === 0 ? `nothing to copy to ${directory}: all files are there` : `copied to ${directory}: ${made.length} files of aarun ${version}`]
  if (kept.length > 0) lines.push(`kept as they are, because they were there: ${kept.length}`, ...kept.map((name) => `  ${name}`))
  lines.push(
    'next:',
    ...(resolve(directory) === process.cwd() ? [] : [`  cd ${quoted(directory)}`]),
    '  aarun playbooks/site.yaml --check                   what would be made on this machine (inventory/local)',
    '  aarun playbooks/site.yaml                           make it',
    '  aarun playbooks/site.yaml -i inventory/example      on hosts of your own: first put them into inventory/example',
    '',
  )
  return lines.join('\n')
}

const quoted = (text: string) => (/^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
