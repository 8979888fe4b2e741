/** What is asked, and what is known of it. */
import { type CommandFact, type Context, type Facts, type FileFact, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import { utf8 } from '../../lib/content.ts'
import { answer } from '../../lib/known.ts'
import type { LoadbalancerArgs } from './arguments.ts'
import { type Balancer, type Place, programOf } from './balancer.ts'
import { haproxy } from './haproxy/index.ts'
import { statesProbe } from './haproxy/runtime.ts'
import { nginx } from './nginx/index.ts'
import { destOf } from './place.ts'
import { processes } from './running.ts'

export const balancerOf = (args: LoadbalancerArgs): Balancer => ({ nginx, haproxy })[args.kind]

export const fileProbe = (path: string) => probe.file({ path, follow: true, content: true, checksum: true })
export const watchProbe = (path: string) => probe.file({ path, follow: true })
export const programProbe = (args: LoadbalancerArgs) => probe.program({ name: programOf(args) })
const sourceProbe = (path: string) => probe.file({ path, follow: true, content: true, on: 'controller' })

export const asksStates = (args: LoadbalancerArgs): boolean => args.kind === 'haproxy' && args.socket !== undefined && args.state === 'reloaded'
export const states = (args: LoadbalancerArgs, pid: string): Probe<'command'> => statesProbe(args.socket!, processes(pid))

export function observeLoadbalancer(args: LoadbalancerArgs, facts: Facts, context: Context): Probe[] {
  const build = balancerOf(args).build?.(args)
  const probes: Probe[] = [programProbe(args), ...(build ? [build] : []), ...args.watch.map(watchProbe)]
  if (args.main !== undefined) probes.push(fileProbe(args.main))
  if (args.dest !== undefined) probes.push(fileProbe(args.dest))
  if (args.src !== undefined) probes.push(sourceProbe(context.find('templates', args.src)))
  if (!probes.every((one) => facts.has(one))) return probes
  const place = placeOf(args, facts, context)
  if (place === undefined || 'failed' in place) return probes
  if (args.dest === undefined) probes.push(fileProbe(place.dest))
  return [...probes, balancerOf(args).processes(args, place), ...(asksStates(args) ? [states(args, place.pid)] : [])]
}

/** Undefined: check mode can't know it. */
export function placeOf(args: LoadbalancerArgs, facts: Facts, context: Context): Place | undefined | { failed: string } {
  const dest = destOf(args, mainFact(args, facts))
  if (typeof dest !== 'string') return dest
  return { dest, pid: args.pid ?? balancerOf(args).pidFile(args, mainText(args, dest, facts, context), buildFact(args, facts)) }
}

/** Undefined where a program that will be installed brings it. */
export function mainFact(args: LoadbalancerArgs, facts: Facts): FileFact | undefined {
  if (args.main === undefined) return undefined
  const fact = answer(facts, fileProbe(args.main))
  return fact?.exists === false && facts.get(programProbe(args)) instanceof Unknown ? undefined : fact
}

function buildFact(args: LoadbalancerArgs, facts: Facts): CommandFact | undefined {
  const build = balancerOf(args).build?.(args)
  return build && answer(facts, build)
}

/** The main configuration as it will be. */
function mainText(args: LoadbalancerArgs, dest: string, facts: Facts, context: Context): string {
  const own = args.main === undefined || args.main === dest
  const wanted = own && args.state !== 'stopped' ? givenText(args, facts, context) : undefined
  if (typeof wanted === 'string') return wanted
  return utf8(answer(facts, fileProbe(own ? dest : args.main!))?.content ?? new Uint8Array())
}

/** The text that is given, as content or template. */
export function givenText(args: LoadbalancerArgs, facts: Facts, context: Context): string | undefined | Unknown {
  if (args.src === undefined) return args.content
  const path = context.find('templates', args.src)
  const source = facts.get(sourceProbe(path))
  if (source instanceof Unknown) return source
  return context.render(utf8(source.content ?? new Uint8Array()), { file: path, trimBlocks: true, keepTrailingNewline: true })
}
