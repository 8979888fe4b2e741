/** Facts about mounted file systems; sizes only of those of this machine. */
import { parseMounts } from '../probes/mount.ts'
import type { SystemFact } from '../probe.ts'
import type { Raw } from './gather.ts'

export function mountFacts(raw: Raw): SystemFact[] {
  const sizes = new Map<string, { total: number; available: number }>()
  for (const line of raw('df').split('\n').slice(1)) {
    const match = /^.*?\s+(\d+)\s+\d+\s+(\d+)\s+\d+%\s+(\/.*)$/.exec(line)
    if (match) sizes.set(match[3] as string, { total: Number(match[1]) * 1024, available: Number(match[2]) * 1024 })
  }
  return parseMounts(raw('mounts'))
    .filter(({ source, fstype }) => source.startsWith('/') || source.includes(':') || fstype.startsWith('fuse'))
    .map(({ path, source, fstype, options }) => {
      const size = sizes.get(path)
      const known = size ? { size_total: size.total, size_available: size.available } : {}
      return { mount: path, device: source, fstype, options: options.join(','), ...known }
    })
}
