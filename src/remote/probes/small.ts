/** Probes that need little: sysctl, port, program. */
import type { PortFact, Probe, ProgramFact, SysctlFact } from '../probe.ts'
import { quote, sh } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

export function askSysctls(request: Request, probes: Probe<'sysctl'>[]): (reply: Reply) => SysctlFact[] {
  const names = probes.map((probe) => {
    const name = request.name('s')
    request.add(sh`_content ${name} ${`/proc/sys/${sysctlPath(probe.key)}`} 1`)
    return name
  })
  return (reply) => names.map((name) => ({ value: reply.bytes(name)?.toString().replace(/\n$/, '') }))
}

/** `net.ipv4.ip_forward`, or with slashes; in a key with dots, a slash stands for a dot in a name. */
export function sysctlPath(key: string): string {
  const first = /[./]/.exec(key)?.[0]
  const path = first === '.' ? key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')) : key
  if (path.split('/').includes('..')) throw new Error(`'${key}' is not the key of a kernel parameter`)
  return path
}

export function askPrograms(request: Request, probes: Probe<'program'>[]): (reply: Reply) => ProgramFact[] {
  const section = request.name('s')
  for (const { name } of probes) {
    request.add(`{ if _program ${quote(name)}; then printf '%s\\0' "$_found"; else printf '\\0'; fi; } >>"$_R/${section}"`)
  }
  return (reply) => {
    const paths = reply.fields(section)
    return probes.map((_probe, index) => (paths[index] ? { path: paths[index] } : {}))
  }
}

export function askPorts(request: Request, probes: Probe<'port'>[]): (reply: Reply) => PortFact[] {
  const names = probes.map((probe) => {
    if (!Number.isInteger(probe.port) || probe.port < 1 || probe.port > 65_535)
      throw new Error(`${probe.port} is not a port: expected 1 to 65535`)
    const name = request.name('s')
    const seconds = Math.max(1, Math.ceil(probe.timeout ?? 5))
    request.add(sh`_turn; _open ${probe.host} ${probe.port} ${seconds} ${name} </dev/null >/dev/null 3<&- 4>&- &`)
    return name
  })
  return (reply) =>
    names.map((name) => {
      const said = reply.text(name).trim()
      if (said === 'missing') throw new Error('a port can only be tried with bash, nc or curl on the host: install one of them')
      return { open: said === '0' }
    })
}
