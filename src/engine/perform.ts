/** Sends actions to the places where they belong, and after them questions. */
import type { Action, Outcome } from '../remote/action.ts'
import { controller } from '../remote/index.ts'
import { type Fact, type Probe, probeKey } from '../remote/probe.ts'
import type { Job } from './job.ts'

/** Sends the actions, those of the controller to the controller, and after them the probes. */
export async function perform(job: Job, actions: Action[], keepGoing: boolean, probes: Probe[], environment: Record<string, string>) {
  const { run, reach } = job
  run.epoch++
  const outcomes: Outcome[] = []
  const facts = new Map<string, Fact>()
  const ahead = job.ahead()
  const then = [...new Map([...probes.filter((probe) => probe.on !== 'controller'), ...ahead].map((probe) => [probeKey(probe), probe])).values()]
  for (const [index, part] of splitByPlace(actions).entries()) {
    const last = index === splitByPlace(actions).length - 1
    if (part[0]?.on === 'controller') {
      outcomes.push(...(await controller.act(part)).outcomes)
    } else {
      const onOutput = job.onOutput ? (_: number, stream: 'stdout' | 'stderr', text: string) => job.onOutput?.(stream, text) : undefined
      const reply = await reach.connection.act(part, { keepGoing, environment, ...(last ? { then } : {}), ...(onOutput ? { onOutput } : {}) })
      outcomes.push(...reply.outcomes)
      if (last) reply.facts.forEach((fact, at) => facts.set(probeKey(then[at] as Probe), fact))
    }
    if (!keepGoing && outcomes.some((outcome) => !outcome.ok)) break
  }
  // Others may have observed while we acted: those facts are stale too.
  const epoch = ++run.epoch
  if (facts.size) reach.store.keep(then, then.map((probe) => facts.get(probeKey(probe)) as Fact), epoch)
  return { outcomes, facts }
}

function splitByPlace(actions: Action[]): Action[][] {
  const parts: Action[][] = []
  for (const action of actions) {
    const last = parts.at(-1)
    if (last && (last[0]?.on ?? 'host') === (action.on ?? 'host')) last.push(action)
    else parts.push([action])
  }
  return parts
}
