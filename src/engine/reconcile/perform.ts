/** Sends actions to the places where they belong, and after them questions. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Action, Outcome } from '../../remote/action.ts'
import { controller, type HostLock, HostLockedError } from '../../remote/index.ts'
import { type Fact, type Probe, probeKey } from '../../remote/probe.ts'
import type { TaskExecution } from '../values/task-execution.ts'

/** The host was waited for, and is now ours: what was observed before another run changed it must be asked again. */
export class ObserveAgain extends Error {}

/** Sends the actions, those of the controller to the controller, and after them the probes. */
export async function perform(execution: TaskExecution, actions: Action[], keepGoing: boolean, probes: Probe[], environment: Record<string, string>) {
  const { run, reach } = execution
  run.epoch++
  const outcomes: Outcome[] = []
  const facts = new Map<string, Fact>()
  const ahead = execution.ahead()
  const then = [...new Map([...probes.filter((probe) => probe.on !== 'controller'), ...ahead].map((probe) => [probeKey(probe), probe])).values()]
  const parts = splitByPlace(actions)
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    if (part[0]?.on === 'controller') {
      outcomes.push(...(await controller.act(part)).outcomes)
    } else {
      const onOutput = execution.onOutput ? (_: number, stream: 'stdout' | 'stderr', text: string) => execution.onOutput?.(stream, text) : undefined
      const lock = execution.locks && run.lock ? { lock: run.lock } : {}
      const settings = { keepGoing, environment, ...lock, ...(last ? { then } : {}), ...(onOutput ? { onOutput } : {}) }
      const reply = await reach.connection.act(part, settings).catch(async (error: unknown) => {
        if (!(error instanceof HostLockedError) || !lock.lock) throw error
        await takeLock(execution, lock.lock, error)
        run.epoch++
        // What went to the controller before is done: then the plan stands.
        if (outcomes.length === 0) throw new ObserveAgain()
        return await reach.connection.act(part, settings)
      })
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

/** Waits for the run that has the lock, as long as was asked for, and takes it. */
async function takeLock({ run, reach }: TaskExecution, lock: HostLock, first: HostLockedError): Promise<void> {
  const { lock: wanted, signal } = run.options
  const timeout = wanted?.timeout ?? 0
  const deadline = Date.now() + timeout * 1000
  if (timeout > 0) run.emit({ event: 'warning', message: `${reach.host}: ${first.message}; waiting for up to ${timeout} s` })
  for (let error = first; ; ) {
    const advice = '--lock-timeout SECONDS waits for it longer, --no-lock goes on without the lock'
    if (Date.now() >= deadline || signal?.aborted) throw new HostLockedError(`${error.message} (${advice})`)
    await sleep(Math.min(1000, Math.max(0, deadline - Date.now())), undefined, signal ? { signal } : {}).catch(() => undefined)
    try {
      // The lock comes with an action; this one does nothing.
      await reach.connection.act([{ kind: 'run', argv: ['true'] }], { lock })
      return
    } catch (again) {
      if (!(again instanceof HostLockedError)) throw again
      error = again
    }
  }
}
