/** Opens a pack: a zip, a directory, or several of them, of which a later one lies over the earlier ones. */
import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { cachedFiles, keepFiles } from './cache.ts'
import { readDirectory } from './directory.ts'
import { PackError, packOf, tomlOf, type PackFiles } from './files.ts'

/** Reads what is needed of a pack. A PackError says in one sentence why it can't be. */
export async function readPack(...paths: string[]): Promise<PackFiles> {
  const files = new Map<string, string>()
  let tomlPath: string | undefined
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) throw new PackError(`there is no pack at ${path}`)
    if (!stat.isDirectory()) await addZip(path, files)
    else {
      const found = readDirectory(path)
      for (const [file, text] of found) files.set(file, text)
      if (found.has(tomlOf)) tomlPath = join(path, tomlOf)
    }
  }
  const last = paths.at(-1)
  if (last === undefined) throw new PackError('no pack was given')
  return { ...packOf(paths.join(', '), basename(resolve(last)), files), tomlPath }
}

/** The reader is loaded when a zip is opened that was not read before. */
async function addZip(path: string, files: Map<string, string>): Promise<void> {
  let found = cachedFiles(path)
  if (!found) {
    const { readZip } = await import('./zip.ts')
    found = await readZip(path)
    keepFiles(path, found)
  }
  for (const [file, text] of found) files.set(file, text)
}
