/** Pure part of `loadbalancer`. */
import { type Change, type Context, type Facts, type FileFact, type Plan, Unknown } from '../../../src/module/index.ts'
import { bytes, utf8 } from '../../lib/content.ts'
import { planWrite } from '../../lib/write.ts'
import type { LoadbalancerArgs } from './arguments.ts'
import { isShared, type Place, programOf } from './balancer.ts'
import { sharedBind } from './haproxy/config.ts'
import { withServers } from './haproxy/servers.ts'
import { setDrain } from './nginx/config.ts'
import { balancerOf, fileProbe, givenText, mainFact, placeOf, programProbe } from './observe.ts'
import { unread } from './place.ts'
import { planStopped, withProcess } from './process.ts'

const failure = (failed: string): Plan => ({ changes: [], failed })

export function planLoadbalancer(args: LoadbalancerArgs, facts: Facts, context: Context): Plan {
  const program = facts.get(programProbe(args))
  if (!(program instanceof Unknown) && program.path === undefined) {
    return failure(`there is no program ${programOf(args)} on ${context.host.name}: install the package ${args.kind}, or name it with program`)
  }
  const place = placeOf(args, facts, context)
  if (place === undefined) return { changes: [unknownChange(args, args.main!, 'it comes with the package')], result: {} }
  if ('failed' in place) return failure(place.failed)
  if (args.state === 'stopped') return planStopped(args, place, facts, context)
  const wanted = wantedText(args, place, facts, context)
  if (wanted instanceof Unknown) return { changes: [unknownChange(args, place.dest, wanted.reason)], result: {} }
  if (typeof wanted === 'object') return failure(wanted.failed)
  const writes = wanted === undefined ? [] : writeChanges(args, place, facts, wanted)
  if (writes instanceof Unknown) return { changes: [unknownChange(args, place.dest, writes.reason)], result: {} }
  const plan = withProcess(args, place, facts, context, writes)
  const warnings = unread(args, place.dest, mainFact(args, facts))
  return { ...withServers(args, place, facts, context, plan), ...(warnings.length > 0 && { warnings }) }
}

/** The text that the file shall have; undefined: it stays as it is. */
function wantedText(args: LoadbalancerArgs, { dest }: Place, facts: Facts, context: Context): string | undefined | Unknown | { failed: string } {
  const text = givenText(args, facts, context)
  if (args.kind === 'haproxy') return typeof text === 'string' && isShared(args, dest) ? apart(args, text, facts) : text
  if (text instanceof Unknown || args.drain === undefined) return text
  const file = facts.get(fileProbe(dest))
  if (text === undefined && file instanceof Unknown) return file
  const base = text ?? (file as FileFact).content
  if (base === undefined) return { failed: `there is no ${dest} in which ${args.server?.join(', ')} could be drained: write it first` }
  const edited = setDrain(typeof base === 'string' ? base : utf8(base), args.upstream, args.server!, args.drain)
  return 'failed' in edited ? edited : edited.text
}

function apart(args: LoadbalancerArgs, text: string, facts: Facts): string | { failed: string } {
  const shared = sharedBind(text, utf8(mainFact(args, facts)?.content ?? new Uint8Array()))
  if (shared === undefined) return text
  return { failed: `${args.main} listens on ${shared} already, and HAProxy would deal connections out to both: listen on another port or address` }
}

function writeChanges(args: LoadbalancerArgs, { dest }: Place, facts: Facts, text: string): Change[] | Unknown {
  const fact = facts.get(fileProbe(dest))
  if (fact instanceof Unknown) return fact
  const { mode, owner, group, backup } = args
  return planWrite({ path: dest, fact, mode, owner, group, backup, follow: true, validate: balancerOf(args).test(args, dest) }, bytes(text), fact.content)
}

function unknownChange(args: LoadbalancerArgs, file: string, why: string): Change {
  return {
    summary: `change the configuration of ${args.kind} (${file}: ${why}) and reload it`,
    actions: [{ kind: 'run', argv: [programOf(args), '-v'], makes: [{ kind: 'file', path: file, fact: 'unknown' }], complete: true }],
  }
}
