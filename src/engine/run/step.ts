/** One task over the hosts of a batch: in parallel, with run_once, results, failures and notifications. */
import type { HostResult } from '../../events/index.ts'
import type { Task } from '../../playbook/index.ts'
import { truthy } from '../state/connections.ts'
import { type Effective, selected } from '../state/inherited-keywords.ts'
import type { TaskCursor } from '../state/task-cursor.ts'
import { withFacts } from '../reconcile/gather-facts.ts'
import type { Failures, Stage } from './items.ts'
import { at } from '../state/error-message.ts'
import { carryOut } from './meta-actions.ts'
import { hostState } from '../state/run-state.ts'
import { where as placed } from '../values/prepare.ts'
import { broken, type HostOutcome, runTask, shownResult } from './task.ts'
import { scopeOf } from '../values/variables.ts'

export async function stepTask(stage: Stage, cursor: TaskCursor, task: Task, effective: Effective, hosts: string[], handler = false): Promise<Failures> {
  const { run, play } = stage
  const name = nameOf(stage, task, effective, hosts[0] as string)
  if (!handler && !(await wanted(stage, effective, name))) return new Map()
  const where = { run, play, host: hosts[0] as string, cursor, effective }
  const asked = await withFacts(where, () => at(task.position, () => flag(stage, effective, effective.own.runOnce, hosts[0] as string)))
  const once = asked || run.options.registry.resolve(task.module)?.runOnce === true
  const active = once ? hosts.slice(0, 1) : hosts
  const id = ++run.ids
  run.emit({
    event: 'task', id, play: play.id, name, module: task.module, action: task.action, handler, tags: effective.tags, hosts: active,
    path: task.position.file, line: task.position.line,
  })
  const limiter = at(task.position, () => throttled(stage, effective, hosts[0] as string))
  const failures: Failures = new Map()
  const metaActions: HostOutcome['metaActions'] = []
  await Promise.all(active.map((host) => limiter(async () => {
    const started = Date.now()
    run.emit({ event: 'start', task: id, host })
    const outcome = await runTask({
      run, play, host, task, effective, id, cursor, ...(once ? { sharedWith: hosts.slice(1) } : {}),
      handlersToNotify: (name) => stage.handlers.named(task.notify, name, effective).map((each) => each.name),
    })
    metaActions.push(...outcome.metaActions)
    try {
      const forgiven = await withFacts({ run, play, host, cursor, effective }, () => isForgiven(stage, effective, host, outcome))
      record(stage, task, effective, id, host, outcome, forgiven, Date.now() - started, failures)
    } catch (error) {
      // A keyword (ignore_errors, notify) that can't be told fails the task.
      const result = broken('failed', placed(task, error))
      record(stage, { ...task, notify: [] }, effective, id, host, result, false, Date.now() - started, failures)
    }
    if (once) for (const other of hosts) if (other !== host && task.register) hostState(run, other).facts[task.register] = outcome.result
  })))
  // run_once: what failed on the one fails for all.
  if (once && failures.size) for (const host of hosts) if (!failures.has(host)) failures.set(host, failures.values().next().value as never)
  at(task.position, () => fatal(stage, effective, active, failures, hosts[0] as string))
  await carryOut(stage, metaActions, hosts)
  return failures
}

async function wanted(stage: Stage, effective: Effective, name: string): Promise<boolean> {
  const { run } = stage
  if (!selected(effective.tags, run.options.tags, run.options.skipTags)) return false
  if (run.startAt !== undefined) {
    if (!matches(name, run.startAt)) return false
    run.startAt = undefined
  }
  if (!run.stepping || !run.options.step) return true
  const answer = await run.options.step(name)
  if (answer === 'continue') run.stepping = false
  return answer !== 'no'
}

function matches(name: string, pattern: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')
  return new RegExp(`^${source}$`).test(name) || name.endsWith(` : ${pattern}`)
}

function nameOf(stage: Stage, task: Task, effective: Effective, host: string): string {
  const written = task.keywords.name
  const role = task.role ? `${task.role.name} : ` : ''
  if (!written) return role + task.action
  try {
    const scope = scopeOf(stage.run, { host, play: stage.play, effective, ...(task.role ? { role: task.role } : {}) })
    return role + String(stage.run.templar.resolve(written, scope))
  } catch {
    // A name that needs loop variables or facts is shown as it was written.
    return role + written
  }
}

