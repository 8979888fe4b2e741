/** What is in an archive: the commands that list it, and reading what they print. */
import type { CommandFact } from '../../../src/module/index.ts'

export type Format = 'tar' | 'zip'

export interface Member {
  /** Below dest, without leading or closing slash. */
  name: string
  type: 'file' | 'directory' | 'link' | 'other'
  size: number
  /** Permission bits, where the archive has them. */
  mode?: number
  /** Seconds since the epoch; of a zip in an unknown time zone. */
  mtime?: number
}

export interface Choice {
  include: string[]
  exclude: string[]
  extraOpts: string[]
}

/** By its name; an unknown one is tried as tar, which knows its compressions by itself. */
export function formatOf(name: string): Format {
  return /\.(zip|jar|war|ear|car|egg|whl)$/i.test(name) ? 'zip' : 'tar'
}

const TAR_LIST = ['--list', '--verbose', '--full-time', '--numeric-owner', '--show-transformed-names', '--quoting-style=escape']

export function listCommand(format: Format, archive: string, { include, exclude, extraOpts }: Choice): string[] {
  if (format === 'zip')
    return ['unzip', '-Z', '-T', '-s', '-h', '-t', archive, ...include, ...(exclude.length > 0 ? ['-x', ...exclude] : [])]
  return ['tar', ...TAR_LIST, ...exclude.map((pattern) => `--exclude=${pattern}`), ...extraOpts, '--file', archive, ...include]
}

export function extractCommand(format: Format, archive: string, dest: string, choice: Choice & { keepNewer: boolean }): string[] {
  const { include, exclude, extraOpts, keepNewer } = choice
  if (format === 'zip') {
    return [
      'unzip',
      keepNewer ? '-uo' : '-o',
      '-q',
      ...extraOpts,
      archive,
      ...include,
      ...(exclude.length > 0 ? ['-x', ...exclude] : []),
      '-d',
      dest,
    ]
  }
  return [
    'tar',
    '--extract',
    '--directory',
    dest,
    ...(keepNewer ? ['--keep-newer-files'] : []),
    ...exclude.map((pattern) => `--exclude=${pattern}`),
    ...extraOpts,
    '--file',
    archive,
    ...include,
  ]
}

export function readList(format: Format, { stdout }: CommandFact): Member[] {
  const members = stdout.split('\n').map((line) => (format === 'tar' ? tarMember(line) : zipMember(line)))
  return members.filter((member) => member !== undefined).filter(({ name }) => name !== '' && !name.split('/').includes('..'))
}

const TYPES: Record<string, Member['type']> = { '-': 'file', d: 'directory', l: 'link', h: 'file' }
/** 'rwxr-xr-x' as bits. */
function bitsOf(text: string): number | undefined {
  if (!/^[r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-]$/.test(text)) return undefined
  return [...text].reduce(
    (mode, letter, i) => (letter === '-' || letter === 'S' || letter === 'T' ? mode : mode | (0o400 >> i)),
    0,
  )
}

const clean = (name: string): string =>
  name
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '')

/** -rw-r--r-- 0/0      5 2024-01-02 03:04:05 name -> target */
function tarMember(line: string): Member | undefined {
  const match = /^(.)(\S{9})\S* +\S+ +(\d+|\d+,\d+) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? (.*)$/.exec(line)
  if (!match) return undefined
  const [, kind = '', permissions = '', size = '', day, time, rest = ''] = match
  const type = TYPES[kind] ?? 'other'
  const name = kind === 'l' ? rest.replace(/ -> .*$/, '') : kind === 'h' ? rest.replace(/ link to .*$/, '') : rest
  const at = Date.parse(`${day}T${time}Z`) / 1000
  // A hard link has the size and time of the member it is linked to.
  return {
    name: clean(unescape(name)),
    type: kind === 'h' ? 'other' : type,
    mode: bitsOf(permissions),
    size: Number(size),
    mtime: at,
  }
}

/** -rw-r--r--  3.0 unx        5 tx stor 20240102.030405 name */
function zipMember(line: string): Member | undefined {
  const match = /^(.)(\S*) +\S+ +\S+ +(\d+) +\S+ +\S+ +(\d{4})(\d\d)(\d\d)\.(\d\d)(\d\d)(\d\d) (.*)$/.exec(line)
  if (!match) return undefined
  const [, kind = '', permissions = '', size, year, month, day, hour, minute, second, name = ''] = match
  const type = name.endsWith('/') ? 'directory' : kind === 'l' ? 'link' : 'file'
  return {
    name: clean(name),
    type,
    mode: bitsOf(permissions),
    size: Number(size),
    mtime: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000,
  }
}

/** tar's escape style: \n, \t, \\, \ooo (bytes of UTF-8). */
function unescape(name: string): string {
  if (!name.includes('\\')) return name
  const bytes: number[] = []
  for (let i = 0; i < name.length; i++) {
    const octal = /^\\([0-7]{3})/.exec(name.slice(i, i + 4))
    if (octal) {
      bytes.push(Number.parseInt(octal[1]!, 8))
      i += 3
    } else if (name[i] === '\\') {
      i++
      bytes.push(
        ...Buffer.from(
          ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[name[i]!] ?? name[i]!,
        ),
      )
    } else {
      const char = String.fromCodePoint(name.codePointAt(i)!)
      bytes.push(...Buffer.from(char))
      i += char.length - 1
    }
  }
  return Buffer.from(bytes).toString('utf8')
}

/** Same time, for a zip up to two seconds and a time zone. */
export function sameTime(format: Format, member: number | undefined, file: number | undefined): boolean {
  if (member === undefined || file === undefined) return true
  const difference = Math.abs(Math.floor(file) - member)
  if (format === 'tar') return difference === 0
  const quarter = difference % 900
  return difference <= 27 * 3600 && Math.min(quarter, 900 - quarter) <= 2
}

/** The program that is missing, with its package. */
export function explainFailure(format: Format, { found, stdout, stderr, rc }: CommandFact, where: string): string {
  const helper = /(?:tar|gtar)[^:]*: (?:\(child\): )?(\S+): Cannot exec|(\S+): Cannot exec/.exec(stderr)
  const program = helper?.[1] ?? helper?.[2]
  if (!found || rc === 127)
    return `${format === 'zip' ? 'unzip' : 'tar'} is not on ${where}: install the package ${format === 'zip' ? 'unzip' : 'tar'}`
  if (program) return `tar needs ${program} on ${where}: install the package ${program.replace('xz', 'xz-utils (or xz)')}`
  if (format === 'zip' && /End-of-central-directory signature not found/.test(stdout + stderr))
    return 'it is not a zip archive, or cut off'
  return (stderr.trim() || stdout.trim()).split('\n').slice(0, 3).join('; ') || `rc ${rc}`
}
