/**
 * The state of a run, of a play and of a host, the heart of this room. In: options, and what tasks did. Out: who still
 * takes part, what is known of a host, and how it is reached. Only the engine changes it.
 */
import type { Event, Recap } from '../../events/index.ts'
import type { Play, Role } from '../../playbook/index.ts'
import type { HostLock } from '../../remote/index.ts'
import type { Templar } from '../../template/index.ts'
import type { Connections } from './connections.ts'
import type { RunOptions } from './options.ts'
import type { PendingHandlers } from './pending-handlers.ts'

/** `Omit` that keeps the alternatives of a union apart. */
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
export type Emit = (event: DistributiveOmit<Event, 'time'>) => void

export interface RunState {
  options: RunOptions
  emit: Emit
  templar: Templar
  connections: Connections
  hosts: Map<string, HostState>
  /** Counts changes made anywhere; facts observed in an earlier epoch are stale. */
  epoch: number
  ids: number
  stats: Record<string, unknown>
  pending: PendingHandlers
  /** With which hosts are locked, when they are. */
  lock?: HostLock
  /** Something ends the run early: a whole batch failed, or too many hosts. */
  stopped: boolean
  /** Passwords that check mode made up and did not store. */
  madePasswords: Map<string, string>
  startAt?: string
  stepping: boolean
  interrupted: boolean
  /** A whole-run message of failure (any_errors_fatal, no hosts left). */
  limiter: Limiter
}

export interface HostState {
  name: string
  recap: Recap
  /** ansible_facts without prefix; undefined until gathered. */
  systemFacts?: Record<string, unknown>
  /** set_fact and registered results: data, never templates. */
  facts: Record<string, unknown>
  /** include_vars. */
  included: Record<string, unknown>
  /** Merged variables of the inventory; rebuilt when the inventory changes. */
  inventoryVars?: Record<string, unknown>
  failed: boolean
  unreachable: boolean
  /** meta: end_host / end_play / end_batch. */
  ended: false | 'play' | 'batch'
  /** meta: end_role. */
  endedRoles: Set<Role>
  /** Handlers to run at the next flush, by id. */
  notified: Set<string>
  /** Handlers that an earlier run left, by id: notified when a task that would notify them was passed. */
  left: Set<string>
  /** How far ahead to ask after a change; see foresee. */
  window: number
}

export interface PlayState {
  id: number
  play: Play
  /** All hosts of the play, and those of the current batch. */
  all: string[]
  batch: string[]
  promptVars: Record<string, unknown>
  /** vars_files by host (their names may be templates). */
  fileVars: Map<string, Record<string, unknown>[]>
  ended: boolean
  /** How often `meta: clear_host_errors` was carried out. */
  amnesties: number
}

/** At most `size` pieces of work at the same time. */
export class Limiter {
  readonly size: number
  private running = 0
  private readonly waiting: (() => void)[] = []
  constructor(size: number) {
    this.size = size
  }
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.size) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.running++
    try {
      return await work()
    } finally {
      this.running--
      this.waiting.shift()?.()
    }
  }
}

export function emptyRecap(): Recap {
  return { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0, round_trips: 0 }
}

export function newHost(name: string): HostState {
  return {
    name,
    recap: emptyRecap(),
    facts: {},
    included: {},
    failed: false,
    unreachable: false,
    ended: false,
    endedRoles: new Set(),
    notified: new Set(),
    left: new Set(),
    window: Number.POSITIVE_INFINITY,
  }
}

export function hostState(run: RunState, name: string): HostState {
  let host = run.hosts.get(name)
  if (!host) {
    host = newHost(name)
    run.hosts.set(name, host)
  }
  return host
}

/** Can this host still be worked on in this play? */
export function alive(run: RunState, name: string): boolean {
  const host = hostState(run, name)
  return !host.failed && !host.unreachable && !host.ended
}
