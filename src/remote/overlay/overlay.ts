/**
 * The facts that planned actions will make true, laid over what was observed: so check mode plans each task on top of
 * those before it, without doing anything. In: actions, and observed facts. Out: facts, Unknown where an effect can't be
 * told. One overlay for each host, and one for the controller.
 */
import { posix } from 'node:path'
import type { Action, Effect } from '../action.ts'
import { type Fact, type FileFact, type Kinds, type Probe, type ProbeKind, probeKey } from '../probe.ts'
import { Unknown } from '../unknown.ts'
import { clean, Files, type Numbers, within } from './files.ts'
import { factOf, type Predicted, resourcesOf } from './resources.ts'
import { describe, predictFileEffect, predictFiles } from './predict.ts'

type Answers = { [K in ProbeKind]?: (probe: Probe<K>, observed: Kinds[K]['fact']) => Kinds[K]['fact'] | Unknown }

export class Overlay implements Numbers {
  #opaque: string | undefined
  #files = new Files()
  /** Predicted facts of everything that is no file, by kind and name. */
  #facts = new Map<string, Record<string, unknown>>()
  /** What is touched, and why its answers are unknown. The number tells what was predicted later. */
  #touched = new Map<string, { reason: string; at: number }>()
  #exact = new Map<string, { fact: Fact; at: number }>()
  /** What is planned that may bring programs, units and listeners which are not there yet. */
  #brings: { programs?: string; listeners?: string; stops?: string } = {}
  #clock = 0

  /** Why not everything can be told: an earlier planned action has effects that are not known. */
  get opaque(): string | undefined {
    return this.#opaque
  }

  /** Takes note of an action that is planned. */
  predict(action: Action): void {
    this.#clock++
    if (action.kind !== 'run' && action.kind !== 'http') {
      predictFiles(this.#files, action)
      return
    }
    const effects = action.makes ?? []
    for (const effect of effects) this.#effect(effect, describe(action))
    if (!action.complete) this.#opaque ??= describe(action)
  }

  /** The answer to a probe after all that is planned, given the answer of now. */
  apply(probe: Probe, observed: Fact): Fact | Unknown {
    const exact = this.#exact.get(probeKey(probe))
    const touched = this.#touchedBy(probe)
    if (exact && (!touched || touched.at <= exact.at)) return exact.fact
    if (touched) return new Unknown(touched.reason)
    const answer = this.#answers[probe.kind] as ((probe: Probe, observed: Fact) => Fact | Unknown) | undefined
    return answer ? answer(probe, observed) : observed
  }

  uid(owner: string): number | undefined {
    return this.#facts.get(`user ${owner}`)?.uid as number | undefined
  }

  gid(group: string): number | undefined {
    return this.#facts.get(`group ${group}`)?.gid as number | undefined
  }

  #effect(effect: Effect, reason: string): void {
    switch (effect.kind) {
      case 'file':
        predictFileEffect(this.#files, effect, reason)
        return
      case 'touched':
        this.#touch(effect.resource, effect.reason)
        return
      case 'probe':
        this.#exact.set(probeKey(effect.probe), { fact: effect.fact, at: this.#clock })
        return
      default: {
        const [name, fact] = factOf(effect)
        const key = `${effect.kind} ${name}`
        this.#facts.set(key, { ...this.#facts.get(key), ...fact })
        this.#bring(effect)
      }
    }
  }

  #touch(resource: string, reason: string): void {
    this.#touched.set(resource.startsWith('/') ? clean(resource) : resource, { reason, at: this.#clock })
  }

