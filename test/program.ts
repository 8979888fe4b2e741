/** The command line that starts aarun: what was built, when the runner has built it, and else the sources. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { shared } from './shared.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Arguments with which the program that runs these tests runs TypeScript. */
export const runtime: [string, ...string[]] =
  'Deno' in globalThis ? [process.execPath, 'run', '-A'] : [process.execPath, '--import', join(root, 'node_modules/tsx/dist/esm/index.mjs')]

export const program: [string, ...string[]] = shared.program && !('Deno' in globalThis) ? [process.execPath, shared.program] : [...runtime, join(root, 'src/cli/main.ts')]

/** Where `npm run build` leaves it. */
export function built(): string {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { aarun: string } }
  return join(root, bin.aarun)
}
