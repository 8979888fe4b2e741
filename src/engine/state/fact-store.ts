/** What is known of one connection's host: observed facts by epoch, and in check mode the predicted ones on top. */
import { type Connection, controller, type Overlay } from '../../remote/index.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'

/** Facts of one place (a host as one user, or the controller), valid for one epoch. */
export class FactStore {
  readonly overlay: Overlay
  private facts = new Map<string, Fact>()
  private epoch = -1
  private readonly clock: { epoch: number }
  private readonly source: (probes: Probe[]) => Promise<Fact[]>

  constructor(clock: { epoch: number }, overlay: Overlay, source: (probes: Probe[]) => Promise<Fact[]>) {
    this.clock = clock
    this.overlay = overlay
    this.source = source
  }

  known(key: string): Fact | undefined {
    return this.epoch === this.clock.epoch ? this.facts.get(key) : undefined
  }

  /** Asks for all of them in one round trip and keeps the answers for this epoch. */
  async ask(probes: Probe[]): Promise<Fact[]> {
    if (probes.length === 0) return []
    const asked = this.clock.epoch
    const answers = await this.source(probes)
    // A change made meanwhile may have overtaken the answers: they serve the one who asked, nobody else.
    this.keep(probes, answers, asked)
    return answers
  }

  keep(probes: Probe[], answers: Fact[], epoch: number): void {
    if (epoch !== this.epoch) {
      if (epoch < this.epoch) return
      this.facts = new Map()
      this.epoch = epoch
    }
    probes.forEach((probe, index) => {
      const fact = answers[index]
      if (fact !== undefined) this.facts.set(probeKey(probe), fact)
    })
  }
}

export function hostStore(clock: { epoch: number }, overlay: Overlay, connection: Connection): FactStore {
  return new FactStore(clock, overlay, (probes) => connection.ask(probes))
}

export function controllerStore(clock: { epoch: number }, overlay: Overlay): FactStore {
  return new FactStore(clock, overlay, (probes) => controller.ask(probes))
}
