/** May a loop item's change be sent together with those of the items before it, unseen? */
import type { Plan } from '../../module/contract.ts'
import type { Action } from '../../remote/action.ts'
import type { Probe } from '../../remote/probe.ts'

/** True when none of the probes of this item ask about anything that the planned actions touch. */
export function independent(probes: Probe[], planned: Plan[]): boolean {
  const actions = planned.flatMap((plan) => plan.changes.flatMap((change) => change.actions))
  if (actions.length === 0) return true
  const touched = actions.flatMap(resourcesOf)
  return probes.every((probe) => probe.on === 'controller' || asksOnlyOutside(probe, touched))
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
  // What lies below a directory does not change what a probe of the directory itself says; a tree holds it all.
  const inside = (path: string) => probe.kind === 'tree' && path.startsWith(`${probe.path}/`)
  return touched.every((path) => probe.path !== path && !probe.path.startsWith(`${path}/`) && !inside(path))
}
