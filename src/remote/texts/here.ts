/** The wanted files of something on this machine: a directory, or a zip, of which is kept what was read. */
import { statSync } from 'node:fs'
import { cachedFiles, keepFiles } from './cache.ts'
import { readDirectory } from './directory.ts'
import type { Texts, Wanted } from './wanted.ts'

/** Undefined when nothing is there; throws what a person can act on when it is neither a directory nor a whole zip. */
export async function textsHere(path: string, wanted: Wanted): Promise<Texts | undefined> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return undefined
  if (stat.isDirectory()) return readDirectory(path, wanted)
  const kept = cachedFiles(path, wanted)
  if (kept) return kept
  // The reader is loaded when a zip is opened that was not read before.
  const { readZip } = await import('./zip.ts')
  const found = await readZip(path, wanted)
  keepFiles(path, wanted, found)
  return found
}
