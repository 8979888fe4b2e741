/** Observe and plan: what a module is told, and what it makes of it. */
import { type Context, NeedsUnknown, type Plan } from '../../module/contract.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'
import { show } from './diff.ts'
import { FactsView } from '../state/facts-view.ts'
import type { Job, Unit, Verdict } from '../values/task-execution.ts'
import { messageOf } from '../state/error-message.ts'
import { rethrowFacts } from '../values/variables.ts'

export interface Case {
  unit: Unit
  view: FactsView
  context: Context
  /** observe itself could not go on (a file that is not there): the task's failure. */
  broken?: unknown
}

export function newCase(job: Job, unit: Unit): Case {
  return { unit, view: new FactsView(job.reach, unit.environment, job.check, !job.fresh), context: unit.context() }
}

/** Asks until no module names anything new. */
export async function observe(job: Job, cases: Case[], ask = job.ask): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const missing = new Map<string, Probe>()
    const wanting: Case[] = []
    for (const each of cases) {
      const probes = probesNamed(job, each).filter((probe) => !each.view.has(probe))
      if (probes.length) wanting.push(each)
      for (const probe of probes) missing.set(probeKey(each.view.dress(probe)), each.view.dress(probe))
    }
    if (missing.size === 0) return
    const probes = [...missing.values()]
    const answers = await askBoth(job, probes, ask)
    for (const each of wanting) for (const [index, probe] of probes.entries()) each.view.put(probe, answers[index] as Fact)
  }
  throw new Error(`module ${job.module.name} keeps asking for more facts`)
}

export function probesNamed(job: Job, each: Case): Probe[] {
  if (each.broken !== undefined) return []
  try {
    return job.module.observe(each.unit.args as never, each.view, each.context)
  } catch (error) {
    rethrowFacts(error)
    each.broken = error
    return []
  }
}

/** The controller answers at once; only what is left costs a round trip. */
async function askBoth(job: Job, probes: Probe[], ask: Job['ask']): Promise<Fact[]> {
  const here = probes.filter((probe) => probe.on === 'controller')
  const there = probes.filter((probe) => probe.on !== 'controller')
  const [local, remote] = await Promise.all([job.reach.controller.ask(here), there.length ? ask(there) : []])
  const answers = new Map<Probe, Fact>()
  here.forEach((probe, index) => answers.set(probe, local[index] as Fact))
  there.forEach((probe, index) => answers.set(probe, remote[index] as Fact))
  return probes.map((probe) => answers.get(probe) as Fact)
}

/** Runs plan; an error in it is the task's failure, not ours. */
export function planOf(job: Job, { unit, view, context, broken }: Case): Plan & { unknown?: string } {
  try {
    if (broken !== undefined) throw broken
    return unlessPlanned(job, job.module.plan(unit.args as never, view, context))
  } catch (error) {
    rethrowFacts(error)
    if (error instanceof NeedsUnknown) return { changes: [], unknown: error.reason }
    return unlessPlanned(job, { changes: [], failed: messageOf(error) })
  }
}

/** In check mode nothing was applied yet: a failure may only mean that an earlier planned change is missing. */
function unlessPlanned(job: Job, plan: Plan): Plan & { unknown?: string } {
  const opaque = job.check ? (job.reach.store.overlay.opaque ?? job.reach.controller.overlay.opaque) : undefined
  if (!plan.failed || !opaque) return plan
  const { failed, ...rest } = plan
  return { ...rest, changes: [], unknown: `${failed} (${opaque})` }
}

export function base(job: Job, plan: Plan): Verdict {
  const verdict: Verdict = {
    status: plan.changes.length ? 'changed' : 'ok',
    changes: plan.changes.map((change) => show(change, job.diff)),
    result: { ...plan.result },
    warnings: plan.warnings ?? [],
    ...(plan.engine ? { engine: plan.engine } : {}),
  }
  if (plan.failed) return { ...verdict, status: 'failed', message: plan.failed, changes: [] }
  if (plan.skipped) return { ...verdict, status: 'skipped', message: plan.skipped }
  return verdict
}
