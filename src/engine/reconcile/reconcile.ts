/**
 * Observe, plan, apply, verify: brings one host to what one task asks, for all items of its loop.
 *
 * Check mode is this same code, ended after the plan. What an apply made is observed and planned again: a plan that is
 * not empty then is the failure "did not converge".
 */
import type { Plan, TaskModule } from '../../module/contract.ts'
import { UnreachableError } from '../../remote/index.ts'
import { Unknown } from '../../template/index.ts'
import { applyAll } from './apply.ts'
import { base, type Case, newCase, observe, planOf } from './observe-plan.ts'
import type { Job, Unit, Verdict } from '../values/task-execution.ts'
import { mayBeAway, restBefore, waitFor } from './waiting.ts'

export async function reconcile(job: Job, units: Unit[]): Promise<Verdict[]> {
  const cases = units.map((unit) => newCase(job, unit))
  if (!job.check) await restBefore(job, units)
  try {
    await observe(job, cases)
  } catch (error) {
    if (!(error instanceof UnreachableError) || !mayBeAway(job)) throw error
    return Promise.all(cases.map((each) => waitFor(job, each, { changes: [], pending: error.message }, base(job, { changes: [] }))))
  }
  return job.check ? predictAll(job, cases) : applyAll(job, cases)
}

async function predictAll(job: Job, cases: Case[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const each of cases) {
    // What an earlier item would change may lead to new questions.
    await observe(job, [each])
    const plan = planOf(job, each)
    for (const action of plan.changes.flatMap((change) => change.actions)) {
      const store = action.on === 'controller' ? job.reach.controller : job.reach.store
      store.overlay.predict(action)
    }
    verdicts.push(predicted(job, plan))
  }
  return verdicts
}

function predicted(job: Job, plan: Plan & { unknown?: string }): Verdict {
  const verdict = base(job, plan)
  if (plan.unknown) return { ...verdict, status: job.module.changes === false ? 'ok' : 'changed', unknown: plan.unknown, result: unknownResult(job.module, plan.unknown) }
  if (verdict.status !== 'ok' && verdict.status !== 'changed') return verdict
  if (plan.pending) return { ...verdict, message: `not waited for in check mode: ${plan.pending}` }
  if (verdict.status === 'changed' && job.module.converges === false) {
    const reason = `${job.module.name} is not run in check mode`
    return { ...verdict, status: job.module.changes === false ? 'ok' : 'changed', result: { ...unknownResult(job.module, reason), ...plan.result } }
  }
  return verdict
}

/** Every documented return value, as not known. */
function unknownResult(module: TaskModule, reason: string): Record<string, unknown> {
  return Object.fromEntries(Object.keys(module.returns ?? {}).map((key) => [key, new Unknown(reason)]))
}