function flag(stage: Stage, effective: Effective, value: unknown, host: string): boolean {
  if (value === undefined) return false
  return truthy(stage.run.templar.resolve(value, scopeOf(stage.run, { host, play: stage.play, effective })))
}

/** forks for the whole run, `throttle` for this task. */
function throttled(stage: Stage, effective: Effective, host: string): (work: () => Promise<void>) => Promise<void> {
  const { run } = stage
  const value = effective.own.throttle
  const size = value === undefined ? 0 : Number(run.templar.resolve(value, scopeOf(run, { host, play: stage.play, effective })))
  if (!size) return (work) => run.limiter.run(work)
  const lanes = Array.from({ length: size }, () => Promise.resolve())
  let next = 0
  return (work) => {
    const lane = next++ % size
    const done = (lanes[lane] as Promise<void>).then(() => run.limiter.run(work))
    lanes[lane] = done.catch(() => undefined)
    return done
  }
}

function isForgiven(stage: Stage, effective: Effective, host: string, { status }: HostOutcome): boolean {
  if (status === 'failed') return flag(stage, effective, effective.own.ignoreErrors, host)
  return status === 'unreachable' && flag(stage, effective, effective.own.ignoreUnreachable, host)
}

function record(stage: Stage, task: Task, effective: Effective, id: number, name: string, outcome: HostOutcome, forgiven: boolean, ms: number, failures: Failures): void {
  const { run } = stage
  const host = hostState(run, name)
  if (task.register) host.facts[task.register] = outcome.result
  let status: HostResult['status'] = outcome.status
  const handlers = outcome.status === 'changed' ? stage.handlers.named(task.notify, name, effective) : []
  if (forgiven) status = 'ignored'
  count(stage, name, outcome, status)
  for (const handler of handlers) host.notified.add(handler.id)
  stage.handlers.passed(task.notify, name, effective)
  if (!forgiven && (status === 'failed' || status === 'unreachable')) {
    if (status === 'unreachable') host.unreachable = true
    failures.set(name, { task, result: outcome.result, unreachable: status === 'unreachable' })
  }
  const single = outcome.items === undefined
  run.emit({
    event: 'result', task: id, host: name, status, ms,
    changes: outcome.noLog || !single ? [] : outcome.verdicts.flatMap((verdict) => verdict.changes),
    result: outcome.noLog ? {} : shownResult(outcome.result),
    ...(outcome.noLog ? { censored: true } : {}),
    ...(outcome.message && !(outcome.noLog && status !== 'unreachable') ? { message: outcome.message } : {}),
    ...(outcome.unknown ? { unknown: outcome.unknown } : {}),
    ...(outcome.items !== undefined ? { items: outcome.items } : {}),
    ...(outcome.attempts !== undefined ? { attempts: outcome.attempts } : {}),
    ...(outcome.delegate ? { delegate: outcome.delegate } : {}),
  })
}

function count(stage: Stage, name: string, outcome: HostOutcome, status: HostResult['status']): void {
  const { recap } = hostState(stage.run, name)
  if (status === 'ignored') {
    recap.ok++
    recap.ignored++
  } else if (status === 'changed') {
    recap.ok++
    recap.changed++
  } else recap[status]++
  if (outcome.unknown) recap.unknown++
}

/** any_errors_fatal and max_fail_percentage end the play for everybody. */
function fatal(stage: Stage, effective: Effective, hosts: string[], failures: Failures, first: string): void {
  const { run, play } = stage
  if (failures.size === 0) return
  const failed = [...failures.keys()]
  if (flag(stage, effective, effective.own.anyErrorsFatal, first)) {
    for (const host of hosts) if (!failures.has(host)) failures.set(host, failures.get(failed[0] as string) as never)
  }
  const limit = play.play.maxFailPercentage
  if (limit === undefined) return
  const dead = play.batch.filter((host) => hostState(run, host).failed || hostState(run, host).unreachable || failures.has(host)).length
  if ((dead * 100) / play.batch.length <= Number(run.templar.resolve(limit, scopeOf(run, { host: first, play })))) return
  play.ended = true
  run.stopped = true
}
