/** A pack that is unpacked, or several directories laid one over the other. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isNeeded } from './files.ts'

/** The needed files of a directory, by their paths in it. */
export function readDirectory(root: string): Map<string, string> {
  const files = new Map<string, string>()
  const read = (path: string) => {
    if (isNeeded(path)) files.set(path, readFileSync(join(root, path), 'utf8'))
  }
  readIfThere(root, 'bin/version.txt', read)
  readIfThere(root, 'repository/conf/deployment.toml', read)
  for (const path of below(root, 'repository/resources/conf')) read(path)
  return files
}

function readIfThere(root: string, path: string, read: (path: string) => void): void {
  if (statSync(join(root, path), { throwIfNoEntry: false })?.isFile()) read(path)
}

function below(root: string, folder: string): string[] {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? below(root, path) : [path]
  })
}
