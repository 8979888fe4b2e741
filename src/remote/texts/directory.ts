/** The wanted files of a directory of this machine. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isWanted, type Wanted } from './wanted.ts'

export function readDirectory(root: string, wanted: Wanted): Map<string, string> {
  const files = new Map<string, string>()
  for (const path of wanted.in.flatMap((place) => below(root, place))) if (isWanted(path, wanted)) files.set(path, readFileSync(join(root, path), 'utf8'))
  return files
}

function below(root: string, path: string): string[] {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.isFile() ? [path] : []
  return readdirSync(join(root, path)).flatMap((name) => below(root, `${path}/${name}`))
}
