/** One task on one host as it is reconciled: what goes in, and what comes out. */
import type { ShownChange } from '../../events/index.ts'
import type { Context, EngineEffects, TaskModule } from '../../module/contract.ts'
import type { Outcome } from '../../remote/action.ts'
import type { Fact, Probe } from '../../remote/probe.ts'
import type { Reach } from '../state/connections.ts'
import type { FactsView } from '../state/facts-view.ts'
import type { RunState } from '../state/run-state.ts'

/** One loop item (or the whole task) with its arguments resolved. */
export interface ResolvedItem {
  args: unknown
  context(verifying?: { before: FactsView; outcomes: Outcome[] }): Context
  environment: Record<string, string>
}

/** One task on one host: the module, the way there, and what the engine does around it. */
export interface TaskExecution {
  run: RunState
  module: TaskModule
  reach: Reach
  check: boolean
  diff: boolean
  /** Ask these probes, and with them what coming tasks will need. */
  ask(probes: Probe[]): Promise<Fact[]>
  /** Probes of coming tasks, to ride along with an apply. */
  ahead(): Probe[]
  /** Called before the first action is sent: what has to be on disk before anything changes. Gives what undoes it. */
  beforeApply?(): () => void
  onOutput?(stream: 'stdout' | 'stderr', text: string): void
  /** Does what it does have to be kept apart from other runs? */
  locks: boolean
  /** Do not use facts that were asked earlier (retries). */
  fresh?: boolean
}

/** What came of one item. */
export interface Verdict {
  status: 'ok' | 'changed' | 'skipped' | 'failed'
  /** Check mode: why it can't be told. */
  unknown?: string
  message?: string
  changes: ShownChange[]
  result: Record<string, unknown>
  warnings: string[]
  engine?: EngineEffects
}
