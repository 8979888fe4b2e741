/** Carries out what `meta` asks of the run. */
import type { MetaAction } from './engine-effects.ts'
import type { Stage } from './items.ts'
import { hostState } from '../state/run-state.ts'

/** These are a matter of the host that asked; all others are done once, whoever asked. */
const ownMatters = new Set(['end_host', 'end_role', 'reset_connection'])

export async function carryOut(stage: Stage, metaActions: MetaAction[], hosts: string[]): Promise<void> {
  const done = new Set<string>()
  for (const action of metaActions) {
    if (ownMatters.has(action.name)) await forHost(stage, action)
    else if (!done.has(action.name)) {
      done.add(action.name)
      await forAll(stage, action.name, metaActions, hosts)
    }
  }
}

async function forHost({ run }: Stage, { name, host, role }: MetaAction): Promise<void> {
  if (name === 'end_host') hostState(run, host).ended = 'play'
  else if (name === 'reset_connection') await run.connections.reset(host)
  else if (role) hostState(run, host).endedRoles.add(role)
}

async function forAll({ run, play, handlers }: Stage, name: string, metaActions: MetaAction[], hosts: string[]): Promise<void> {
  switch (name) {
    case 'flush_handlers':
      await handlers.flush({ run, play, handlers }, metaActions.filter((action) => action.name === name).map((action) => action.host))
      return
    case 'end_play':
      play.ended = true
      return
    case 'end_batch':
      for (const host of play.batch) hostState(run, host).ended ||= 'batch'
      return
    case 'clear_facts':
      // Facts of the system, as in Ansible; what a task has set or registered stays.
      for (const host of hosts) delete hostState(run, host).systemFacts
      return
    case 'clear_host_errors':
      for (const host of play.all) {
        const state = hostState(run, host)
        state.failed = false
        state.unreachable = false
      }
      play.amnesties++
      return
    case 'refresh_inventory':
      for (const host of run.hosts.values()) delete host.inventoryVars
      return
    default:
  }
}
