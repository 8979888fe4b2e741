/** Where the program lies, and the playbooks and inventories that come with it. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Directory of the package; playbooks and inventories that come with it lie there. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(from: string): string {
  // The source lies two directories below it, what is built one. A program of one file has none.
  for (let directory = from; dirname(directory) !== directory; directory = dirname(directory)) {
    if (existsSync(join(directory, 'playbooks/site.yaml'))) return directory
  }
  return from
}
