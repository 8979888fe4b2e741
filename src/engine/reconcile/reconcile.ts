/**
 * Observe, plan, apply, verify: brings one host to what one task asks. In: the execution of a task, with the resolved
 * items of its loop. Out: a verdict for each item. Only this room asks hosts and changes them.
 *
 * Check mode is this same code, ended after the plan. What an apply made is observed and planned again: a plan that is
 * not empty then is the failure "did not converge".
 */
import type { Plan, TaskModule } from '../../module/contract.ts'
import { UnreachableError } from '../../remote/index.ts'
import { Unknown } from '../../template/index.ts'
import { applyAll } from './apply.ts'
import { base, type ObservedItem, toObserve, observe, planOf } from './observe-plan.ts'
import type { TaskExecution, ResolvedItem, Verdict } from '../values/task-execution.ts'
import { mayBeAway, restBefore, waitFor } from './waiting.ts'

export async function reconcile(execution: TaskExecution, items: ResolvedItem[]): Promise<Verdict[]> {
  const observed = items.map((resolved) => toObserve(execution, resolved))
  if (!execution.check) await restBefore(execution, items)
  try {
    await observe(execution, observed)
  } catch (error) {
    if (!(error instanceof UnreachableError) || !mayBeAway(execution)) throw error
    return Promise.all(observed.map((item) => waitFor(execution, item, { changes: [], pending: error.message }, base(execution, { changes: [] }))))
  }
  return execution.check ? predictAll(execution, observed) : applyAll(execution, observed)
}

async function predictAll(execution: TaskExecution, observed: ObservedItem[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const item of observed) {
    // What an earlier item would change may lead to new questions.
    await observe(execution, [item])
    const plan = planOf(execution, item)
    for (const action of plan.changes.flatMap((change) => change.actions)) {
      const store = action.on === 'controller' ? execution.reach.controller : execution.reach.store
      store.overlay.predict(action)
    }
    verdicts.push(predicted(execution, plan))
  }
  return verdicts
}

function predicted(execution: TaskExecution, plan: Plan & { unknown?: string }): Verdict {
  const verdict = base(execution, plan)
  if (plan.unknown) return { ...verdict, status: execution.module.changes === false ? 'ok' : 'changed', unknown: plan.unknown, result: unknownResult(execution.module, plan.unknown) }
  if (verdict.status !== 'ok' && verdict.status !== 'changed') return verdict
  if (plan.pending) return { ...verdict, message: `not waited for in check mode: ${plan.pending}` }
  if (verdict.status === 'changed' && execution.module.converges === false) {
    const reason = `${execution.module.name} is not run in check mode`
    return { ...verdict, status: execution.module.changes === false ? 'ok' : 'changed', result: { ...unknownResult(execution.module, reason), ...plan.result } }
  }
  return verdict
}

/** Every documented return value, as not known. */
function unknownResult(module: TaskModule, reason: string): Record<string, unknown> {
  return Object.fromEntries(Object.keys(module.returns ?? {}).map((key) => [key, new Unknown(reason)]))
}
