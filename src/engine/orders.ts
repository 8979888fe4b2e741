/** Carries out what `meta` and `pause` ask of the run. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineOrder } from './engine-effects.ts'
import type { Stage } from './items.ts'
import { hostState } from './state.ts'

export async function carryOut(stage: Stage, order: EngineOrder, hosts: string[]): Promise<void> {
  if (order.kind === 'pause') return pause(stage, order)
  const { run, play } = stage
  switch (order.name) {
    case 'flush_handlers':
      await stage.handlers.flush(stage)
      return
    case 'end_play':
      play.ended = true
      return
    case 'end_batch':
      for (const host of play.batch) hostState(run, host).ended ||= 'batch'
      return
    case 'end_host':
      for (const host of hosts) hostState(run, host).ended = 'play'
      return
    case 'clear_facts':
      for (const host of hosts) {
        const state = hostState(run, host)
        state.facts = {}
        delete state.systemFacts
      }
      return
    case 'clear_host_errors':
      for (const host of play.all) {
        const state = hostState(run, host)
        state.failed = false
        state.unreachable = false
      }
      return
    case 'reset_connection':
      for (const host of hosts) await run.connections.reset(host)
      return
    case 'refresh_inventory':
      for (const host of run.hosts.values()) delete host.inventoryVars
      return
    default:
  }
}

async function pause(stage: Stage, order: Extract<EngineOrder, { kind: 'pause' }>): Promise<void> {
  const { options, emit } = stage.run
  if (options.check) return
  if (order.seconds !== undefined) {
    await sleep(order.seconds * 1000, undefined, options.signal ? { signal: options.signal } : {}).catch(() => undefined)
    return
  }
  if (!options.ask) {
    emit({ event: 'warning', message: 'pause: no terminal to ask on, going on' })
    return
  }
  await options.ask(order.prompt ?? 'Press enter to continue', { secret: order.echo === false })
}
