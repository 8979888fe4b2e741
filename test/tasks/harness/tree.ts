/** One hash of everything below a directory: names, kinds, contents, modes, owners, link targets, time stamps. */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export function treeHash(directory: string): string {
  const hash = createHash('sha256')
  walk(directory, '')
  return hash.digest('hex')

  function walk(path: string, name: string): void {
    const stat = lstatSync(path)
    hash.update(JSON.stringify([name, stat.mode, stat.uid, stat.gid, stat.mtimeMs, stat.nlink]))
    if (stat.isSymbolicLink()) hash.update(readlinkSync(path))
    else if (stat.isFile()) hash.update(readFileSync(path))
    else if (stat.isDirectory()) for (const child of readdirSync(path).sort()) walk(join(path, child), `${name}/${child}`)
  }
}
