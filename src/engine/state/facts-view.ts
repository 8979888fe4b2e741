/** The facts that one task's observe and plan see: a snapshot, with check mode's predictions on top. */
import { type Facts, NeedsUnknown } from '../../module/contract.ts'
import { type Fact, type Probe, type ProbeKind, probeKey } from '../../remote/probe.ts'
import { Unknown } from '../../template/index.ts'
import type { Reach } from './connections.ts'

export class FactsView implements Facts {
  private readonly reach: Reach
  private readonly environment: Record<string, string>
  private readonly predict: boolean
  private readonly cached: boolean
  private readonly snapshot = new Map<string, Fact>()

  /** `cached: false`: facts of this epoch that others asked for are not good enough (waiting, retries). */
  constructor(reach: Reach, environment: Record<string, string>, predict: boolean, cached = true) {
    this.reach = reach
    this.environment = environment
    this.predict = predict
    this.cached = cached
  }

  get<K extends ProbeKind>(probe: Probe<K>): Fact<K> | Unknown {
    const asked = this.dress(probe as Probe)
    const observed = this.snapshot.get(probeKey(asked))
    if (observed === undefined) throw new Error(`the module asks for a fact that its observe did not name: ${probeKey(asked)}`)
    const answer = this.predict ? this.storeOf(asked).overlay.apply(asked, observed) : observed
    return answer as Fact<K> | Unknown
  }

  need<K extends ProbeKind>(probe: Probe<K>): Fact<K> {
    const fact = this.get(probe)
    if (fact instanceof Unknown) throw new NeedsUnknown(fact.reason)
    return fact as Fact<K>
  }

  /** Moves a fact that the store knows into the snapshot; false when it has to be asked. */
  has(probe: Probe): boolean {
    const asked = this.dress(probe)
    const key = probeKey(asked)
    if (this.snapshot.has(key)) return true
    const fact = this.cached ? this.storeOf(asked).known(key) : undefined
    if (fact === undefined) return false
    this.snapshot.set(key, fact)
    return true
  }

  /** Takes an answer; `asked` is the probe as it was sent. */
  put(asked: Probe, fact: Fact): void {
    this.snapshot.set(probeKey(asked), fact)
  }

  /** As sent: with the task's environment. */
  dress(probe: Probe): Probe {
    if (probe.kind !== 'command' || Object.keys(this.environment).length === 0) return probe
    return { ...probe, env: { ...this.environment, ...probe.env } }
  }

  storeOf(probe: Probe) {
    return probe.on === 'controller' ? this.reach.controller : this.reach.store
  }
}
