/** Checksums that the host's coreutils compute. */
import { probe } from '../../src/module/index.ts'
import type { CommandFact, Probe } from '../../src/module/index.ts'

export const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export function checksumProbe(algorithm: Algorithm, paths: string[]): Probe<'command'> {
  return probe.command({ argv: [`${algorithm}sum`, '--', ...paths], reads: paths, timeout: 600 })
}

/** Sums by path. A name with a newline or backslash stands escaped on a line that begins with a backslash. */
export function readChecksums({ stdout }: CommandFact): Map<string, string> {
  const sums = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const match = /^(\\?)([0-9a-f]+) [ *](.*)$/.exec(line)
    if (!match) continue
    const name = match[3]!
    sums.set(match[1] ? name.replace(/\\([nr\\])/g, (_all, c: string) => ({ n: '\n', r: '\r' })[c] ?? '\\') : name, match[2]!)
  }
  return sums
}
