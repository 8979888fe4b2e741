/** The stand-in's pack with its classes (compiling them takes seconds, and its start scripts do so when there are none), and the packs of releases. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shared } from '../shared.ts'
import { environment } from './java.ts'

/** What all releases share; no pack yet. */
export const PACK = fileURLToPath(new URL('../../lab/pack', import.meta.url))
/** A directory for each release, which lies over it. */
export const RELEASES = fileURLToPath(new URL('../../lab/releases', import.meta.url))

export const releases = (): string[] => readdirSync(RELEASES).sort()

/** The shared layer of this run, not to be changed; without one, one that is made in this directory. */
export function compiledPack(directory: string): string {
  return shared.pack ?? compile(join(directory, 'compiled pack'))
}

/** A pack of this release at `to`: the shared layer with the release's over it. */
export function packOf(release: string, to: string, layer: string): string {
  cpSync(layer, to, { recursive: true, verbatimSymlinks: true })
  cpSync(join(RELEASES, release), to, { recursive: true })
  return to
}

/** The start script of a release, below its pack. */
export const startScript = (release: string): string => (release.startsWith('3.') ? 'bin/wso2server.sh' : 'bin/api-manager.sh')

export function compile(to: string): string {
  if (existsSync(to)) return to
  cpSync(PACK, to, { recursive: true, filter: (file) => !file.includes('lib/classes') })
  // The cipher tool without an argument only compiles and prints its usage.
  execFileSync('sh', [join(to, 'bin/ciphertool.sh')], { env: environment(), stdio: 'ignore' })
  return to
}
