/** What only time makes so: asks again until it is. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Plan } from '../../module/contract.ts'
import type { Outcome } from '../../remote/action.ts'
import { UnreachableError } from '../../remote/index.ts'
import { type Case, observe, planOf } from './observe-plan.ts'
import { FactsView } from '../state/facts-view.ts'
import type { Job, Unit, Verdict } from '../values/task-execution.ts'

/** `delay`: before the first look. */
export async function restBefore(job: Job, units: Unit[]): Promise<void> {
  const delay = units[0] && job.module.patience?.(units[0].args as never).delay
  if (delay) await rest(job, delay)
}

async function rest(job: Job, seconds: number): Promise<void> {
  const { signal } = job.run.options
  await sleep(seconds * 1000, undefined, signal ? { signal } : {}).catch(() => undefined)
}

/** That the host can't be reached is what is waited out. */
export function mayBeAway(job: Job): boolean {
  return job.module.name === 'wait_for_connection' && !job.check
}

/** Asks again and again until time has made it so. */
export async function waitFor(job: Job, each: Case, first: Plan, verdict: Verdict, outcomes?: Outcome[]): Promise<Verdict> {
  const patience = job.module.patience?.(each.unit.args as never) ?? { timeout: 300, interval: 5 }
  const started = Date.now()
  const deadline = started + patience.timeout * 1000
  let pending = first.pending
  while (Date.now() < deadline) {
    if (job.run.options.signal?.aborted) return { ...verdict, status: 'failed', message: 'interrupted while waiting' }
    await rest(job, Math.max(0.05, patience.interval))
    const view = new FactsView(job.reach, each.unit.environment, false, false)
    const context = each.unit.context(outcomes ? { before: each.view, outcomes } : undefined)
    const again: Case = { unit: each.unit, view, context }
    try {
      await observe(job, [again], (probes) => job.reach.connection.ask(probes))
    } catch (error) {
      if (!(error instanceof UnreachableError) || !mayBeAway(job)) throw error
      pending = error.message
      continue
    }
    const plan = planOf(job, again)
    if (plan.failed) return { ...verdict, status: 'failed', message: plan.failed, result: { ...verdict.result, ...plan.result } }
    if (plan.changes.length && outcomes) return notConverged(verdict, plan.changes)
    if (!plan.pending) {
      job.run.epoch++
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
