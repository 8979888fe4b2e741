/** Apply and verify: makes the planned changes, then observes and plans again. */
import type { Plan } from '../../module/contract.ts'
import type { Outcome } from '../../remote/action.ts'
import { HostLockedError } from '../../remote/index.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'
import { base, type ObservedItem, toObserve, observe, planOf, probesNamed } from './observe-plan.ts'
import { FactsView } from '../state/facts-view.ts'
import { independent } from './independent.ts'
import type { TaskExecution, Verdict } from '../values/task-execution.ts'
import { ObserveAgain, perform } from './perform.ts'
import { notConverged, waitFor } from './waiting.ts'

export async function applyAll(execution: TaskExecution, observed: ObservedItem[]): Promise<Verdict[]> {
  const verdicts = new Map<ObservedItem, Verdict>()
  let rest = observed
  while (rest.length) {
    const group: { item: ObservedItem; plan: Plan }[] = []
    const later: ObservedItem[] = []
    for (const item of rest) {
      if (later.length || !independent(probesNamed(execution, item), group.map(({ plan }) => plan))) {
        later.push(item)
        continue
      }
      const plan = planOf(execution, item)
      if (plan.failed || plan.skipped) verdicts.set(item, base(execution, plan))
      else if (plan.changes.length) group.push({ item, plan })
      else if (plan.pending) verdicts.set(item, await waitFor(execution, item, plan, base(execution, plan)))
      else verdicts.set(item, base(execution, plan))
      if (group.length && !batchable(execution, group.at(-1)?.plan as Plan)) {
        later.push(...rest.slice(rest.indexOf(item) + 1))
        break
      }
    }
    const applied = group.length ? await applyGroup(execution, group) : []
    if (applied) for (const [item, verdict] of applied) verdicts.set(item, verdict)
    else later.unshift(...group.map(({ item }) => item))
    rest = later.map(({ resolved }) => toObserve(execution, resolved))
    for (const [index, item] of rest.entries()) {
      const old = later[index] as ObservedItem
      observed[observed.indexOf(old)] = item
    }
    if (rest.length) await observe(execution, rest)
  }
  return observed.map((item) => verdicts.get(item) as Verdict)
}

/** Items whose single typed action can share a round trip with others. */
function batchable(execution: TaskExecution, plan: Plan): boolean {
  const actions = plan.changes.flatMap((change) => change.actions)
  return execution.module.converges !== false && actions.length === 1 && actions[0]?.kind !== 'run' && actions[0]?.on !== 'controller'
}

/** Undefined: nothing was done, because another run has changed the host meanwhile. */
async function applyGroup(execution: TaskExecution, group: { item: ObservedItem; plan: Plan }[]): Promise<[ObservedItem, Verdict][] | undefined> {
  const undo = execution.beforeApply?.()
  const verify = execution.module.converges === false ? [] : group.flatMap(({ item }) => probesOf(execution, item))
  const actions = group.flatMap(({ plan }) => plan.changes.flatMap((change) => change.actions))
  const performed = await perform(execution, actions, group.length > 1, verify, group[0]?.item.resolved.environment ?? {}).catch((error: unknown) => {
    // Kept out by another run: nothing was changed.
    if (error instanceof HostLockedError || error instanceof ObserveAgain) undo?.()
    if (error instanceof ObserveAgain) return undefined
    throw error
  })
  if (!performed) return undefined
  const { outcomes, facts } = performed
  const results: [ObservedItem, Verdict][] = []
  let used = 0
  for (const { item, plan } of group) {
    const count = plan.changes.reduce((sum, change) => sum + change.actions.length, 0)
    const own = outcomes.slice(used, used + count)
    used += count
    const verdict = base(execution, plan)
    const bad = own.find((outcome) => !outcome.ok)
    results.push([item, bad ? failedAction(execution, item, verdict, own, bad) : await verified(execution, item, verdict, own, facts)])
  }
  return results
}

function probesOf(execution: TaskExecution, item: ObservedItem): Probe[] {
  return probesNamed(execution, item).map((probe) => item.view.dress(probe))
}

function failedAction(execution: TaskExecution, item: ObservedItem, verdict: Verdict, outcomes: Outcome[], bad: Outcome): Verdict {
  const report = execution.module.report?.(item.resolved.args as never, outcomes, item.view, item.context)
  const message = report?.failed ?? bad.error ?? `return code ${bad.rc}`
  const shown = { rc: bad.rc, stdout: bad.stdout, stderr: bad.stderr }
  return { ...verdict, status: 'failed', message, result: { ...shown, ...verdict.result, ...report?.result } }
}

async function verified(execution: TaskExecution, item: ObservedItem, verdict: Verdict, outcomes: Outcome[], facts: Map<string, Fact>): Promise<Verdict> {
  const { resolved } = item
  const view = new FactsView(execution.reach, resolved.environment, false, false)
  const after: ObservedItem = { resolved, view, context: resolved.context({ before: item.view, outcomes }) }
  const backup = outcomes.find((outcome) => outcome.backup)?.backup
  const withBackup = backup ? { ...verdict, result: { ...verdict.result, backup_file: backup } } : verdict
  if (execution.module.converges === false) return reported(execution, item, withBackup, outcomes)
  for (const probe of probesOf(execution, item)) {
    const fact = facts.get(probeKey(probe))
    if (fact !== undefined) view.put(probe, fact)
  }
  await observe(execution, [after], (probes) => execution.reach.store.ask(probes))
  const plan = planOf(execution, after)
  if (plan.failed) return { ...withBackup, status: 'failed', message: plan.failed, result: { ...withBackup.result, ...plan.result } }
  if (plan.changes.length) return notConverged(withBackup, plan.changes)
  const done = { ...withBackup, result: { ...plan.result, ...(backup ? { backup_file: backup } : {}) } }
  const settled = plan.pending ? await waitFor(execution, item, plan, done, outcomes) : done
  return reported(execution, after, settled, outcomes)
}

function reported(execution: TaskExecution, item: ObservedItem, verdict: Verdict, outcomes: Outcome[]): Verdict {
  const report = verdict.status === 'failed' ? undefined : execution.module.report?.(item.resolved.args as never, outcomes, item.view, item.context)
  if (!report) return verdict
  const status = report.failed ? 'failed' : report.changed === false ? 'ok' : verdict.status
  return { ...verdict, status, result: { ...verdict.result, ...report.result }, ...(report.failed ? { message: report.failed } : {}) }
}
