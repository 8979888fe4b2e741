/** A connection to a host: asks probes and runs actions, one round trip each. */
import type { Action, Outcome } from './action.ts'
import { addActions, httpOutcome } from './actions/index.ts'
import { UnreachableError } from './errors.ts'
import { requestHttp } from './http/node.ts'
import { type HostLock, takeLock } from './lock.ts'
import { type Fact, type HttpFact, type Probe, probeKey } from './probe.ts'
import type { Host } from './probes/host.ts'
import { addProbes } from './probes/index.ts'
import type { Reply } from './reply.ts'
import { Request } from './request.ts'
import { Session } from './session/session.ts'
import type { Target } from './target.ts'

export interface AskOptions {
  /** For command probes. */
  environment?: Record<string, string>
}

export interface ActOptions {
  /** Probes to answer afterwards, in the same round trip. */
  then?: Probe[]
  /** Run the actions behind one that failed. */
  keepGoing?: boolean
  environment?: Record<string, string>
  onOutput?: (action: number, stream: 'stdout' | 'stderr', text: string) => void
  /** Seconds that each run may take at most. */
  timeout?: number
  /** Take this lock before the first action; HostLockedError, and no action run, when somebody else has it. */
  lock?: HostLock
}

export interface Acted {
  /** Of the actions that were begun, in order: the last one failed if there are fewer than actions. */
  outcomes: Outcome[]
  facts: Fact[]
}

export interface Connection {
  readonly target: Target
  readonly roundTrips: number
  /** Answers all probes in one round trip, in the same order. */
  ask(probes: Probe[], options?: AskOptions): Promise<Fact[]>
  /** Runs the actions in order, up to the first that fails, and then answers the probes: all in one round trip. */
  act(actions: Action[], options?: ActOptions): Promise<Acted>
  close(): Promise<void>
}

/** Connects with the first request. */
export function connect(target: Target): Connection {
  return new HostConnection(target)
}

/** This machine, as a host like any other. */
export function connectLocal(): Connection {
  return new HostConnection({ transport: 'local' })
}

export class HostConnection implements Connection {
  readonly target: Target
  roundTrips = 0
  #session: Session | undefined

  constructor(target: Target) {
    this.target = target
  }

  async ask(probes: Probe[], options: AskOptions = {}): Promise<Fact[]> {
    const { distinct, spread } = merge(probes)
    if (distinct.length === 0) return []
    const own = this.#answersHttp ? distinct.filter((probe) => probe.kind === 'http') : []
    const others = distinct.filter((probe) => !own.includes(probe as Probe<'http'>))
    const build = (request: Request, host: Host) => addProbes(request, others, host, options.environment)
    // A question may be asked twice: a connection that breaks meanwhile is opened again.
    const asked = others.length === 0 ? Promise.resolve([]) : this.#exchange(build, { again: true })
    const [facts, pages] = await Promise.all([asked, Promise.all(own.map((probe) => requestHttp(probe)))])
    return spread(new Map<Probe, Fact>([...pair(others, facts), ...pair(own, pages)]))
  }

