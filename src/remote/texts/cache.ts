/**
 * What was read of a zip, kept for the next time: finding a hundred files among thirteen thousand takes most of a second.
 * It lies in the user's cache directory under a name that stands for the zip as it is (path, size, time), and is taken
 * only if nobody else can have written it and it is whole.
 */
import { lstatSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { makeTrusted, trustedPath, userCache } from '../../trusted-directory.ts'
import { sha256 as hash, type Wanted } from './wanted.ts'

/** So many packs are kept. */
const kept = 6
/** Changes with the form in which they are kept. */
const format = 2

export function cachedFiles(path: string, wanted: Wanted): Map<string, string> | undefined {
  const directory = trustedPath(userCache('packs'))
  if (directory === undefined) return undefined
  try {
    const [sum, body = ''] = split(readFileSync(join(directory, nameOf(path, wanted)), 'utf8'))
    return sum === hash(body) ? new Map(JSON.parse(body) as [string, string][]) : undefined
  } catch {
    // Not there, or broken: the zip is read again.
    return undefined
  }
}

export function keepFiles(path: string, wanted: Wanted, files: Map<string, string>): void {
  const directory = makeTrusted(userCache('packs'))
  if (directory === undefined) return
  try {
    const body = JSON.stringify([...files])
    const beside = join(directory, `${nameOf(path, wanted)}.${process.pid}`)
    writeFileSync(beside, `${hash(body)}\n${body}`, { mode: 0o600, flag: 'wx' })
    renameSync(beside, join(directory, nameOf(path, wanted)))
    forget(directory)
  } catch {
    // A full disk, or another process was faster: no loss.
  }
}

function nameOf(path: string, wanted: Wanted): string {
  const { size, mtimeMs, ino } = statSync(path)
  return hash(JSON.stringify([format, wanted, realpathSync(path), size, mtimeMs, ino]))
}

function split(text: string): [string, string] {
  const end = text.indexOf('\n')
  return [text.slice(0, end), text.slice(end + 1)]
}

/** Removes those that were written longest ago. */
function forget(directory: string): void {
  const found = readdirSync(directory).map((name) => ({ name, written: lstatSync(join(directory, name)).mtimeMs }))
  for (const { name } of found.sort((a, b) => b.written - a.written).slice(kept)) rmSync(join(directory, name), { force: true })
}
