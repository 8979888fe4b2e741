/** Mount probes: the kernel's mount table, read once. */
import type { MountFact, Probe } from '../probe.ts'
import { quote } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { hostPath, type Host } from './host.ts'

export interface Mount { path: string; source: string; fstype: string; options: string[] }

export function askMounts(request: Request, probes: Probe<'mount'>[], host: Host): (reply: Reply) => MountFact[] {
  const mounts = mountTable(request)
  const paths = probes.map((probe) => normal(hostPath(probe.path, host)))
  const real = request.name('s')
  // The kernel lists resolved paths. Resolving touches the mount point, so a dead server must not hold us up.
  request.add(`timeout 5 realpath -mz -- ${paths.map(quote).join(' ')} >"$_R/${real}"`)
  return (reply) => {
    const table = mounts(reply)
    const resolved = reply.fields(real)
    return paths.map((path, index) => {
      // The last entry is the one on top.
      const mount = table.findLast((entry) => entry.path === path) ?? table.findLast((entry) => entry.path === resolved[index])
      return mount ? { mounted: true, source: mount.source, fstype: mount.fstype, options: mount.options } : { mounted: false }
    })
  }
}

/** Asks for the mount table. */
export function mountTable(request: Request): (reply: Reply) => Mount[] {
  const name = request.name('m')
  request.add(`cat /proc/self/mountinfo >"$_R/${name}"`)
  return (reply) => parseMounts(reply.text(name))
}

export function isMountPoint(table: Mount[], path: string): boolean {
  const wanted = normal(path)
  return table.some((entry) => entry.path === wanted)
}

export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ')
    const [, , , , path, own] = before?.split(' ') ?? []
    const [fstype, source, all] = after?.split(' ') ?? []
    if (path === undefined || own === undefined || fstype === undefined || source === undefined) return []
    const options = [...new Set([...own.split(','), ...(all ?? '').split(',')])]
    // Options of the file system repeat ro/rw; those of this mount decide.
    const mode = own.split(',')[0]
    const kept = options.filter((option) => option !== '' && (!/^r[ow]$/.test(option) || option === mode))
    return [{ path: decode(path), source: decode(source), fstype, options: kept.map(decode) }]
  })
}

const decode = (text: string) => text.replace(/\\([0-7]{3})/g, (_all, digits) => String.fromCharCode(Number.parseInt(digits, 8)))

/** Without `.`, double and closing slashes; `..` is left for the host to resolve. */
export function normal(path: string): string {
  const parts = path.split('/').filter((part, index) => part !== '' && (part !== '.' || index === 0))
  return (path.startsWith('/') ? '/' : '') + parts.join('/')
}
