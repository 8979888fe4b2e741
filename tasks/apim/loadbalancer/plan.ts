/** Pure part of `loadbalancer`. */
import {
  type Action,
  type Change,
  type Context,
  type Effect,
  type Facts,
  type FileFact,
  type Plan,
  type Probe,
  probe,
  Unknown,
} from '../../../src/module/index.ts'
import { bytes, utf8 } from '../../lib/content.ts'
import { answer } from '../../lib/known.ts'
import { planWrite } from '../../lib/write.ts'
import type { LoadbalancerArgs } from './arguments.ts'
import { builtWith, setDrain, topDirective } from './nginx-config.ts'
import { isStale, nginxResource, readRunning, runningProbe, type Running } from './nginx-process.ts'

const fileProbe = (path: string) => probe.file({ path, follow: true, content: true, checksum: true })
const watchProbe = (path: string) => probe.file({ path, follow: true })
const sourceProbe = (path: string) => probe.file({ path, follow: true, content: true, on: 'controller' })
const programProbe = (args: LoadbalancerArgs) => probe.program({ name: args.nginx })
const buildProbe = (args: LoadbalancerArgs) => probe.command({ argv: [args.nginx, '-V'], reads: [args.nginx] })

const mainOf = (args: LoadbalancerArgs) => args.main ?? args.dest

export function observeLoadbalancer(args: LoadbalancerArgs, facts: Facts, context: Context): Probe[] {
  const probes: Probe[] = [fileProbe(args.dest), programProbe(args), buildProbe(args), ...args.watch.map(watchProbe)]
  if (args.main !== undefined && args.main !== args.dest) probes.push(fileProbe(args.main))
  if (args.src !== undefined) probes.push(sourceProbe(context.find('templates', args.src)))
  if (!probes.every((one) => facts.has(one))) return probes
  const pid = pidFile(args, facts, context)
  return pid === undefined ? probes : [...probes, runningProbe(pid)]
}

export function planLoadbalancer(args: LoadbalancerArgs, facts: Facts, context: Context): Plan {
  const program = facts.get(programProbe(args))
  if (!(program instanceof Unknown) && program.path === undefined) {
    return {
      changes: [],
      failed: `there is no program ${args.nginx} on ${context.host.name}: install the package nginx, or name it with nginx`,
    }
  }
  if (args.state === 'stopped') return planStopped(args, facts, context)
  const wanted = wantedText(args, facts, context)
  if (wanted instanceof Unknown) return { changes: [unknownChange(args, wanted)], result: {} }
  if (typeof wanted === 'object') return { changes: [], failed: wanted.failed }
  const writes = wanted === undefined ? [] : writeChanges(args, facts, wanted)
  if (writes instanceof Unknown) return { changes: [unknownChange(args, writes)], result: {} }
  return withProcess(args, facts, context, writes)
}

/** A change of the file, then what makes it count: one change, so that they stay together. */
function withProcess(args: LoadbalancerArgs, facts: Facts, context: Context, writes: Change[]): Plan {
  const pid = pidFile(args, facts, context)!
  // Unknown in check mode only, after a start or reload that was planned; what would be written still has to be loaded then.
  if (writes.length > 0 && facts.get(runningProbe(pid)) instanceof Unknown) return reloaded(args, pid, writes, { dest: args.dest })
  const running = runningOf(facts, pid)
  const result = { dest: args.dest, master: running?.master, running: running?.master !== undefined }
  if (!running || running.master === undefined) {
    return {
      changes: [
        ...writes,
        {
          summary: `start nginx with ${mainOf(args)}`,
          after: { text: 'running\n', label: 'nginx' },
          actions: [start(args, pid)],
        },
      ],
      result,
    }
  }
  if (args.state === 'started') return { changes: writes, result }
  if (writes.some(writesFile)) return reloaded(args, pid, writes, result)
  const stale = [args.dest, ...args.watch].find((path) => isStale(running, mtime(facts, args, path)))
  if (stale === undefined) {
    const waits = args.drain === true && writes.length === 0 && hasBegun(running, context, pid)
    return { changes: writes, result, ...(waits && { pending: BEGUN }) }
  }
  // nginx takes a configuration in the background; when it can't (a port in use), the old workers stay.
  if (context.before)
    return {
      changes: [],
      result,
      pending: `nginx (process ${running.master}) does not serve the new configuration: its error log says why`,
    }
  return {
    changes: [
      ...writes,
      {
        summary: `reload nginx: ${stale} was changed since`,
        after: { text: 'reloaded\n', label: 'nginx' },
        actions: [reload(args, pid)],
      },
    ],
    result,
  }
}

