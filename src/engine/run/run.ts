/**
 * A run: all plays in order. In: the options of a run, with its plays, inventory and modules. Out: events, all through
 * one sink, and the exit code. The files of this room walk from plays down to one task on one host.
 */
import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { createEmitter, type Sink } from '../../events/index.ts'
import { type HostLock, UnreachableError } from '../../remote/index.ts'
import { createTemplar } from '../../template/index.ts'
import { InputError } from '../../yaml/index.ts'
import { Connections } from '../state/connections.ts'
import { messageOf } from '../state/error-message.ts'
import { exitCode, type RunOptions } from '../state/options.ts'
import { PendingHandlers } from '../state/pending-handlers.ts'
import { runPlay } from './play.ts'
import { type HostState, Limiter, type RunState } from '../state/run-state.ts'
import { version } from '../../version.ts'

export async function run(options: RunOptions, sink: Sink): Promise<{ exit: number }> {
  const started = Date.now()
  const emit = createEmitter([sink], options.secrets)
  const state = newRun(options, emit)
  options.signal?.addEventListener('abort', () => {
    state.interrupted = true
  })
  if (options.connection.becomePassword) options.secrets.add(options.connection.becomePassword)
  emit({ event: 'run', playbooks: options.playbooks, check: options.check, diff: options.diff, version, hosts: options.inventory.hosts().map((host) => host.name) })
  let message: string | undefined
  try {
    await options.registry.load()
    for (const play of options.plays) {
      if (state.interrupted || state.stopped) break
      await runPlay(state, play)
    }
  } catch (error) {
    message = messageOf(error)
    if (!(error instanceof InputError) && !(error instanceof UnreachableError) && process.env.AARUN_DEBUG) console.error(error)
  } finally {
    await state.connections.close()
  }
  const hosts = recaps(state)
  const exit = message !== undefined ? exitCode.error : exitOf(state)
  emit({
    event: 'end', exit, ms: Date.now() - started, hosts, round_trips: state.connections.roundTrips(),
    ...(Object.keys(state.stats).length ? { stats: state.stats } : {}),
    ...(state.interrupted ? { interrupted: true } : {}),
    ...(message !== undefined ? { message } : {}),
  })
  return { exit }
}

function newRun(options: RunOptions, emit: RunState['emit']): RunState {
  const clock = { epoch: 0 }
  const state: RunState = {
    options,
    emit,
    templar: createTemplar(),
    connections: new Connections(clock, options.connection),
    hosts: new Map(),
    get epoch() {
      return clock.epoch
    },
    set epoch(value: number) {
      clock.epoch = value
    },
    ids: 0,
    stopped: false,
    ...(options.lock && !options.check ? { lock: lockOf(options) } : {}),
    stats: {},
    madePasswords: new Map(),
    pending: new PendingHandlers(options.stateDir ?? '.aarun'),
    ...(options.startAtTask ? { startAt: options.startAtTask } : {}),
    stepping: options.step !== undefined,
    interrupted: false,
    limiter: new Limiter(Math.max(1, options.forks)),
  }
  return state
}

/** Says who runs what since when, for those who are kept out by it. */
function lockOf(options: RunOptions): HostLock {
  const what = options.playbooks.join(', ') || 'a single task'
  const since = `${new Date().toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return { run: randomUUID(), holder: `${userInfo().username}@${hostname()} (pid ${process.pid}) runs ${what} since ${since}` }
}

function recaps(state: RunState) {
  const hosts: Record<string, HostState['recap']> = {}
  for (const [name, host] of state.hosts) {
    const { ok, changed, unreachable, failed, skipped, rescued, ignored } = host.recap
    if (ok + changed + unreachable + failed + skipped + rescued + ignored === 0) continue
    hosts[name] = { ...host.recap, round_trips: state.connections.roundTrips(name) }
  }
  return hosts
}

function exitOf(state: RunState): number {
  const hosts = [...state.hosts.values()]
  if (state.interrupted) return exitCode.interrupted
  if (hosts.some((host) => host.recap.failed > 0)) return exitCode.failed
  if (hosts.some((host) => host.unreachable)) return exitCode.unreachable
  return exitCode.ok
}
