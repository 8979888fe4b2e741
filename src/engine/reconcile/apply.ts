/** Apply and verify: makes the planned changes, then observes and plans again. */
import type { Change, Plan } from '../../module/contract.ts'
import type { Outcome } from '../../remote/action.ts'
import { HostLockedError } from '../../remote/index.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'
import { base, type Case, newCase, observe, planOf, probesNamed } from './observe-plan.ts'
import { FactsView } from '../state/facts-view.ts'
import { independent } from './independent.ts'
import type { Job, Verdict } from '../values/task-execution.ts'
import { ObserveAgain, perform } from './perform.ts'
import { notConverged, waitFor } from './waiting.ts'

export async function applyAll(job: Job, cases: Case[]): Promise<Verdict[]> {
  const verdicts = new Map<Case, Verdict>()
  let rest = cases
  while (rest.length) {
    const group: { each: Case; plan: Plan }[] = []
    const later: Case[] = []
    for (const each of rest) {
      if (later.length || !independent(probesNamed(job, each), group.map(({ plan }) => plan))) {
        later.push(each)
        continue
      }
      const plan = planOf(job, each)
      if (plan.failed || plan.skipped) verdicts.set(each, base(job, plan))
      else if (plan.changes.length) group.push({ each, plan })
      else if (plan.pending) verdicts.set(each, await waitFor(job, each, plan, base(job, plan)))
      else verdicts.set(each, base(job, plan))
      if (group.length && !batchable(job, group.at(-1)?.plan as Plan)) {
        later.push(...rest.slice(rest.indexOf(each) + 1))
        break
      }
    }
    const applied = group.length ? await applyGroup(job, group) : []
    if (applied) for (const [each, verdict] of applied) verdicts.set(each, verdict)
    else later.unshift(...group.map(({ each }) => each))
    rest = later.map(({ unit }) => newCase(job, unit))
    for (const [index, each] of rest.entries()) {
      const old = later[index] as Case
      cases[cases.indexOf(old)] = each
    }
    if (rest.length) await observe(job, rest)
  }
  return cases.map((each) => verdicts.get(each) as Verdict)
}

/** Items whose single typed action can share a round trip with others. */
function batchable(job: Job, plan: Plan): boolean {
  const actions = plan.changes.flatMap((change) => change.actions)
  return job.module.converges !== false && actions.length === 1 && actions[0]?.kind !== 'run' && actions[0]?.on !== 'controller'
}

/** Undefined: nothing was done, because another run has changed the host meanwhile. */
async function applyGroup(job: Job, group: { each: Case; plan: Plan }[]): Promise<[Case, Verdict][] | undefined> {
  const undo = job.beforeApply?.()
  const verify = job.module.converges === false ? [] : group.flatMap(({ each }) => probesOf(job, each))
  const actions = group.flatMap(({ plan }) => plan.changes.flatMap((change) => change.actions))
  const performed = await perform(job, actions, group.length > 1, verify, group[0]?.each.unit.environment ?? {}).catch((error: unknown) => {
    // Kept out by another run: nothing was changed.
    if (error instanceof HostLockedError || error instanceof ObserveAgain) undo?.()
    if (error instanceof ObserveAgain) return undefined
    throw error
  })
  if (!performed) return undefined
  const { outcomes, facts } = performed
  const results: [Case, Verdict][] = []
  let used = 0
  for (const { each, plan } of group) {
    const count = plan.changes.reduce((sum, change) => sum + change.actions.length, 0)
    const own = outcomes.slice(used, used + count)
    used += count
    const verdict = base(job, plan)
    const bad = own.find((outcome) => !outcome.ok)
    results.push([each, bad ? failedAction(job, each, verdict, own, bad) : await verified(job, each, verdict, own, facts)])
  }
  return results
}

function probesOf(job: Job, each: Case): Probe[] {
  return probesNamed(job, each).map((probe) => each.view.dress(probe))
}

function failedAction(job: Job, each: Case, verdict: Verdict, outcomes: Outcome[], bad: Outcome): Verdict {
  const report = job.module.report?.(each.unit.args as never, outcomes, each.view, each.context)
  const message = report?.failed ?? bad.error ?? `return code ${bad.rc}`
  const shown = { rc: bad.rc, stdout: bad.stdout, stderr: bad.stderr }
  return { ...verdict, status: 'failed', message, result: { ...shown, ...verdict.result, ...report?.result } }
}

async function verified(job: Job, each: Case, verdict: Verdict, outcomes: Outcome[], facts: Map<string, Fact>): Promise<Verdict> {
  const { unit } = each
  const view = new FactsView(job.reach, unit.environment, false, false)
  const after: Case = { unit, view, context: unit.context({ before: each.view, outcomes }) }
  const backup = outcomes.find((outcome) => outcome.backup)?.backup
  const withBackup = backup ? { ...verdict, result: { ...verdict.result, backup_file: backup } } : verdict
  if (job.module.converges === false) return reported(job, each, withBackup, outcomes)
  for (const probe of probesOf(job, each)) {
    const fact = facts.get(probeKey(probe))
    if (fact !== undefined) view.put(probe, fact)
  }
  await observe(job, [after], (probes) => job.reach.store.ask(probes))
  const plan = planOf(job, after)
  if (plan.failed) return { ...withBackup, status: 'failed', message: plan.failed, result: { ...withBackup.result, ...plan.result } }
  if (plan.changes.length) return notConverged(withBackup, plan.changes)
  const done = { ...withBackup, result: { ...plan.result, ...(backup ? { backup_file: backup } : {}) } }
  const settled = plan.pending ? await waitFor(job, each, plan, done, outcomes) : done
  return reported(job, after, settled, outcomes)
}

function reported(job: Job, each: Case, verdict: Verdict, outcomes: Outcome[]): Verdict {
  const report = verdict.status === 'failed' ? undefined : job.module.report?.(each.unit.args as never, outcomes, each.view, each.context)
  if (!report) return verdict
  const status = report.failed ? 'failed' : report.changed === false ? 'ok' : verdict.status
  return { ...verdict, status, result: { ...verdict.result, ...report.result }, ...(report.failed ? { message: report.failed } : {}) }
}
