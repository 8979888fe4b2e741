/** Servers of HAProxy that are taken out of service and put back, while it runs. */
import { type Context, type Facts, type Plan, Unknown } from '../../../../src/module/index.ts'
import { utf8 } from '../../../lib/content.ts'
import { answer } from '../../../lib/known.ts'
import type { LoadbalancerArgs } from '../arguments.ts'
import type { Place } from '../balancer.ts'
import { asksStates, fileProbe, givenText, states } from '../observe.ts'
import { processes } from '../running.ts'
import { wantedServers, serversOf, type Server } from './config.ts'
import { inMaintenance, readStates, setState } from './runtime.ts'

/** What is drained is no part of the file: it is asked for, and set, when the process has nothing else to do. */
export function withServers(args: LoadbalancerArgs, place: Place, facts: Facts, context: Context, plan: Plan): Plan {
  if (!asksStates(args) || plan.changes.length > 0 || plan.failed !== undefined || plan.pending !== undefined) return plan
  const servers = serversOfFile(args, place, facts, context)
  if ('failed' in servers) return { changes: [], failed: servers.failed }
  const resource = processes(place.pid)
  const fact = facts.get(states(args, place.pid))
  // Check mode, after one of both was planned: the other one is what comes next.
  if (fact instanceof Unknown) return args.drain === undefined ? plan : { ...plan, changes: [setState(servers, args.drain, args.socket!, resource)] }
  const told = readStates(fact)
  if ('failed' in told) return { changes: [], failed: told.failed }
  const stateOf = ({ backend, name }: Server) => told.get(`${backend}/${name}`)
  const strangers = servers.filter((server) => stateOf(server) === undefined)
  if (strangers.length > 0) {
    if (args.drain === undefined) return plan
    return { changes: [], failed: `HAProxy (${args.socket}) runs without ${strangers.map(({ backend, name }) => `${backend}/${name}`).join(', ')} of ${place.dest}: restart it with that file` }
  }
  const drain = args.drain ?? false
  const left = servers.filter((server) => inMaintenance(stateOf(server)!) !== drain)
  if (left.length > 0) return { ...plan, changes: [setState(left, drain, args.socket!, resource)] }
  const begun = drain ? servers.reduce((sum, server) => sum + stateOf(server)!.sessions, 0) : 0
  return begun > 0 ? { ...plan, pending: `${begun} requests that were begun are still being answered` } : plan
}

/** Without `drain`, all: what an earlier run has left out of service is put back. */
function serversOfFile(args: LoadbalancerArgs, { dest }: Place, facts: Facts, context: Context): Server[] | { failed: string } {
  const given = givenText(args, facts, context)
  const text = typeof given === 'string' ? given : utf8(answer(facts, fileProbe(dest))?.content ?? new Uint8Array())
  return args.drain === undefined ? serversOf(text) : wantedServers(text, args.upstream, args.server!)
}
