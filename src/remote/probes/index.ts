/**
 * A batch of probes as one request: those of a kind are merged. In: probes. Out: their script in a request, and a
 * function that reads a fact for each from the reply.
 */
import { askHttps } from '../http/curl.ts'
import type { Fact, Kinds, Probe, ProbeKind } from '../probe.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { askGroups, askUsers } from './account.ts'
import { askClocks } from './clock.ts'
import { askCommands } from './command.ts'
import { askFiles } from './file.ts'
import type { Host } from './host.ts'
import { askMounts } from './mount.ts'
import { askPackages } from './package.ts'
import { askPorts, askPrograms, askSysctls } from './small.ts'
import { askSystems } from './system.ts'
import { askTexts } from './texts.ts'
import { askTrees } from './tree.ts'
import { askUnits } from './unit.ts'

type Ask<K extends ProbeKind> = (request: Request, probes: Probe<K>[], host: Host) => (reply: Reply) => Kinds[K]['fact'][]

/** Adds the probes to a request; the result reads their facts in the same order. */
export function addProbes(
  request: Request,
  probes: Probe[],
  host: Host,
  environment?: Record<string, string>,
): (reply: Reply) => Fact[] {
  const groups = groupByKind(probes)
  const readers: ((reply: Reply) => [Probe, Fact][])[] = []
  const add = <K extends ProbeKind>(kind: K, ask: Ask<K>) => {
    const asked = groups.get(kind) as Probe<K>[] | undefined
    if (!asked) return
    const read = ask(request, asked, host)
    readers.push((reply) => {
      const facts = read(reply)
      return asked.map((probe, index) => [probe as Probe, facts[index] as Fact])
    })
  }
  if (probes.length === 0) return () => []
  const clocks = groups.get('clock') as Probe<'clock'>[] | undefined
  const clock = clocks && askClocks(request)
  // These run in the background …
  request.add('_jobs=0')
  add('command', (r, p, h) => askCommands(r, p, h, environment))
  add('port', askPorts)
  add('http', askHttps)
  // … and meanwhile these ask the host's own tools, in the C locale.
  request.add('( LC_ALL=C; export LC_ALL; exec 3<&- 4>&-')
  add('file', askFiles)
  add('tree', askTrees)
  add('texts', askTexts)
  add('user', askUsers)
  add('group', askGroups)
  add('package', askPackages)
  add('unit', askUnits)
  add('mount', askMounts)
  add('sysctl', askSysctls)
  add('program', askPrograms)
  add('system', askSystems)
  request.add(') 2>/dev/null; wait')
  clock?.stop()
  return (reply) => {
    const facts = new Map(readers.flatMap((read) => read(reply)))
    for (const probe of clocks ?? []) facts.set(probe as Probe, clock?.read(reply) as Fact)
    return probes.map((probe) => facts.get(probe) as Fact)
  }
}

function groupByKind(probes: Probe[]): Map<ProbeKind, Probe[]> {
  const groups = new Map<ProbeKind, Probe[]>()
  for (const probe of probes) groups.set(probe.kind, [...(groups.get(probe.kind) ?? []), probe])
  return groups
}
