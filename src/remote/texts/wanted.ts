/** Which files of a tree are wanted, and the hash that stands for all of them. */
import { createHash } from 'node:crypto'

export interface Wanted {
  /** Files, and folders with all that is below them; relative paths. */
  in: string[]
  /** Names of the files in those: `*.xml`, `version.txt`. A `*` stands for any text. */
  names: string[]
}

/** Files by their relative paths. */
export type Texts = ReadonlyMap<string, string>

export function isWanted(path: string, { in: places, names }: Wanted): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return places.some((place) => path === place || path.startsWith(`${place}/`)) && names.some((pattern) => patternOf(pattern).test(name))
}

function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&')).join('.*')}$`, 's')
}

/** The hash of the lines that sha256sum prints for these files, sorted by their paths: what a host can tell by itself. */
export function digestOf(texts: Texts): string {
  const lines = [...texts].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map(([path, text]) => `${sha256(text)}  ${path}\n`)
  return sha256(lines.join(''))
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
