/**
 * The events of a run. The engine prints nothing: every view (live, plain, JSON, journal) is a fold over this stream.
 */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'rescued' | 'ignored'

/** A change as a view shows it: already masked. */
export interface ShownChange { summary: string; diff?: string }

export interface Recap {
  ok: number
  changed: number
  unreachable: number
  failed: number
  skipped: number
  rescued: number
  ignored: number
  /** Results in check mode that could not be told; they are counted in `changed` too. */
  unknown: number
  round_trips: number
}

/** A task's result on one host (or of one loop item). `result` is what `register` would see, masked, without secrets. */
export interface HostResult {
  host: string
  /** Delegated: where it really ran. */
  delegate?: string
  status: Exclude<Status, 'rescued'>
  /** Check mode: why it can't be told. */
  unknown?: string
  /** One line for a person: the reason of a failure or a skip. */
  message?: string
  changes: ShownChange[]
  result: Record<string, unknown>
  /** no_log: nothing but the status may be shown. */
  censored?: boolean
  ms: number
}

export type Event = { time: number } & (
  | { event: 'run'; playbooks: string[]; check: boolean; diff: boolean; version: string; hosts: string[] }
  | { event: 'play'; play: string; id: number; name: string; hosts: string[]; serial?: { batch: number; of: number } }
  | { event: 'task'; id: number; play: number; name: string; module: string; action: string; path?: string; line?: number; handler?: boolean; tags: string[]; hosts: string[] }
  /** A task begins on a host. */
  | { event: 'start'; task: number; host: string }
  /** Live output of a running task. */
  | { event: 'output'; task: number; host: string; stream: 'stdout' | 'stderr'; text: string }
  | ({ event: 'item'; task: number; item: unknown; label: string } & HostResult)
  | ({ event: 'result'; task: number; items?: number; attempts?: number } & HostResult)
  /** A try of `until`, or a wait, that has to be repeated. */
  | { event: 'retry'; task: number; host: string; attempt: number; left: number; message: string }
  | { event: 'rescue'; task: number; host: string; name: string }
  | { event: 'warning'; message: string; path?: string; line?: number; column?: number }
  | { event: 'prompt'; message: string }
  | { event: 'end'; exit: number; ms: number; hosts: Record<string, Recap>; round_trips: number; stats?: Record<string, unknown>; interrupted?: boolean; message?: string }
)

/** Takes events in order. */
export interface Sink { emit(event: Event): void }
