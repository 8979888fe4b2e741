/** What modules without a host ask of the engine: set_fact, include_vars, add_host, group_by, set_stats, meta. */
import type { Role } from '../../playbook/index.ts'
import type { Preparation, TaskOnHost } from '../values/prepare.ts'
import type { Verdict } from '../values/task-execution.ts'
import { hostState } from '../state/run-state.ts'

/** What only the strategy can carry out, after all hosts have done the task, and the host that asked for it. */
export interface MetaAction { name: string; host: string; role?: Role }

/** `sharedWith`: with run_once, the other hosts that get the same facts and variables. */
export function applyEngineEffects(on: TaskOnHost & { sharedWith?: string[] }, preparation: Preparation, verdicts: Verdict[]): MetaAction[] {
  const { run, effective } = on
  const delegateFacts = effective.own.delegateFacts !== undefined && preparation.reach.host !== on.host
  const names = delegateFacts ? [preparation.reach.host] : [on.host, ...(on.sharedWith ?? [])]
  const hosts = names.map((name) => hostState(run, name))
  const metaActions: MetaAction[] = []
  for (const { engine, status } of verdicts) {
    if (!engine || status === 'failed') continue
    for (const host of hosts) {
      if (engine.setFacts) Object.assign(host.facts, engine.setFacts)
      if (engine.setVars) Object.assign(host.included, engine.setVars)
      if (engine.systemFacts) host.systemFacts = { ...host.systemFacts, ...engine.systemFacts }
    }
    if (engine.addHost) {
      run.options.inventory.addHost(engine.addHost.name, engine.addHost.groups, engine.addHost.vars)
      inventoryChanged(on)
    }
    if (engine.groupBy) {
      run.options.inventory.addGroup(engine.groupBy.group, engine.groupBy.parents, [on.host])
      inventoryChanged(on)
    }
    if (engine.stats) addStats(run.stats, engine.stats.data, engine.stats.aggregate)
    if (engine.meta) metaActions.push({ name: engine.meta, host: on.host, ...(on.task.role ? { role: on.task.role } : {}) })
  }
  return metaActions
}

function inventoryChanged(on: TaskOnHost): void {
  for (const host of on.run.hosts.values()) delete host.inventoryVars
}

/** Ansible's aggregate: numbers add up, lists and texts are joined, dicts merge. */
function addStats(stats: Record<string, unknown>, data: Record<string, unknown>, aggregate: boolean): void {
  for (const [key, value] of Object.entries(data)) {
    const old = stats[key]
    if (!aggregate || old === undefined) stats[key] = value
    else if (typeof old === 'number' && typeof value === 'number') stats[key] = old + value
    else if (Array.isArray(old) && Array.isArray(value)) stats[key] = [...old, ...value]
    else if (typeof old === 'object' && typeof value === 'object') stats[key] = { ...old, ...value }
    else stats[key] = value
  }
}
