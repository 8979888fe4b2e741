/** Facts of a system are gathered when something first asks for them, and not before. */
import { probe } from '../../remote/probe.ts'
import { UnreachableError } from '../../remote/index.ts'
import { askAhead } from './foresee.ts'
import type { TaskCursor } from '../state/task-cursor.ts'
import type { Effective } from '../state/inherited-keywords.ts'
import { nothing } from '../state/inherited-keywords.ts'
import { hostState, type PlayState, type RunState } from '../state/run-state.ts'
import { NeedsSystemFacts, scopeOf } from '../values/variables.ts'

interface Where { run: RunState; play: PlayState; host: string; cursor: TaskCursor; effective: Effective }

/** Does the work; when it turns out to need a host's facts, gathers them and does it again. */
export async function withFacts<T>(where: Where, work: () => T | Promise<T>): Promise<T> {
  const tried = new Set<string>()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof NeedsSystemFacts) || tried.has(error.host)) throw error
      tried.add(error.host)
      await gather(where, error.host)
    }
  }
}

async function gather(where: Where, name: string): Promise<void> {
  const { run, play, cursor } = where
  const scope = scopeOf(run, { host: name, play: { ...play, play: { ...play.play, gatherFacts: false } } })
  const effective = name === where.host ? where.effective : nothing
  const reach = run.connections.reach(name, scope, withoutDelegate(effective), run.templar)
  try {
    const asked = probe.system(play.play.gatherSubset ? { subset: play.play.gatherSubset } : {})
    const [facts] = name === where.host ? await askAhead({ run, play, host: name, cursor }, reach, [asked]) : await reach.store.ask([asked])
    hostState(run, name).systemFacts = facts as Record<string, unknown>
  } catch (error) {
    // Somebody else's facts: what needs them is undefined, and says so.
    if (!(error instanceof UnreachableError) || name === where.host) throw error
    hostState(run, name).systemFacts = {}
  }
}

function withoutDelegate(effective: Effective): Effective {
  return { ...effective, own: { ...effective.own, delegateTo: undefined } }
}