const BEGUN = 'workers from before the reload still answer requests that were begun'

/**
 * What the workers from before the reload have begun goes on. nginx reloads in the background: right after the signal they
 * even take new requests, so it is their numbers that count.
 */
function hasBegun(running: Running, context: Context, pid: string): boolean {
  const before = context.before && answer(context.before, runningProbe(pid))
  const old = before ? readRunning(before).serving : []
  return running.leaving.length > 0 || running.serving.some((worker) => old.includes(worker))
}

const writesFile = (change: Change): boolean => change.actions.some((action) => action.kind === 'write')

function reloaded(args: LoadbalancerArgs, pid: string, writes: Change[], result: Record<string, unknown>): Plan {
  const changed = writes.find(writesFile)
  if (changed) {
    changed.summary += ' and reload nginx'
    changed.actions.push(reload(args, pid))
  }
  return { changes: writes, result }
}

function mtime(facts: Facts, args: LoadbalancerArgs, path: string): number | undefined {
  return answer(facts, path === args.dest ? fileProbe(path) : watchProbe(path))?.mtime
}

function runningOf(facts: Facts, pid: string): Running | undefined {
  return readRunning(facts.need(runningProbe(pid)))
}

/** The text that the file shall have; undefined: it stays as it is. */
function wantedText(args: LoadbalancerArgs, facts: Facts, context: Context): string | undefined | Unknown | { failed: string } {
  const text = givenText(args, facts, context)
  if (text instanceof Unknown || args.drain === undefined) return text
  const file = facts.get(fileProbe(args.dest))
  if (text === undefined && file instanceof Unknown) return file
  const base = text ?? (file as FileFact).content
  if (base === undefined) return { failed: `there is no ${args.dest} in which ${args.server?.join(', ')} could be drained: write it first` }
  const edited = setDrain(typeof base === 'string' ? base : utf8(base), args.upstream, args.server!, args.drain)
  return 'failed' in edited ? edited : edited.text
}

function givenText(args: LoadbalancerArgs, facts: Facts, context: Context): string | undefined | Unknown {
  if (args.src === undefined) return args.content
  const path = context.find('templates', args.src)
  const source = facts.get(sourceProbe(path))
  if (source instanceof Unknown) return source
  return context.render(utf8(source.content ?? new Uint8Array()), { file: path, trimBlocks: true, keepTrailingNewline: true })
}

function writeChanges(args: LoadbalancerArgs, facts: Facts, text: string): Change[] | Unknown {
  const fact = facts.get(fileProbe(args.dest))
  if (fact instanceof Unknown) return fact
  const { dest, mode, owner, group, backup } = args
  return planWrite(
    { path: dest, fact, mode, owner, group, backup, follow: true, validate: validation(args) },
    bytes(text),
    fact.content,
  )
}

/** The candidate is tested as what it will be: the main file itself, or a part that the main file includes. */
function validation(args: LoadbalancerArgs): string[] {
  const test = [args.nginx, '-t', '-q', ...(args.prefix === undefined ? [] : ['-p', `${args.prefix}/`])]
  return args.main === undefined || args.main === args.dest
    ? ['sh', '-c', TEST, 'sh', ...test, '-c', '%s']
    : ['sh', '-c', SWAP, 'sh', '%s', args.dest, ...test, '-c', args.main]
}

/**
 * Runs its arguments. nginx says last that the test failed, and before that why: only that is kept. (No printf here: '%s' is
 * the candidate.)
 */
