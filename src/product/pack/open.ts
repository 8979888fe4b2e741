/** Opens a pack: a zip, a directory, or several of them, of which a later one lies over the earlier ones. */
import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { textsHere } from '../../remote/texts/here.ts'
import type { Texts } from '../../remote/texts/wanted.ts'
import { InputError } from '../../yaml/index.ts'
import { PackError, packOf, packTexts, tomlOf, type PackFiles } from './files.ts'

/** Its deployment.toml too, which is checked where no other is named. */
const wanted = { in: [...packTexts.in, tomlOf], names: [...packTexts.names, basename(tomlOf)] }

/** Reads what is needed of a pack. A PackError says in one sentence why it can't be. */
export async function readPack(...paths: string[]): Promise<PackFiles> {
  const files = new Map<string, string>()
  let tomlPath: string | undefined
  for (const path of paths) {
    const found = await read(path)
    for (const [file, text] of found) files.set(file, text)
    if (found.has(tomlOf) && statSync(path).isDirectory()) tomlPath = join(path, tomlOf)
  }
  const last = paths.at(-1)
  if (last === undefined) throw new PackError('no pack was given')
  return { ...packOf(paths.join(', '), basename(resolve(last)), files), tomlPath }
}

async function read(path: string): Promise<Texts> {
  try {
    const found = await textsHere(path, wanted)
    if (!found) throw new PackError(`there is no pack at ${path}`)
    return found
  } catch (error) {
    throw error instanceof InputError && !(error instanceof PackError) ? new PackError(error.message, error.hint) : error
  }
}
