/** Where the program lies, and its version. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Directory of the package; playbooks and inventories that come with it lie there. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

export function version(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
  return version
}

function findRoot(from: string): string {
  // The source lies two directories below it, what is built three.
  for (let directory = from; dirname(directory) !== directory; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory
  }
  return from
}
