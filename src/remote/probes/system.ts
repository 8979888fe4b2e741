/** The system probe: what Ansible calls facts, gathered in one go. */
import type { Probe, SystemFact } from '../probe.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { distribution, hardware, identity, localFacts, time } from '../system/facts.ts'
import { addressing } from '../system/network.ts'
import { gather, type Raw } from '../system/gather.ts'
import { mountFacts } from '../system/mounts.ts'

/** Groups of facts as `gather_subset` names them; `min` is always there. */
const parts: Record<string, (raw: Raw) => SystemFact> = {
  min: (raw) => ({ ...distribution(raw), ...identity(raw), ...time(raw) }),
  hardware: (raw) => ({ ...hardware(raw), mounts: mountFacts(raw) }),
  network: addressing,
  local: (raw) => ({ local: localFacts(raw) }),
}

export function askSystems(request: Request, probes: Probe<'system'>[]): (reply: Reply) => SystemFact[] {
  const section = request.name('s')
  gather(request, section)
  return (reply) => {
    const raw: Raw = (name) => reply.text(section + name)
    return probes.map((probe) =>
      Object.assign({}, ...wanted(probe.subset).map((part) => (parts[part] as (raw: Raw) => SystemFact)(raw))),
    )
  }
}

/** `all`, a name, or `!name` to leave one out. */
function wanted(subset: string[] | undefined): string[] {
  const names = subset ?? ['all']
  const chosen = names.filter((name) => !name.startsWith('!'))
  const all = chosen.length === 0 || chosen.some((name) => name === 'all')
  // Facts that have no group of their own here belong to the small ones that are always there.
  const left = Object.keys(parts).filter(
    (part) => part !== 'min' && (all ? !names.includes('!all') || chosen.length > 0 : chosen.includes(part)),
  )
  return ['min', ...left.filter((part) => !names.includes(`!${part}`))]
}
