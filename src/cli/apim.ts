/** `aarun apim lint` and `aarun apim render`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { effect, type Finding, MapperError, openPack, type Pack, TomlSyntaxError } from '../product/index.ts'
import { InputError } from '../yaml/index.ts'
import { exit, UsageError } from './exit.ts'

export interface LintFlags {
  pack: string[]
  output: 'text' | 'json'
}

export interface RenderFlags {
  pack: string[]
  out?: string
  diff?: string[]
}

interface Document {
  name: string
  text: string
}

/** Exit code 2 where something was found, as for a task that failed. */
export async function lint(file: string | undefined, flags: LintFlags): Promise<number> {
  const pack = await openPack(...flags.pack)
  const document = documentOf(file, pack)
  const findings = pack.lint(document.text)
  if (flags.output === 'json') say(JSON.stringify({ file: document.name, release: pack.release, findings }, undefined, 2))
  else {
    for (const finding of findings) say(textOf(document.name, finding))
    const count = findings.length === 0 ? 'nothing to find fault with' : findings.length === 1 ? '1 finding' : `${findings.length} findings`
    say(`${document.name}: ${count}, by the rules of ${pack.release}`)
  }
  return findings.length === 0 ? exit.ok : exit.failed
}

function textOf(name: string, { line, column, message, nearest }: Finding): string {
  const place = line === undefined ? name : `${name}:${line}:${column}`
  return `${place}: ${message}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
}

export async function render(file: string | undefined, flags: RenderFlags): Promise<number> {
  if (flags.diff) return await showDifference(flags.diff, file, flags)
  const pack = await openPack(...flags.pack)
  const document = documentOf(file, pack)
  const files = orSay(document, pack, () => pack.render(document.text))
  for (const [path, text] of files) {
    if (flags.out === undefined) say(path)
    else write(join(flags.out, path), text)
  }
  if (flags.out !== undefined) say(`${files.size} files of ${pack.release}: ${flags.out}`)
  return exit.ok
}

async function showDifference(names: string[], file: string | undefined, flags: RenderFlags): Promise<number> {
  const [before, after] = names
  if (before === undefined || after === undefined || names.length > 2 || file !== undefined || flags.out !== undefined)
    throw new UsageError('--diff takes two files, and nothing else: --diff OLD NEW')
  const pack = await openPack(...flags.pack)
  const [old, fresh] = [documentOf(before, pack), documentOf(after, pack)]
  for (const document of [old, fresh]) orSay(document, pack, () => pack.render(document.text))
  const effects = effect(old.text, fresh.text, pack)
  for (const { diff } of effects) process.stdout.write(diff)
  say(`${effects.length === 1 ? '1 file differs' : `${effects.length === 0 ? 'no' : effects.length} files differ`}, by the rules of ${pack.release}`)
  return exit.ok
}

function documentOf(file: string | undefined, pack: Pack): Document {
  if (file !== undefined) return { name: file, text: readFileSync(file, 'utf8') }
  const { toml, tomlPath, path } = pack.files
  if (toml === undefined) throw new InputError(`${path} has no repository/conf/deployment.toml`, { hint: 'name the file: aarun apim lint FILE --pack PACK' })
  return { name: tomlPath ?? `${path}:repository/conf/deployment.toml`, text: toml }
}

/** What stops the product at its start is a mistake in the file, with a place where one is known. */
function orSay<T>(document: Document, pack: Pack, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof MapperError) && !(error instanceof TomlSyntaxError)) throw error
    const finding = pack.lint(document.text).find(({ message }) => message === error.message)
    // The line itself is not shown: it may hold a password.
    const place = finding?.line === undefined ? document.name : `${document.name}:${finding.line}:${finding.column}`
    throw new InputError(`${place}: ${error.message}`, { hint: `${pack.release} would not start with it` })
  }
}

/** Rendered files hold passwords: they are this user's only. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, text, { mode: 0o600 })
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
