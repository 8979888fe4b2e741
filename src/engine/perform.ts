/** Sends actions to the places where they belong, and after them questions. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Action, Outcome } from '../remote/action.ts'
import { controller, HostLockedError } from '../remote/index.ts'
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
      const lock = job.locks && run.lock ? { lock: run.lock } : {}
      const settings = { keepGoing, environment, ...lock, ...(last ? { then } : {}), ...(onOutput ? { onOutput } : {}) }
      const reply = await patiently(job, () => reach.connection.act(part, settings))
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

/** Waits for the run that has the lock, as long as was asked for. */
async function patiently<T>({ run, reach }: Job, act: () => Promise<T>): Promise<T> {
  const { lock, signal } = run.options
  const deadline = Date.now() + (lock?.timeout ?? 0) * 1000
  for (let tries = 0; ; tries++) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof HostLockedError)) throw error
      const advice = '--lock-timeout SECONDS waits for it longer, --no-lock goes on without the lock'
      if (Date.now() >= deadline || signal?.aborted) throw new HostLockedError(`${error.message} (${advice})`)
      if (tries === 0) run.emit({ event: 'warning', message: `${reach.host}: ${error.message}; waiting for up to ${lock?.timeout} s` })
      await sleep(Math.min(1000, Math.max(0, deadline - Date.now())), undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  }
}
