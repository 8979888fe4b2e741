/** One task on one host: its loop, its retries, its result. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Located, Task } from '../../playbook/index.ts'
import { HostLockedError, UnreachableError } from '../../remote/index.ts'
import { type Scope, Unknown } from '../../template/index.ts'
import { InputError } from '../../yaml/index.ts'
import { applyEngineEffects, type MetaAction } from './engine-effects.ts'
import { aheadOf, askAhead, narrowWindow } from '../reconcile/foresee.ts'
import { withFacts } from '../reconcile/gather-facts.ts'
import type { TaskCursor } from '../state/task-cursor.ts'
import { messageOf } from '../state/error-message.ts'
import { pause } from './pause.ts'
import { type Preparation, type Prepared, prepare, type TaskOnHost, where } from '../values/prepare.ts'
import type { TaskExecution, Verdict } from '../values/task-execution.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { judge, loopResult, registered } from '../values/registered-result.ts'
import { rethrowFacts } from '../values/variables.ts'

export interface TaskRun extends TaskOnHost {
  id: number
  cursor: TaskCursor
  /** run_once: the hosts that share the outcome. */
  sharedWith?: string[]
  /** Names of the handlers that a change here notifies, to be written down before it is made. */
  handlersToNotify(host: string): string[]
}

export interface HostOutcome {
  status: 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable'
  /** As `register` sees it. */
  result: Record<string, unknown>
  verdicts: Verdict[]
  message?: string
  unknown?: string
  items?: number
  attempts?: number
  noLog: boolean
  delegate?: string
  metaActions: MetaAction[]
}

export async function runTask(on: TaskRun): Promise<HostOutcome> {
  try {
    const preparation = await withFacts(on, () => prepare(on))
    return await runPrepared(on, preparation)
  } catch (error) {
    if (error instanceof UnreachableError) return broken('unreachable', error.message)
    if (error instanceof HostLockedError) return broken('failed', error.message)
    return broken('failed', where(on.task, error))
  }
}

/** What came of a task that could not be done at all. */
export function broken(status: 'failed' | 'unreachable', message: string): HostOutcome {
  const result = { changed: false, failed: status === 'failed', unreachable: status === 'unreachable', msg: message }
  return { status, message, result, verdicts: [], noLog: false, metaActions: [] }
}

async function runPrepared(on: TaskRun, preparation: Preparation): Promise<HostOutcome> {
  const { entries } = preparation
  if (preparation.looped && preparation.module.name === 'set_fact') return runGrowing(on, preparation)
  const oneByOne = preparation.module.live === true || on.task.until !== undefined || on.task.loop?.pause !== undefined || on.task.loop?.breakWhen !== undefined
  const verdicts: Verdict[] = []
  let attempts: number | undefined
  if (oneByOne) {
    for (const [index, entry] of entries.entries()) {
      if (index > 0 && on.task.loop?.pause !== undefined) await sleep(Number(on.run.templar.resolve(on.task.loop.pause, entry.scope)) * 1000)
      const done = await attempt(on, preparation, entry)
      verdicts.push(done.verdict)
      attempts = done.attempts
      emitItem(on, preparation, entry, done.verdict)
      if (breaks(on, entry, done.verdict)) break
    }
  } else {
    verdicts.push(...(await runEntries(on, preparation, entries)))
    entries.forEach((entry, index) => emitItem(on, preparation, entry, verdicts[index] as Verdict))
  }
  return summarise(on, preparation, verdicts, attempts)
}

/** set_fact in a loop: each item sees what the one before it has set. */
async function runGrowing(on: TaskRun, preparation: Preparation): Promise<HostOutcome> {
  const verdicts: Verdict[] = []
  for (let index = 0; index < preparation.entries.length; index++) {
    const entry = (await withFacts(on, () => prepare(on))).entries[index]
    if (!entry) break
    preparation.entries[index] = entry
    const [verdict] = (await runEntries(on, preparation, [entry])) as [Verdict]
    applyEngineEffects(on, preparation, [verdict])
    verdicts.push(verdict)
    emitItem(on, preparation, entry, verdict)
  }
  return summarise(on, preparation, verdicts)
}

