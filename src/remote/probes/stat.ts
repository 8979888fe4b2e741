/** Reads what stat, readlink and sha256sum print. */
import type { FileFact } from '../probe.ts'

const types: Record<number, FileFact['type']> = {
  0o01: 'fifo',
  0o02: 'char',
  0o04: 'directory',
  0o06: 'block',
  0o10: 'file',
  0o12: 'link',
  0o14: 'socket',
}

const fieldCount = 13

/** Facts by path, from the fields of `statFormat`. */
export function parseStat(fields: string[]): Map<string, FileFact> {
  const facts = new Map<string, FileFact>()
  for (let at = 0; at + fieldCount <= fields.length; at += fieldCount) {
    const [path, raw, uid, gid, owner, group, size, mtime, atime, ctime, inode, dev, nlink] = fields.slice(at, at + fieldCount)
    const mode = Number.parseInt(raw as string, 16)
    const fact: FileFact = {
      exists: true,
      type: types[mode >> 12],
      mode: mode & 0o7777,
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
      mtime: Number(mtime),
      atime: Number(atime),
      ctime: Number(ctime),
      inode: Number(inode),
      dev: Number(dev),
      nlink: Number(nlink),
    }
    if (owner !== 'UNKNOWN') fact.owner = owner
    if (group !== 'UNKNOWN') fact.group = group
    facts.set(path as string, fact)
  }
  return facts
}

/** sha256sum's lines; a name with a newline or backslash has its line begin with a backslash and is escaped. */
export function parseSums(lines: string[]): Map<string, string> {
  const sums = new Map<string, string>()
  for (const line of lines) {
    const match = /^(\\?)([0-9a-f]{64}) [ *](.*)$/s.exec(line)
    if (!match) continue
    const name = match[3] as string
    sums.set(
      match[1] ? name.replace(/\\([nr\\])/g, (_all, c) => ({ n: '\n', r: '\r' })[c as 'n' | 'r'] ?? '\\') : name,
      match[2] as string,
    )
  }
  return sums
}

/** Targets by path of the link; empty when a link vanished between the two lists. */
export function parseLinks(names: string[], targets: string[]): Map<string, string> {
  if (names.length !== targets.length) return new Map()
  return new Map(names.map((name, index) => [name, targets[index] as string]))
}
