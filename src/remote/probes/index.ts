/** A batch of probes as one request: those of a kind are merged. */
import { askHttps } from '../http/curl.ts'
import type { Fact, Kinds, Probe, ProbeKind } from '../probe.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { askGroups, askUsers } from './account.ts'
import { askCommands } from './command.ts'
import { askFiles } from './file.ts'
import type { Host } from './host.ts'
import { askMounts } from './mount.ts'
import { askPackages } from './package.ts'
import { askPorts, askPrograms, askSysctls } from './small.ts'
import { askSystems } from './system.ts'
import { askTrees } from './tree.ts'
import { askUnits } from './unit.ts'

type Ask<K extends ProbeKind> = (request: Request, probes: Probe<K>[], host: Host) => (reply: Reply) => Kinds[K]['fact'][]

/** Those that run in the background, and those that answer meanwhile with tools of the host in the C locale. */
const background = { port: askPorts, http: askHttps } satisfies { [K in ProbeKind]?: Ask<K> }
const foreground = {
  file: askFiles, tree: askTrees, user: askUsers, group: askGroups, package: askPackages, unit: askUnits,
  mount: askMounts, sysctl: askSysctls, program: askPrograms, system: askSystems,
} satisfies { [K in ProbeKind]?: Ask<K> }

/** Adds the probes to a request; the result reads their facts in the same order. */
export function addProbes(
  request: Request,
  probes: Probe[],
  host: Host,
  environment?: Record<string, string>,
): (reply: Reply) => Fact[] {
  const groups = groupByKind(probes)
  const readers: ((reply: Reply) => [Probe, Fact][])[] = []
  const add = (kind: ProbeKind, ask: Ask<never>) => {
    const asked = groups.get(kind)
    if (!asked) return
    const read = ask(request, asked as never[], host) as (reply: Reply) => Fact[]
    readers.push((reply) => {
      const facts = read(reply)
      return asked.map((probe, index) => [probe, facts[index] as Fact])
    })
  }
  if (probes.length === 0) return () => []
  request.add('_jobs=0')
  add('command', ((r: Request, p: Probe<'command'>[], h: Host) => askCommands(r, p, h, environment)) as Ask<never>)
  for (const [kind, ask] of Object.entries(background)) add(kind as ProbeKind, ask as Ask<never>)
  request.add('( LC_ALL=C; export LC_ALL; exec 3<&- 4>&-')
  for (const [kind, ask] of Object.entries(foreground)) add(kind as ProbeKind, ask as Ask<never>)
  request.add(') 2>/dev/null; wait')
  return (reply) => {
    const facts = new Map(readers.flatMap((read) => read(reply)))
    return probes.map((probe) => facts.get(probe) as Fact)
  }
}

function groupByKind(probes: Probe[]): Map<ProbeKind, Probe[]> {
  const groups = new Map<ProbeKind, Probe[]>()
  for (const probe of probes) groups.set(probe.kind, [...(groups.get(probe.kind) ?? []), probe])
  return groups
}