  #bring(effect: Extract<Effect, { kind: Predicted }>): void {
    const why = `${effect.kind} ${factOf(effect)[0]}, which an earlier task would`
    if (effect.kind === 'package' && effect.fact.installed !== undefined) {
      this.#brings.programs ??= `${why} install`
      this.#brings.listeners ??= `${why} install`
    }
    if (effect.kind === 'unit' && effect.fact.active === true) this.#brings.listeners ??= `${why} start`
    if (effect.kind === 'unit' && effect.fact.active === false) this.#brings.stops ??= `${why} stop`
  }

  /** The latest touched resource on which the answer depends. */
  #touchedBy(probe: Probe): { reason: string; at: number } | undefined {
    const found: { reason: string; at: number }[] = []
    for (const resource of resourcesOf(probe)) {
      const path = resource.startsWith('/') ? clean(resource) : undefined
      for (const [name, touched] of this.#touched) {
        if (name === resource || (path !== undefined && name.startsWith('/') && related(name, path))) found.push(touched)
      }
      if (probe.kind !== 'command') continue
      if (path !== undefined) {
        for (const [changed, entry] of this.#files.changed())
          if (related(changed, path)) found.push({ reason: entry.reason, at: 0 })
      } else if (this.#facts.has(resource.replace(/^(tcp|\w+):/, (_all, kind) => (kind === 'tcp' ? 'port ' : `${kind} `)))) {
        found.push({ reason: `${resource} would be changed by an earlier task`, at: 0 })
      }
    }
    return found.sort((a, b) => b.at - a.at)[0]
  }

  /** Below a mount point that changes, nothing is known but what is planned there. */
  #belowMount(path: string): Unknown | undefined {
    const entry = this.#files.get(path)
    if (entry && (entry.state !== 'there' || entry.replaced)) return undefined
    for (const key of this.#facts.keys()) {
      const point = key.startsWith('mount ') ? key.slice('mount '.length) : undefined
      if (point !== undefined && point !== clean(path) && within(clean(path), point)) {
        return new Unknown(`what is below ${point} is not known: an earlier task would change what is mounted there`)
      }
    }
    return undefined
  }

  /** Why a program, unit or file may be there later although it is not now. */
  #mayBring(): string | undefined {
    return this.#brings.programs ?? this.#opaque
  }

  #merged(key: string, observed: object): Record<string, unknown> | undefined {
    const predicted = this.#facts.get(key)
    if (!predicted) return undefined
    return predicted.exists === false ? { exists: false } : { ...observed, exists: true, ...predicted }
  }

  readonly #answers: Answers = {
    file: (probe, observed) => this.#belowMount(probe.path) ?? this.#files.file(probe, observed, this),
    tree: (probe, observed) => this.#belowMount(posix.join(probe.path, 'x')) ?? this.#files.tree(probe, observed, this),
    texts: (probe, observed) => this.#belowMount(posix.join(probe.path, 'x')) ?? this.#files.texts(probe, observed, this),
    user: (probe, observed) => (this.#merged(`user ${probe.name}`, observed) as Kinds['user']['fact'] | undefined) ?? observed,
    group: (probe, observed) =>
      (this.#merged(`group ${probe.name}`, observed) as Kinds['group']['fact'] | undefined) ?? observed,
    package: (probe, observed) => (this.#facts.get(`package ${probe.name}`) as Kinds['package']['fact'] | undefined) ?? observed,
    mount: (probe, observed) =>
      (this.#facts.get(`mount ${clean(probe.path)}`) as Kinds['mount']['fact'] | undefined) ?? observed,
    sysctl: (probe, observed) => this.#facts.get(`sysctl ${probe.key}`) ?? observed,
    unit: (probe, observed) => this.#unit(probe, observed),
    program: (probe, observed) => {
      const predicted = this.#facts.get(`program ${probe.name}`)
      if (predicted)
        return predicted.path === 'unknown' ? new Unknown(`${probe.name} would be there after an earlier task`) : predicted
      const bring = observed.path === undefined && this.#mayBring()
      return bring ? notYet(probe.name, bring) : observed
    },
    port: (probe, observed) => {
      const predicted = this.#facts.get(`port ${probe.host}:${probe.port}`)
      return (predicted as Kinds['port']['fact'] | undefined) ?? this.#listener(`port ${probe.port}`, observed.open, observed)
    },
    http: (_probe, observed) => this.#listener('a good answer', observed.status > 0 && observed.status < 400, observed),
    command: (probe, observed) => {
      const name = probe.argv[0] ?? ''
      if (observed.rc === 0 && observed.found) return observed
      const planned =
        !observed.found && (this.#facts.has(`program ${name}`) || this.#made(name))
          ? `${name}, which an earlier task would make`
          : undefined
      const bring = planned ?? this.#mayBring()
      return bring ? notYet(observed.found ? `what '${name}' asks for` : name, bring) : observed
    },
  }

  /** A listener that is missing may come, one that is there may go. */
  #listener<T extends Fact>(what: string, up: boolean, observed: T): T | Unknown {
    const { listeners, stops } = this.#brings
    const change = up ? stops : (listeners ?? this.#opaque)
    if (!change) return observed
    return up ? new Unknown(`${what} may be gone after ${change}`) : notYet(what, change)
  }

  #unit(probe: Probe<'unit'>, observed: Kinds['unit']['fact']): Kinds['unit']['fact'] | Unknown {
    const bare = probe.name.replace(/\.service$/, '')
    const predicted =
      this.#merged(`unit ${probe.name}`, observed) ??
      this.#merged(`unit ${bare}`, observed) ??
      this.#merged(`unit ${bare}.service`, observed)
    if (predicted) return { ...observed, ...predicted } as Kinds['unit']['fact']
    if (observed.exists) return observed
    if (this.#unitFile(bare, probe.name)) return { ...observed, exists: true }
    const bring = this.#mayBring()
    return bring ? notYet(`the unit ${probe.name}`, bring) : observed
  }

  /** Is a unit file or an init script of that name planned? */
  #unitFile(bare: string, name: string): boolean {
    for (const [path, entry] of this.#files.changed()) {
      const place = /^(.*)\/([^/]+)$/.exec(path)
      if (entry.state !== 'there' || !place) continue
      if (/\/systemd\/(system|user)$/.test(place[1] ?? '') && (place[2] === name || place[2] === `${bare}.service`)) return true
      if (place[1] === '/etc/init.d' && place[2] === bare) return true
    }
    return false
  }

  #made(path: string): boolean {
    return (
      path.startsWith('/') && (this.#files.file({ kind: 'file', path }, { exists: false }, this) as FileFact).exists !== false
    )
  }
}

const notYet = (what: string, bring: string) =>
  new Unknown(
    /^what /.test(bring) ? `${what} is not there yet, and ${bring}` : `${what} is not there yet; ${bring}, may bring it`,
  )

const related = (a: string, b: string) => within(a, b) || within(b, a)
