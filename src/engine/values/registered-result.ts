/** Registered results: the shape that `register` gives, and changed_when / failed_when on top of it. */
import type { Located, Task } from '../../playbook/index.ts'
import { Unknown } from '../../template/index.ts'
import { conditionFailed } from '../state/error-message.ts'
import type { Preparation, Prepared } from './prepare.ts'
import type { Verdict } from './task-execution.ts'
import type { RunState } from '../state/run-state.ts'
import { rethrowFacts } from './variables.ts'

/** A result as far as it can be assumed beforehand (see foresee). */
export function simpleResult(preparation: Preparation, results: Record<string, unknown>[]): Record<string, unknown> {
  if (!preparation.looped) return { failed: false, ...results[0] }
  return loopResult(results.map((result, index) => ({ failed: false, item: preparation.entries[index]?.item, ...result })))
}

/** The result of a loop: `results`, and the sums. */
export function loopResult(results: Record<string, unknown>[]): Record<string, unknown> {
  const some = (key: string) => results.find((result) => result[key] instanceof Unknown)?.[key] ?? results.some((result) => result[key] === true)
  const skipped = results.every((result) => result.skipped === true)
  const failed = some('failed')
  return {
    results,
    changed: some('changed'),
    failed,
    ...(skipped ? { skipped: true } : {}),
    msg: failed === true ? 'One or more items failed' : results.length === 0 ? 'No items in the list' : 'All items completed',
  }
}

/** What `register` sees of one item. */
export function registered(verdict: Verdict, entry: Prepared, looped: boolean): Record<string, unknown> {
  const loopVar = entry.local.ansible_loop_var as string | undefined
  return {
    changed: verdict.status === 'changed',
    failed: verdict.status === 'failed',
    ...(verdict.status === 'skipped' ? { skipped: true } : {}),
    ...(verdict.message ? { msg: verdict.message } : {}),
    ...verdict.result,
    ...(looped && loopVar ? { [loopVar]: entry.item, item: entry.item, ansible_loop_var: loopVar } : {}),
  }
}

/** Applies changed_when and failed_when. */
export function judge(run: RunState, task: Task, entry: Prepared, verdict: Verdict): Verdict {
  if (verdict.status === 'skipped' || (!task.changedWhen && !task.failedWhen)) return verdict
  const result = registered(verdict, entry, false)
  const scope = { ...entry.scope, lookup: (name: string) => (name === task.register ? { value: result, template: false } : entry.scope.lookup(name)) }
  const ask = (conditions: Located<unknown>[]): boolean | Unknown => {
    let unknown: Unknown | undefined
    for (const condition of conditions) {
      asked = condition
      const answer = run.templar.condition(condition.value as string | boolean, scope)
      if (answer instanceof Unknown) unknown = answer
      else if (!answer) return false
    }
    return unknown ?? true
  }
  let asked: Located<unknown> | undefined
  let next = verdict
  try {
    if (task.failedWhen && !(verdict.unknown && verdict.status === 'changed' && !task.failedWhen.length)) {
      const failed = ask(task.failedWhen)
      if (failed === true) next = { ...next, status: 'failed', message: next.message ?? `failed_when: ${task.failedWhen.map((each) => String(each.value)).join(' and ')}` }
      else if (failed === false && next.status === 'failed') {
        // What the module has said of it stays in the result.
        const result = next.message === undefined ? next.result : { msg: next.message, ...next.result }
        next = { ...next, status: next.changes.length ? 'changed' : 'ok', message: undefined, result } as Verdict
      }
    }
    if (task.changedWhen && next.status !== 'failed') {
      const changed = ask(task.changedWhen)
      if (changed instanceof Unknown) next = { ...next, status: 'changed', unknown: next.unknown ?? changed.reason }
      else if (changed) next = { ...next, status: 'changed' }
      else {
        const { unknown: _told, ...rest } = next
        next = { ...rest, status: 'ok', changes: [] }
      }
    }
  } catch (error) {
    rethrowFacts(error)
    return { ...verdict, status: 'failed', message: conditionFailed(asked as Located<unknown>, error) }
  }
  return { ...next, result: { ...next.result, ...(task.failedWhen ? { failed_when_result: next.status === 'failed' } : {}) } }
}
