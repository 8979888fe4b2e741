/** What only time makes so: asks again until it is. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Plan } from '../../module/contract.ts'
import type { Outcome } from '../../remote/action.ts'
import { UnreachableError } from '../../remote/index.ts'
import { type ObservedItem, observe, planOf } from './observe-plan.ts'
import { FactsView } from '../state/facts-view.ts'
import type { TaskExecution, ResolvedItem, Verdict } from '../values/task-execution.ts'

/** `delay`: before the first look. */
export async function restBefore(execution: TaskExecution, items: ResolvedItem[]): Promise<void> {
  const delay = items[0] && execution.module.patience?.(items[0].args as never).delay
  if (delay) await rest(execution, delay)
}

async function rest(execution: TaskExecution, seconds: number): Promise<void> {
  const { signal } = execution.run.options
  await sleep(seconds * 1000, undefined, signal ? { signal } : {}).catch(() => undefined)
}

/** That the host can't be reached is what is waited out. */
export function mayBeAway(execution: TaskExecution): boolean {
  return execution.module.name === 'wait_for_connection' && !execution.check
}

/** Asks again and again until time has made it so. */
export async function waitFor(execution: TaskExecution, item: ObservedItem, first: Plan, verdict: Verdict, outcomes?: Outcome[]): Promise<Verdict> {
  const patience = execution.module.patience?.(item.resolved.args as never) ?? { timeout: 300, interval: 5 }
  const started = Date.now()
  const deadline = started + patience.timeout * 1000
  let pending = first.pending
  while (Date.now() < deadline) {
    if (execution.run.options.signal?.aborted) return { ...verdict, status: 'failed', message: 'interrupted while waiting' }
    await rest(execution, Math.max(0.05, patience.interval))
    const view = new FactsView(execution.reach, item.resolved.environment, false, false)
    const context = item.resolved.context(outcomes ? { before: item.view, outcomes } : undefined)
    const again: ObservedItem = { resolved: item.resolved, view, context }
    try {
      await observe(execution, [again], (probes) => execution.reach.connection.ask(probes))
    } catch (error) {
      if (!(error instanceof UnreachableError) || !mayBeAway(execution)) throw error
      pending = error.message
      continue
    }
    const plan = planOf(execution, again)
    if (plan.failed) return { ...verdict, status: 'failed', message: plan.failed, result: { ...verdict.result, ...plan.result } }
    if (plan.changes.length && outcomes) return notConverged(verdict, plan.changes)
    if (!plan.pending) {
      execution.run.epoch++
      return { ...verdict, result: { ...verdict.result, ...plan.result, elapsed: Math.round((Date.now() - started) / 1000) } }
    }
    pending = plan.pending
  }
  return { ...verdict, status: 'failed', message: `still waiting after ${patience.timeout} s: ${pending}`, result: { ...verdict.result, elapsed: patience.timeout } }
}

export function notConverged(verdict: Verdict, changes: Change[]): Verdict {
  const left = changes.map((change) => change.summary).join('; ')
  return { ...verdict, status: 'failed', message: `did not converge: after the change was made, this is still to be done: ${left}` }
}