const TEST = `
told=$("$@" 2>&1)
code=$?
if [ $code -ne 0 ]; then
  TOLD=$told awk 'BEGIN { print ENVIRON["TOLD"] }' |
    grep -E '\\[(emerg|crit|alert)\\]' | grep -v 'could not open error log' | tail -n 1 >&2
fi
(exit $code)
`

/** $1 candidate, $2 its place, then the test: the candidate takes its place only while it is tested. */
const SWAP = `
candidate=$1 place=$2
shift 2
saved=$place.aarun-old
restore() { if [ -e "$saved" ] || [ -h "$saved" ]; then mv -f "$saved" "$place"; else rm -f "$place"; fi; }
rm -f "$saved"
trap 'restore; exit 1' HUP INT TERM
if [ -e "$place" ] || [ -h "$place" ]; then mv "$place" "$saved" || exit 1; fi
cat "$candidate" > "$place" || { restore; exit 1; }
${TEST}
code=$?
restore
exit $code
`

function unknownChange(args: LoadbalancerArgs, why: Unknown): Change {
  return {
    summary: `change ${args.dest} (${why.reason}) and reload nginx`,
    actions: [
      {
        kind: 'run',
        argv: [args.nginx, '-t', '-c', mainOf(args)],
        makes: [{ kind: 'file', path: args.dest, fact: 'unknown' }],
        complete: true,
      },
    ],
  }
}

function nginx(args: LoadbalancerArgs, words: string[], pid: string): Action {
  const makes: Effect[] = [
    { kind: 'touched', resource: nginxResource(pid), reason: 'nginx will be started, reloaded or stopped' },
    { kind: 'file', path: pid, fact: 'unknown' },
  ]
  const prefix = args.prefix === undefined ? [] : ['-p', `${args.prefix}/`]
  return { kind: 'run', argv: [args.nginx, ...prefix, '-c', mainOf(args), ...words], timeout: 60, makes, complete: true }
}

const reload = (args: LoadbalancerArgs, pid: string) => nginx(args, ['-s', 'reload'], pid)

function start(args: LoadbalancerArgs, pid: string): Action {
  return args.unit === undefined ? nginx(args, [], pid) : systemctl(args.unit, 'start', pid)
}

function systemctl(unit: string, verb: 'start' | 'stop', pid: string): Action {
  const makes: Effect[] = [
    { kind: 'unit', name: unit, fact: { active: verb === 'start' } },
    { kind: 'touched', resource: nginxResource(pid), reason: `${unit} will be changed` },
  ]
  return { kind: 'run', argv: ['systemctl', verb, unit], timeout: 60, makes, complete: true }
}

function planStopped(args: LoadbalancerArgs, facts: Facts, context: Context): Plan {
  const pid = pidFile(args, facts, context)!
  const running = runningOf(facts, pid)
  const result = { dest: args.dest, running: running?.master !== undefined }
  if (running?.master === undefined) return { changes: [], result }
  if (context.before) return { changes: [], pending: `nginx (process ${running.master}) is still stopping`, result }
  const action = args.unit === undefined ? nginx(args, ['-s', 'stop'], pid) : systemctl(args.unit, 'stop', pid)
  return {
    changes: [
      {
        summary: 'stop nginx',
        before: { text: 'running\n', label: 'nginx' },
        after: { text: 'stopped\n', label: 'nginx' },
        actions: [action],
      },
    ],
    result,
  }
}

/** Where the master writes its number: as the configuration says, else as nginx was built. */
function pidFile(args: LoadbalancerArgs, facts: Facts, context: Context): string | undefined {
  if (args.pid !== undefined) return args.pid
  const separate = args.main !== undefined && args.main !== args.dest
  const wanted = separate || args.state === 'stopped' ? undefined : givenText(args, facts, context)
  const current = answer(facts, fileProbe(mainOf(args)))?.content
  const text = typeof wanted === 'string' ? wanted : utf8(current ?? new Uint8Array())
  const built = builtWith(answer(facts, buildProbe(args))?.stderr ?? '')
  const path = topDirective(text, 'pid') ?? built.pid
  return path.startsWith('/') ? path : `${args.prefix ?? built.prefix}/${path}`
}
