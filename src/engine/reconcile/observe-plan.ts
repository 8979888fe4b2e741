/** Observe and plan: what a module is told, and what it makes of it. */
import { type Context, NeedsUnknown, type Plan } from '../../module/contract.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'
import { show } from './diff.ts'
import { FactsView } from '../state/facts-view.ts'
import type { TaskExecution, ResolvedItem, Verdict } from '../values/task-execution.ts'
import { messageOf } from '../state/error-message.ts'
import { rethrowFacts } from '../values/variables.ts'

/** A resolved item, and what was observed for it. */
export interface ObservedItem {
  resolved: ResolvedItem
  view: FactsView
  context: Context
  /** observe itself could not go on (a file that is not there): the task's failure. */
  broken?: unknown
}

/** The item before anything was asked for it. */
export function toObserve(execution: TaskExecution, resolved: ResolvedItem): ObservedItem {
  return { resolved, view: new FactsView(execution.reach, resolved.environment, execution.check, !execution.fresh), context: resolved.context() }
}

/** Asks until no module names anything new. */
export async function observe(execution: TaskExecution, observed: ObservedItem[], ask = execution.ask): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const missing = new Map<string, Probe>()
    const wanting: ObservedItem[] = []
    for (const item of observed) {
      const probes = probesNamed(execution, item).filter((probe) => !item.view.has(probe))
      if (probes.length) wanting.push(item)
      for (const probe of probes) missing.set(probeKey(item.view.dress(probe)), item.view.dress(probe))
    }
    if (missing.size === 0) return
    const probes = [...missing.values()]
    const answers = await askBoth(execution, probes, ask)
    for (const item of wanting) for (const [index, probe] of probes.entries()) item.view.put(probe, answers[index] as Fact)
  }
  throw new Error(`module ${execution.module.name} keeps asking for more facts`)
}

/** What the module wants to know, after what is known by now. */
export function probesNamed(execution: TaskExecution, item: ObservedItem): Probe[] {
  if (item.broken !== undefined) return []
  try {
    return execution.module.observe(item.resolved.args as never, item.view, item.context)
  } catch (error) {
    rethrowFacts(error)
    item.broken = error
    return []
  }
}

/** The controller answers at once; only what is left costs a round trip. */
async function askBoth(execution: TaskExecution, probes: Probe[], ask: TaskExecution['ask']): Promise<Fact[]> {
  const here = probes.filter((probe) => probe.on === 'controller')
  const there = probes.filter((probe) => probe.on !== 'controller')
  const [local, remote] = await Promise.all([execution.reach.controller.ask(here), there.length ? ask(there) : []])
  const answers = new Map<Probe, Fact>()
  here.forEach((probe, index) => answers.set(probe, local[index] as Fact))
  there.forEach((probe, index) => answers.set(probe, remote[index] as Fact))
  return probes.map((probe) => answers.get(probe) as Fact)
}

/** Runs plan; an error in it is the task's failure, not ours. */
export function planOf(execution: TaskExecution, { resolved, view, context, broken }: ObservedItem): Plan & { unknown?: string } {
  try {
    if (broken !== undefined) throw broken
    return unlessPlanned(execution, execution.module.plan(resolved.args as never, view, context))
  } catch (error) {
    rethrowFacts(error)
    if (error instanceof NeedsUnknown) return { changes: [], unknown: error.reason }
    return unlessPlanned(execution, { changes: [], failed: messageOf(error) })
  }
}

/** In check mode nothing was applied yet: a failure may only mean that an earlier planned change is missing. */
function unlessPlanned(execution: TaskExecution, plan: Plan): Plan & { unknown?: string } {
  const opaque = execution.check ? (execution.reach.store.overlay.opaque ?? execution.reach.controller.overlay.opaque) : undefined
  if (!plan.failed || !opaque) return plan
  const { failed, ...rest } = plan
  return { ...rest, changes: [], unknown: `${failed} (${opaque})` }
}

/** What a plan means as long as nothing has been done about it. */
export function base(execution: TaskExecution, plan: Plan): Verdict {
  const verdict: Verdict = {
    status: plan.changes.length ? 'changed' : 'ok',
    changes: plan.changes.map((change) => show(change, execution.diff)),
    result: { ...plan.result },
    warnings: plan.warnings ?? [],
    ...(plan.engine ? { engine: plan.engine } : {}),
  }
  if (plan.failed) return { ...verdict, status: 'failed', message: plan.failed, changes: [] }
  if (plan.skipped) return { ...verdict, status: 'skipped', message: plan.skipped }
  return verdict
}
