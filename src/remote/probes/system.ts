import type { Probe, SystemFact } from '../probe.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

export function askSystems(request: Request, probes: Probe<'system'>[]): (reply: Reply) => SystemFact[] {
  const n = request.name('s')
  request.add(`uname -s >"$_R/${n}"`)
  return (reply) => probes.map(() => ({ system: reply.text(n).trim() }))
}