function breaks(on: TaskRun, entry: Prepared, verdict: Verdict): boolean {
  const conditions = on.task.loop?.breakWhen
  if (!conditions) return false
  const result = registered(verdict, entry, true)
  const scope = { ...entry.scope, lookup: (name: string) => (name === on.task.register ? { value: result, template: false } : entry.scope.lookup(name)) }
  return holds(on, conditions, scope)
}

function holds(on: TaskRun, conditions: Located<unknown>[], scope: Scope): boolean {
  return conditions.every((condition) => {
    try {
      return on.run.templar.condition(condition.value as string, scope) === true
    } catch (error) {
      rethrowFacts(error)
      throw new InputError(`the condition '${String(condition.value)}' failed: ${messageOf(error)}`, { position: condition.position })
    }
  })
}

/** `until`: try, look, wait, try again. */
async function attempt(on: TaskRun, preparation: Preparation, entry: Prepared): Promise<{ verdict: Verdict; attempts?: number }> {
  const { task, run } = on
  if (!task.until || preparation.check) return { verdict: (await runEntries(on, preparation, [entry]))[0] as Verdict }
  const number = (value: unknown, fallback: number) => (value === undefined ? fallback : Number(run.templar.resolve(value, entry.scope)))
  const retries = number(task.retries, 3)
  const delay = number(task.delay, 5)
  for (let tried = 1; ; tried++) {
    let verdict: Verdict
    try {
      verdict = (await runEntries(on, preparation, [entry], tried > 1))[0] as Verdict
    } catch (error) {
      if (!(error instanceof UnreachableError) || tried > retries) throw error
      verdict = { status: 'failed', message: error.message, changes: [], result: {}, warnings: [] }
    }
    if (verdict.status === 'skipped') return { verdict }
    const result = { ...registered(verdict, entry, preparation.looped), attempts: tried }
    const scope = { ...entry.scope, lookup: (name: string) => (name === task.register ? { value: result, template: false } : entry.scope.lookup(name)) }
    const done = holds(on, task.until, scope)
    const withAttempts = { ...verdict, result: { ...verdict.result, attempts: tried } }
    if (done) return { verdict: withAttempts, attempts: tried }
    if (tried > retries || run.options.signal?.aborted) {
      const reason = verdict.message ?? `still not true after ${tried} attempts: ${task.until.map((each) => String(each.value)).join(' and ')}`
      return { verdict: { ...withAttempts, status: 'failed', message: reason }, attempts: tried }
    }
    run.emit({ event: 'retry', task: on.id, host: on.host, attempt: tried, left: retries - tried + 1, message: verdict.message ?? '' })
    await sleep(delay * 1000)
  }
}

async function runEntries(on: TaskRun, preparation: Preparation, entries: Prepared[], fresh = false): Promise<Verdict[]> {
  const resolved = entries.flatMap((entry) => (entry.resolved ? [entry.resolved] : []))
  const verdicts = resolved.length ? await withFacts(on, () => reconcile(executionOf(on, preparation, fresh), resolved)) : []
  let used = 0
  const judged: Verdict[] = []
  for (const entry of entries) {
    const verdict = entry.resolved ? await pause(on.run, verdicts[used++] as Verdict) : notResolved(entry, preparation)
    judged.push(judge(on.run, on.task, entry, verdict))
  }
  return judged
}

function notResolved(entry: Prepared, preparation: Preparation): Verdict {
  const none = { changes: [], warnings: [] as string[] }
  if (entry.error) return { ...none, status: 'failed', message: entry.error, result: {} }
  if (entry.skip) {
    const { reason, condition } = entry.skip
    return { ...none, status: 'skipped', message: reason, result: { skip_reason: reason, ...(condition ? { false_condition: condition } : {}) } }
  }
  const reason = entry.unknown ?? 'it depends on what was not run'
  const keys = Object.keys(preparation.module.returns ?? {})
  const engine = entry.facts ? { engine: { setFacts: entry.facts } } : {}
  return { ...none, ...engine, status: preparation.module.changes === false ? 'ok' : 'changed', unknown: reason, result: Object.fromEntries(keys.map((key) => [key, new Unknown(reason)])) }
}

