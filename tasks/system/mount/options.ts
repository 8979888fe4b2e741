/** Are the options with which something is mounted those that were asked for. The kernel adds its own: those do not count. */

/** Options of the whole system: each excludes its opposite. */
const OPPOSITES: Record<string, string> = {
  ro: 'rw',
  rw: 'ro',
  nosuid: 'suid',
  suid: 'nosuid',
  nodev: 'dev',
  dev: 'nodev',
  noexec: 'exec',
  exec: 'noexec',
  noatime: 'atime',
  atime: 'noatime',
  nodiratime: 'diratime',
  diratime: 'nodiratime',
  sync: 'async',
  async: 'sync',
}
/** What the kernel lists when it is set; the opposite is not listed. */
const LISTED = new Set(['ro', 'rw', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'sync'])
/** Options with a value that a tmpfs takes again in a remount. */
const VALUED = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes'])

/** The options that were asked for and are not in effect. */
export function missingOptions(wanted: string, current: string[], fstype: string | undefined): string[] {
  return wanted.split(',').filter((option) => {
    const [name = '', value] = option.split('=')
    if (value === undefined) {
      const opposite = OPPOSITES[name]
      if (opposite === undefined) return false
      return LISTED.has(name)
        ? !current.includes(name) && (name !== 'nodiratime' || !current.includes('noatime'))
        : current.includes(opposite)
    }
    if (fstype !== 'tmpfs' || !VALUED.has(name)) return false
    const is = current.find((other) => other.startsWith(`${name}=`))?.split('=')[1]
    return is !== undefined && !value.includes('%') && numeric(name, is) !== numeric(name, value)
  })
}

/** 64m and 65536k are the same size; 755 and 0755 the same mode. */
function numeric(name: string, value: string): number | string {
  if (name === 'mode') return Number.parseInt(value, 8)
  const match = /^(\d+)([kmg]?)$/i.exec(value)
  if (!match) return value
  const bytes =
    Number(match[1]) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase() as '' | 'k' | 'm' | 'g']
  return name === 'size' ? Math.ceil(bytes / 4096) : bytes
}