  async act(actions: Action[], options: ActOptions = {}): Promise<Acted> {
    for (const action of actions) refuseController(action)
    const { distinct, spread } = merge(options.then ?? [])
    const local = this.#answersHttp
    const outcomes: Outcome[] = []
    let left = actions.map((action, number) => ({ action, number }))
    // Requests of this machine are made by aarun itself, between what the shell does.
    while (local && left.some(({ action }) => action.kind === 'http')) {
      const at = left.findIndex(({ action }) => action.kind === 'http')
      outcomes.push(...(await this.#run(left.slice(0, at), [], options)).outcomes)
      if (outcomes.some((outcome) => !outcome.ok) && !options.keepGoing)
        return { outcomes, facts: await this.ask(options.then ?? [], options) }
      const action = left[at]?.action as Extract<Action, { kind: 'http' }>
      const outcome = httpOutcome(await requestHttp(action.request), action)
      outcomes.push(outcome)
      left = !outcome.ok && !options.keepGoing ? [] : left.slice(at + 1)
    }
    const own = local ? distinct.filter((probe) => probe.kind === 'http') : []
    const others = distinct.filter((probe) => !own.includes(probe as Probe<'http'>))
    const acted = await this.#run(left, others, options)
    outcomes.push(...acted.outcomes)
    const pages: HttpFact[] = await Promise.all(own.map((probe) => requestHttp(probe)))
    return { outcomes, facts: spread(new Map<Probe, Fact>([...pair(others, acted.facts), ...pair(own, pages)])) }
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await session?.close()
  }

  /** Whether the connection keeps Node running while nothing is asked. */
  protected hold(_session: Session, _busy: boolean): void {}

  get #answersHttp(): boolean {
    return this.target.transport === 'local' && this.target.become === undefined
  }

  async #run(numbered: { action: Action; number: number }[], probes: Probe[], options: ActOptions): Promise<Acted> {
    if (numbered.length === 0 && probes.length === 0) return { outcomes: [], facts: [] }
    const { onOutput } = options
    const build = (request: Request, host: Host, session: Session) => {
      const actions = numbered.map(({ action }) => action)
      const lock = options.lock && actions.length > 0 && !session.locked ? takeLock(request, options.lock) : undefined
      const first = lock ? { first: lock.shell } : {}
      const outcomes = addActions(request, actions, host, { ...options, ...first, stream: onOutput !== undefined })
      const facts = addProbes(request, probes, host, options.environment)
      return (reply: Reply) => {
        lock?.check(reply)
        if (lock) session.locked = true
        return { outcomes: outcomes(reply), facts: facts(reply) }
      }
    }
    const text = onOutput && decoder((action, stream, piece) => onOutput(numbered[action]?.number ?? action, stream, piece))
    return this.#exchange(build, { onOutput: text })
  }

  async #exchange<T>(
    build: (request: Request, host: Host, session: Session) => (reply: Reply) => T,
    options: { again?: boolean; onOutput?: Parameters<Session['request']>[1] },
  ): Promise<T> {
    const old = this.#session
    const session = old && !old.closed ? old : new Session(this.target)
    this.#session = session
    this.hold(session, true)
    try {
      // The home directory is known only when the host has greeted.
      await session.ready()
      const request = new Request()
      const read = build(request, { home: session.home }, session)
      const reply = await session.request(request, options.onOutput)
      this.roundTrips++
      return read(reply)
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      if (this.#session === session) this.#session = undefined
      if (!options.again || session !== old) throw error
      return await this.#exchange(build, { ...options, again: false })
    } finally {
      this.hold(session, false)
    }
  }
}

const pair = (probes: Probe[], facts: Fact[]) => probes.map((probe, index): [Probe, Fact] => [probe, facts[index] as Fact])

/** Each question once, and the answers spread over those who asked. */
function merge(probes: Probe[]): { distinct: Probe[]; spread: (facts: Map<Probe, Fact>) => Fact[] } {
  for (const probe of probes) refuseController(probe)
  const first = new Map<string, Probe>()
  const representative = probes.map((probe) => {
    const key = probeKey(probe)
    if (!first.has(key)) first.set(key, probe)
    return first.get(key) as Probe
  })
  return { distinct: [...first.values()], spread: (facts) => representative.map((probe) => facts.get(probe) as Fact) }
}

function refuseController(asked: Probe | Action): void {
  if (asked.on === 'controller') throw new Error(`a ${asked.kind} for the controller was sent to a host`)
}

/** Output arrives in pieces that may end inside a character. */
function decoder(show: (action: number, stream: 'stdout' | 'stderr', text: string) => void) {
  const decoders = new Map<string, InstanceType<typeof TextDecoder>>()
  return (action: number, stream: 'stdout' | 'stderr', bytes: Buffer) => {
    const key = `${action} ${stream}`
    const utf8 = decoders.get(key) ?? new TextDecoder()
    decoders.set(key, utf8)
    const text = utf8.decode(bytes, { stream: true })
    if (text !== '') show(action, stream, text)
  }
}
