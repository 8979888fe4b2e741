/** Carries out what `pause` (and wait_for without a port) asks for; its answer is part of the result. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineEffects } from '../../module/contract.ts'
import type { Verdict } from '../values/task-execution.ts'
import type { RunState } from '../state/run-state.ts'

export async function pause(run: RunState, verdict: Verdict): Promise<Verdict> {
  const asked = verdict.engine?.pause
  if (!asked || run.options.check || verdict.status === 'failed') return verdict
  const started = Date.now()
  const answer = await carryOut(run, asked)
  if (run.options.signal?.aborted) return { ...verdict, status: 'failed', message: 'interrupted while pausing' }
  const delta = Math.round((Date.now() - started) / 1000)
  return { ...verdict, result: { ...verdict.result, delta, elapsed: delta, ...(answer === undefined ? {} : { user_input: answer }) } }
}

type Pause = NonNullable<EngineEffects['pause']>

/** Gives what was typed; undefined when the pause has its time. */
async function carryOut({ options, emit }: RunState, { seconds, prompt, echo }: Pause): Promise<string | undefined> {
  if (seconds !== undefined) {
    if (prompt) emit({ event: 'prompt', message: prompt })
    await sleep(seconds * 1000, undefined, options.signal ? { signal: options.signal } : {}).catch(() => undefined)
    return undefined
  }
  if (!options.ask) {
    emit({ event: 'warning', message: 'pause: no terminal to ask on, going on' })
    return ''
  }
  const asking = options.ask(prompt ?? 'Press enter to continue', { secret: echo === false })
  return asking.catch((error: unknown) => {
    if (options.signal?.aborted) return ''
    throw error
  })
}
