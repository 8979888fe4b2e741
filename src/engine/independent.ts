/** May a loop item's change be sent together with those of the items before it, unseen? */
import type { Context, Plan, TaskModule } from '../module/contract.ts'
import type { Action } from '../remote/action.ts'
import type { Probe } from '../remote/probe.ts'
import type { FactsView } from './facts-view.ts'

/** True when none of the probes of this item ask about anything that the planned actions touch. */
export function independent(job: { module: TaskModule }, unit: { args: unknown }, view: FactsView, context: Context, planned: Plan[]): boolean {
  const actions = planned.flatMap((plan) => plan.changes.flatMap((change) => change.actions))
  if (actions.length === 0) return true
  const touched = actions.flatMap(resourcesOf)
  const probes = job.module.observe(unit.args as never, view, context).filter((probe) => probe.on !== 'controller')
  return probes.every((probe) => asksOnlyOutside(probe, touched))
}

/** Paths that an action touches; 'any' when that can't be told. */
export function resourcesOf(action: Action): (string | 'any')[] {
  switch (action.kind) {
    case 'write':
    case 'upload':
    case 'mkdir':
    case 'symlink':
    case 'hardlink':
    case 'remove':
      return [action.path]
    case 'attributes':
      return action.paths
    case 'rename':
    case 'copy':
      return [action.from, action.to]
    default:
      return ['any']
  }
}

function asksOnlyOutside(probe: Probe, touched: string[]): boolean {
  if (touched.includes('any')) return false
  if (probe.kind !== 'file' && probe.kind !== 'tree') return false
  return touched.every((path) => !related(probe.path, path))
}

function related(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}
