/**
 * Ask ahead: when a host has to be asked anyway, everything that its coming tasks will want to know goes along.
 *
 * Coming tasks are looked through in order. Those whose arguments can be told name their probes; a task that would
 * change nothing passes its result on, so that what depends on it can be told too. After a change the facts of the
 * whole run are stale, so while changes are being made we look only a few tasks ahead.
 */
import type { Task } from '../../playbook/index.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'
import type { Reach } from '../state/connections.ts'
import { type Effective, selected } from '../state/inherited-keywords.ts'
import { FactsView } from '../state/facts-view.ts'
import { type TaskCursor, upcoming } from '../state/task-cursor.ts'
import { type Preparation, prepare } from '../values/prepare.ts'
import { simpleResult } from '../values/registered-result.ts'
import { hostState, type PlayState, type RunState } from '../state/run-state.ts'

export interface Outlook { run: RunState; play: PlayState; host: string; cursor: TaskCursor }

/** How many tasks to look ahead right after a change; grows again while nothing changes. */
const narrow = 8

export function narrowWindow(run: RunState, host: string): void {
  hostState(run, host).window = narrow
}

/** Asks these probes, and in the same round trip what is foreseen; the answers of the former in order. */
export async function askAhead(outlook: Outlook, reach: Reach, probes: Probe[]): Promise<Fact[]> {
  const host = hostState(outlook.run, outlook.host)
  const foreseen = collect(outlook, { commands: host.window > narrow })
  host.window *= 4
  const others: Promise<unknown>[] = []
  const wanted = new Set(probes.map(probeKey))
  let along: Probe[] = []
  for (const [place, map] of foreseen) {
    const list = [...map.values()]
    if (place === reach) along = list.filter((probe) => !wanted.has(probeKey(probe)))
    // A host that can't be reached is reported by the task that needs it.
    else others.push(place.store.ask(list).catch(() => undefined))
  }
  const [answers] = await Promise.all([reach.store.ask([...probes, ...along]), ...others])
  return answers.slice(0, probes.length)
}

/** What coming tasks will ask of this very connection. */
export function aheadOf(outlook: Outlook, reach: Reach): Probe[] {
  const host = hostState(outlook.run, outlook.host)
  host.window = narrow
  return [...(collect(outlook, { all: true, commands: false }).get(reach)?.values() ?? [])]
}

/** Which of the coming questions are worth asking now. */
interface Wish {
  /** Also what is known now, because a change is about to make it stale. */
  all?: boolean
  /**
   * Also commands (keytool, psql). Not while changes are being made: the next one would make their answers stale, and to
   * start a JVM for each change costs more than the round trip that it saves.
   */
  commands: boolean
}

function collect(outlook: Outlook, wish: Wish): Map<Reach, Map<string, Probe>> {
  const { run, host } = outlook
  const result = new Map<Reach, Map<string, Probe>>()
  const assumed: Record<string, unknown> = {}
  let left = hostState(run, host).window
  for (const { task, effective } of upcoming(outlook.cursor)) {
    if (left-- <= 0) break
    if (!selected(effective.tags, run.options.tags, run.options.skipTags)) continue
    if (effective.own.runOnce && outlook.play.batch[0] !== host) continue
    if (!look(outlook, task, effective, assumed, result, wish)) break
  }
  return result
}

/** One coming task. False: it will change something, so what lies behind it is not worth asking now. */
function look(outlook: Outlook, task: Task, effective: Effective, assumed: Record<string, unknown>, result: Map<Reach, Map<string, Probe>>, wish: Wish): boolean {
  const { run, play, host } = outlook
  let preparation: Preparation
  try {
    preparation = prepare({ run, play, host, task, effective, assumed })
  } catch {
    // It can't be told yet (a result that is missing, a template that fails): its turn will come.
    return true
  }
  if (task.until || preparation.module.runOnce || preparation.module.live) return true
  const results: Record<string, unknown>[] = []
  for (const entry of preparation.entries) {
    if (entry.skip) results.push({ changed: false, skipped: true, skip_reason: entry.skip.reason })
    if (!entry.resolved) continue
    const { reach, module } = preparation
    const view = new FactsView(reach, entry.resolved.environment, preparation.check)
    try {
      const context = entry.resolved.context()
      const probes = module.observe(entry.resolved.args as never, view, context)
      const missing = probes.filter((probe) => !view.has(probe) || wish.all)
      for (const probe of missing) if (probe.on !== 'controller' && (wish.commands || probe.kind !== 'command')) add(result, reach, view.dress(probe))
      if (missing.length) continue
      const plan = module.plan(entry.resolved.args as never, view, context)
      if (plan.changes.length && !preparation.check) return false
      if (plan.engine?.setFacts) Object.assign(assumed, plan.engine.setFacts)
      if (plan.changes.length === 0 && !plan.failed && !plan.pending) results.push({ ...plan.result, changed: false })
    } catch {
      // As above.
    }
  }
  if (task.register && results.length === preparation.entries.length) assumed[task.register] = simpleResult(preparation, results)
  return true
}

function add(result: Map<Reach, Map<string, Probe>>, reach: Reach, probe: Probe): void {
  let list = result.get(reach)
  if (!list) {
    list = new Map()
    result.set(reach, list)
  }
  list.set(probeKey(probe), probe)
}
