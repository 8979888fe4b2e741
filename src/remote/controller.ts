/** The machine on which aarun runs. Its files are asked of Node itself: no shell, and never a round trip. */
import { homedir } from 'node:os'
import type { Action, Outcome } from './action.ts'
import { HostConnection } from './connection.ts'
import { fileFact, treeEntries, type World, world } from './controller-files.ts'
import { zipFact } from './controller-zip.ts'
import type { Fact, Probe, ProbeKind, TextsFact } from './probe.ts'
import { hostPath } from './probes/host.ts'
import type { Session } from './session/session.ts'
import { textsHere } from './texts/here.ts'
import { digestOf } from './texts/wanted.ts'

/** A local session that does not keep Node running while it has nothing to do. */
class Background extends HostConnection {
  constructor() {
    super({ transport: 'local' })
  }
  protected override hold(session: Session, busy: boolean): void {
    session.hold(busy)
  }
}

let session: Background | undefined
const local = () => (session ??= new Background())

export const controller = {
  /** Answers probes about this machine, in order. */
  async ask(probes: Probe[], options: { environment?: Record<string, string> } = {}): Promise<Fact[]> {
    const here = probes.map(onHost)
    const others = here.filter((probe) => !ours.has(probe.kind))
    const [files, facts] = await Promise.all([
      others.length === here.length ? here.map(() => undefined) : filesOf(here),
      others.length === 0 ? [] : local().ask(others, options),
    ])
    let next = 0
    return files.map((fact) => fact ?? (facts[next++] as Fact))
  },

  /** Runs actions on this machine, up to the first that fails. */
  async act(
    actions: Action[],
    options: Parameters<HostConnection['act']>[1] = {},
  ): Promise<{ outcomes: Outcome[]; facts: Fact[] }> {
    return await local().act(actions.map(onHost), { ...options, then: options.then?.map(onHost) })
  },

  /** Ends the local session, if there is one. */
  async close(): Promise<void> {
    await session?.close()
    session = undefined
  },
}

/** What Node answers without a shell. */
const ours = new Set<ProbeKind>(['file', 'tree', 'texts', 'zip'])

/** Facts of these; undefined in the places of the others. */
async function filesOf(probes: Probe[]): Promise<(Fact | undefined)[]> {
  const here: World = await world()
  return await Promise.all(
    probes.map(async (probe) => {
      if (probe.kind === 'file') return await fileFact(probe, here)
      if (probe.kind === 'tree') return await treeEntries(probe, here)
      if (probe.kind === 'texts') return await textsFact(probe)
      return probe.kind === 'zip' ? await zipFact(probe) : undefined
    }),
  )
}

async function textsFact(probe: Probe<'texts'>): Promise<TextsFact> {
  const files = (await textsHere(hostPath(probe.path, { home: homedir() }), probe)) ?? new Map<string, string>()
  return { sha256: digestOf(files), files }
}

/** The same, without the word that it is for the controller. */
function onHost<T extends Probe | Action>(asked: T): T {
  const { on: _on, ...rest } = asked
  return rest as T
}
