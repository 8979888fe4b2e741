/** The stand-in's pack with its classes: compiling them takes seconds, and its start scripts do so when there are none. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shared } from '../shared.ts'
import { environment } from './java.ts'

export const PACK = fileURLToPath(new URL('../../lab/pack', import.meta.url))

/** The one of this run, not to be changed; without it, one that is made in this directory. */
export function compiledPack(directory: string): string {
  return shared.pack ?? compile(join(directory, 'compiled pack'))
}

export function compile(to: string): string {
  if (existsSync(to)) return to
  cpSync(PACK, to, { recursive: true, filter: (file) => !file.includes('lib/classes') })
  // The cipher tool without an argument only compiles and prints its usage.
  execFileSync('sh', [join(to, 'bin/ciphertool.sh')], { env: environment(), stdio: 'ignore' })
  return to
}