function executionOf(on: TaskRun, preparation: Preparation, fresh: boolean): TaskExecution {
  const { run, play, host, cursor } = on
  const { module, reach, check, diff } = preparation
  const outlook = { run, play, host, cursor }
  return {
    run,
    module,
    reach,
    check,
    diff,
    fresh: fresh || module.live === true,
    locks: module.changes !== false && !claimsNoChange(on.task) && !(reach.host !== host && reach.target.transport === 'local'),
    ask: (probes) => askAhead(outlook, reach, probes),
    ahead: () => aheadOf(outlook, reach),
    beforeApply: () => {
      for (const each of run.hosts.values()) narrowWindow(run, each.name)
      const handlers = on.handlersToNotify(host)
      return handlers.length ? run.pending.add(play.play.name, handlers, host) : () => undefined
    },
    onOutput: (stream, text) => {
      if (!preparation.noLog) run.emit({ event: 'output', task: on.id, host, stream, text })
    },
  }
}

/** `changed_when: false`: a command that only looks. */
function claimsNoChange(task: Task): boolean {
  return task.changedWhen?.some(({ value }) => value === false || value === 'false') === true
}

function emitItem(on: TaskRun, preparation: Preparation, entry: Prepared, verdict: Verdict): void {
  if (!preparation.looped) return
  on.run.emit({
    event: 'item',
    task: on.id,
    host: on.host,
    item: preparation.noLog ? '(hidden)' : entry.item,
    label: preparation.noLog ? '(hidden by no_log)' : entry.label,
    status: verdict.status,
    changes: preparation.noLog ? [] : verdict.changes,
    result: preparation.noLog ? {} : shownResult(verdict.result),
    ...(verdict.unknown ? { unknown: verdict.unknown } : {}),
    ...(verdict.message && !preparation.noLog ? { message: verdict.message } : {}),
    ...(preparation.noLog ? { censored: true } : {}),
    ms: 0,
  })
}

/** Unknown values as text, so that a view needs to know nothing of them. */
export function shownResult(result: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => !(value instanceof Unknown)))
}

function summarise(on: TaskRun, preparation: Preparation, verdicts: Verdict[], attempts?: number): HostOutcome {
  const { looped, entries } = preparation
  const results = verdicts.map((verdict, index) => registered(verdict, entries[index] as Prepared, looped))
  const result = looped ? loopResult(results) : (results[0] ?? { changed: false, failed: false })
  const status = statusOf(verdicts, looped)
  const unknown = verdicts.find((verdict) => verdict.unknown)?.unknown
  const message = verdicts.find((verdict) => verdict.status === 'failed')?.message ?? (looped ? undefined : verdicts[0]?.message)
  for (const verdict of verdicts) for (const warning of verdict.warnings) on.run.emit({ event: 'warning', message: `${on.host}: ${warning}` })
  const metaActions = applyEngineEffects(on, preparation, verdicts)
  const delegate = preparation.reach.host !== on.host ? preparation.reach.host : undefined
  return {
    status,
    result,
    verdicts,
    metaActions,
    noLog: preparation.noLog,
    ...(unknown ? { unknown } : {}),
    ...(message ? { message } : {}),
    ...(looped ? { items: verdicts.length } : {}),
    ...(attempts ? { attempts } : {}),
    ...(delegate ? { delegate } : {}),
  }
}

function statusOf(verdicts: Verdict[], looped: boolean): HostOutcome['status'] {
  const statuses = verdicts.map((verdict) => verdict.status)
  if (statuses.includes('failed')) return 'failed'
  if (statuses.includes('changed')) return 'changed'
  if (looped && statuses.length === 0) return 'skipped'
  return statuses.every((status) => status === 'skipped') ? 'skipped' : 'ok'
}
