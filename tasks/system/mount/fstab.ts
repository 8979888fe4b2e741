/** /etc/fstab: finds, changes and removes the entry of one mount point; all other lines stay byte for byte. */

export interface FstabEntry {
  src: string
  path: string
  fstype: string
  opts: string
  dump: string
  passno: string
}

/** The entry of a mount point; for swap space (mount point none) of a device. The first counts, as for mount. */
export function findEntry(text: string, path: string, src?: string): FstabEntry | undefined {
  for (const line of text.split('\n')) {
    const entry = parseLine(line)
    if (entry && isFor(entry, path, src)) return entry
  }
  return undefined
}

/** The text with this entry: in place of the old one when that differs, else at the end. */
export function withEntry(text: string, entry: FstabEntry): string {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => {
    const found = parseLine(line)
    return found && isFor(found, entry.path, entry.src)
  })
  if (at >= 0) {
    if (sameEntry(parseLine(lines[at]!)!, entry)) return text
    lines[at] = formatEntry(entry)
    return lines.join('\n')
  }
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return `${start}${formatEntry(entry)}\n`
}

/** The text without the entries of this mount point. */
export function withoutEntry(text: string, path: string, src?: string): string {
  return text
    .split('\n')
    .filter((line) => {
      const entry = parseLine(line)
      return !(entry && isFor(entry, path, src))
    })
    .join('\n')
}

export function sameEntry(a: FstabEntry, b: FstabEntry): boolean {
  return (
    trim(a.path) === trim(b.path) && (['src', 'fstype', 'opts', 'dump', 'passno'] as const).every((key) => a[key] === b[key])
  )
}

function parseLine(line: string): FstabEntry | undefined {
  const fields = line.trim().split(/\s+/).map(unescape)
  const [src, path, fstype, opts = 'defaults', dump = '0', passno = '0'] = fields
  if (!src || src.startsWith('#') || !path || !fstype) return undefined
  return { src, path, fstype, opts, dump, passno }
}

/** The line, without its end. */
export const formatEntry = (entry: FstabEntry) =>
  [entry.src, entry.path, entry.fstype, entry.opts, entry.dump, entry.passno].map(escape).join(' ')

function isFor(entry: FstabEntry, path: string, src: string | undefined): boolean {
  if (path === 'none' || path === 'swap') return entry.fstype === 'swap' && entry.src === src
  return trim(entry.path) === trim(path)
}

const trim = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path)
const escape = (text: string) => text.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
const unescape = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
