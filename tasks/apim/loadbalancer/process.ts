/** The processes that serve: started, reloaded, stopped, and whether they have taken what is in the file. */
import { type Action, type Change, type Context, type Effect, type Facts, type Plan, Unknown } from '../../../src/module/index.ts'
import { answer } from '../../lib/known.ts'
import type { LoadbalancerArgs } from './arguments.ts'
import { isShared, mainOf, type Place } from './balancer.ts'
import { balancerOf, fileProbe, watchProbe } from './observe.ts'
import { isStale, processes, readRunning, type Running } from './running.ts'

/** A change of the file, then what makes it count: one change, so that they stay together. */
export function withProcess(args: LoadbalancerArgs, place: Place, facts: Facts, context: Context, writes: Change[]): Plan {
  const { dest } = place
  const asked = balancerOf(args).processes(args, place)
  // Unknown in check mode only, after a start or reload that was planned; what would be written still has to be loaded then.
  if (writes.length > 0 && facts.get(asked) instanceof Unknown) return reloaded(args, place, writes, { dest })
  const running = readRunning(facts.need(asked))
  const result = resultOf(args, place, running)
  if (running.master === undefined) {
    const summary = `start ${args.kind} with ${mainOf(args, dest)}`
    return { changes: [...writes, { summary, after: { text: 'running\n', label: args.kind }, actions: [start(args, place)] }], result }
  }
  if (args.state === 'started') return { changes: writes, result }
  if (writes.some(writesFile)) return reloaded(args, place, writes, result)
  const stale = [dest, ...args.watch].find((path) => isStale(running, answer(facts, path === dest ? fileProbe(path) : watchProbe(path))?.mtime))
  if (stale === undefined) {
    const waits = args.kind === 'nginx' && args.drain === true && writes.length === 0 && hasBegun(args, place, running, context)
    return { changes: writes, result, ...(waits && { pending: 'workers from before the reload still answer requests that were begun' }) }
  }
  // A configuration is taken in the background; when it can't be (a port in use), the old workers stay.
  if (context.before) {
    return { changes: [], result, pending: `${args.kind} (process ${running.master}) does not serve the new configuration: its error log says why` }
  }
  const summary = `reload ${args.kind}: ${stale} was changed since`
  return { changes: [...writes, { summary, after: { text: 'reloaded\n', label: args.kind }, actions: [reload(args, place)] }], result }
}

function resultOf(args: LoadbalancerArgs, { dest }: Place, { master, command }: Running): Record<string, unknown> {
  // HAProxy is told its files by its command line; a directory stands for all in it.
  const loaded = args.kind === 'nginx' || master === undefined || command.some((word) => word === dest || word === dest.replace(/\/[^/]*$/, ''))
  return { dest, master, running: master !== undefined, loaded }
}

/**
 * What the workers from before the reload have begun goes on. nginx reloads in the background: right after the signal they
 * even take new requests, so it is their numbers that count.
 */
function hasBegun(args: LoadbalancerArgs, place: Place, running: Running, context: Context): boolean {
  const before = context.before && answer(context.before, balancerOf(args).processes(args, place))
  const old = before ? readRunning(before).serving : []
  const leaving = isShared(args, place.dest) ? running.busy : running.leaving
  return leaving.length > 0 || running.serving.some((worker) => old.includes(worker))
}

const writesFile = (change: Change): boolean => change.actions.some((action) => action.kind === 'write')

function reloaded(args: LoadbalancerArgs, place: Place, writes: Change[], result: Record<string, unknown>): Plan {
  const changed = writes.find(writesFile)
  if (changed) {
    changed.summary += ` and reload ${args.kind}`
    changed.actions.push(reload(args, place))
  }
  return { changes: writes, result }
}

function run(place: Place, argv: string[]): Action {
  const makes: Effect[] = [
    { kind: 'touched', resource: processes(place.pid), reason: `${argv[0] === 'systemctl' ? argv[2] : 'the load balancer'} will be started, reloaded or stopped` },
    { kind: 'file', path: place.pid, fact: 'unknown' },
  ]
  return { kind: 'run', argv, timeout: 60, makes, complete: true }
}

const reload = (args: LoadbalancerArgs, place: Place) => run(place, balancerOf(args).reload(args, place))

const start = (args: LoadbalancerArgs, place: Place): Action =>
  args.unit === undefined ? run(place, balancerOf(args).start(args, place)) : systemctl(args.unit, 'start', place)

function systemctl(unit: string, verb: 'start' | 'stop', place: Place): Action {
  const action = run(place, ['systemctl', verb, unit])
  if (action.kind === 'run') action.makes!.push({ kind: 'unit', name: unit, fact: { active: verb === 'start' } })
  return action
}

export function planStopped(args: LoadbalancerArgs, place: Place, facts: Facts, context: Context): Plan {
  const running = readRunning(facts.need(balancerOf(args).processes(args, place)))
  const result = { dest: place.dest, running: running.master !== undefined }
  if (running.master === undefined) return { changes: [], result }
  if (context.before) return { changes: [], pending: `${args.kind} (process ${running.master}) is still stopping`, result }
  const action = args.unit === undefined ? run(place, balancerOf(args).stop(args, place)) : systemctl(args.unit, 'stop', place)
  const sides = { before: { text: 'running\n', label: args.kind }, after: { text: 'stopped\n', label: args.kind } }
  return { changes: [{ summary: `stop ${args.kind}`, ...sides, actions: [action] }], result }
}
