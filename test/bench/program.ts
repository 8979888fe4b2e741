/** The program as it is installed: what the package's command starts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { aarun: string } }

export const main = join(root, bin.aarun)
