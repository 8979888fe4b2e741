/** Listing a directory of the host, and choosing by name. */
import { posix } from 'node:path'
import { probe, pythonRegex } from '../../../src/module/index.ts'
import type { CommandFact, FileFact, Probe, TreeEntry } from '../../../src/module/index.ts'

export interface Found {
  path: string
  name: string
  fact: FileFact
}

const TYPES: Record<string, FileFact['type']> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  p: 'fifo',
  s: 'socket',
  c: 'char',
  b: 'block',
}
const FIELDS = ['%y', '%m', '%U', '%G', '%u', '%g', '%s', '%T@', '%A@', '%C@', '%i', '%D', '%n', '%p']

/** One `find` of what is below a directory; fields end with a newline, entries with an empty one (a path comes last). */
export function listProbe(path: string, follow: boolean, depth: number | undefined): Probe<'command'> {
  const safe = path.startsWith('/') ? path : `./${path}`
  const limit = depth === undefined ? [] : ['-maxdepth', String(depth)]
  return probe.command({
    argv: ['find', follow ? '-L' : '-H', safe, '-mindepth', '1', ...limit, '-printf', `${FIELDS.join('\\n')}\\n\\0`],
    reads: [path],
    timeout: 600,
  })
}

export function readListing({ stdout }: CommandFact): Found[] {
  return stdout
    .split('\n\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [type = '', mode = '', uid, gid, owner, group, size, mtime, atime, ctime, inode, dev, nlink, ...rest] =
        entry.split('\n')
      const path = rest.join('\n')
      const fact: FileFact = {
        exists: true,
        type: TYPES[type],
        mode: Number.parseInt(mode, 8),
        uid: Number(uid),
        gid: Number(gid),
        owner,
        group,
        size: Number(size),
        mtime: Number(mtime),
        atime: Number(atime),
        ctime: Number(ctime),
        inode: Number(inode),
        dev: Number(dev),
        nlink: Number(nlink),
      }
      return { path, name: posix.basename(path), fact }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * The same as a tree, whose entries are predicted one by one: in check mode a listing of a directory in which anything will
 * change is not known as a whole. Undefined where links are followed, which a tree never does.
 */
export function treeProbe(path: string, follow: boolean, depth: number | undefined): Probe<'tree'> | undefined {
  return follow ? undefined : probe.tree({ path, ...(depth !== undefined && { depth }) })
}

export function readTree(path: string, entries: TreeEntry[]): Found[] {
  const start = `${path.startsWith('/') ? path : `./${path}`}`.replace(/\/*$/, '/')
  return entries
    .filter((entry) => entry.path !== '')
    .map(({ path: below, ...fact }) => ({ path: `${start}${below}`, name: posix.basename(below), fact }))
}

/** Does a name match any of the patterns? None: all names do. */
export function matcher(patterns: string[], regex: boolean): (name: string) => boolean {
  if (patterns.length === 0) return () => true
  const compiled = patterns.map((pattern) =>
    regex ? pythonRegex(`(?:${pattern})`, {}, 'y') : new RegExp(shellPattern(pattern), 's'),
  )
  return (name) =>
    compiled.some((pattern) => {
      pattern.lastIndex = 0
      return pattern.test(name)
    })
}

/** Python's fnmatch: * ? [abc] [!abc]. */
function shellPattern(pattern: string): string {
  const body = pattern.replace(/\[(!?)(\]?[^\]]*)\]|[^]/g, (part: string, not?: string, members?: string) => {
    if (members !== undefined) return `[${not ? '^' : ''}${members.replace(/[\\\]^]/g, '\\$&')}]`
    if (part === '*') return '[^]*'
    if (part === '?') return '[^]'
    return part.replace(/[.*+?^${}()|[\]\\]/, '\\$&')
  })
  return `^${body}$`
}

const AGES: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }
const SIZES: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

export const ageSeconds = (text: string): number => amount(text, AGES)
export const sizeBytes = (text: string): number => amount(text, SIZES)

/** '-1w' as a number; '-0' stays negative. */
function amount(text: string, units: Record<string, number>): number {
  const [, minus = '', digits = '0', unit = ''] = /^(-?)(\d+)([a-z]?)$/i.exec(text) ?? []
  const value = Number(digits) * (units[unit.toLowerCase()] ?? 1)
  return minus ? -value : value
}
