/** The actions that start and stop a server. */
import type { Action, Effect, RunAction } from '../../../src/module/index.ts'
import type { ServerArgs } from './arguments.ts'
import { logPath, outputPath, serverResource, startedMark, type Snapshot } from './observe.ts'

export interface Start {
  script: string
  javaHome: string
  offset: number
  password?: string
  /** Whose the home is, where systemd starts a server that runs as another user. */
  owner?: { owner?: string; group?: string }
}

/**
 * The pid file of a server that is gone goes first: while its number lives (it was given to another process, or nobody has
 * collected the dead one yet) the script says "already running" and does nothing.
 */
export function startActions(args: ServerArgs, snapshot: Snapshot, start: Start): Action[] {
  const stale: Action[] = snapshot.pidFile !== undefined ? [{ kind: 'remove', path: `${args.home}/wso2carbon.pid` }] : []
  const password: Action[] = start.password === undefined ? [] : [passwordFile(args, start.password, start.owner)]
  // Before the start, so that a change made while it starts counts as newer.
  const mark: Action = { kind: 'write', path: startedMark(args), content: new Uint8Array(), mode: 0o644, ...start.owner }
  return [...stale, ...password, mark, args.unit === undefined ? runScript(args, start) : systemctl(args, 'start', true)]
}

/**
 * What the script's own `start` does, but that it throws away what the server prints: errors of the configuration come there,
 * before there is a log. $1 is where it goes, then the script and its arguments. The first part is kept; the rest, which
 * the log has too, is read and dropped for as long as the server runs. CARBON_HOME would make this reader look like a start.
 */
const LAUNCH = `
out=$1
shift
mkdir -p "\${out%/*}" && (umask 077 && : > "$out") || exit 1
trap '' HUP
{ sh "$@" 2>&1 < /dev/null | { unset CARBON_HOME; head -c 262144 > "$out"; exec cat > /dev/null; }; } > /dev/null 2>&1 &
`

function runScript(args: ServerArgs, start: Start): RunAction {
  return {
    kind: 'run',
    argv: ['sh', '-c', LAUNCH, 'sh', outputPath(args), start.script, ...(args.offset === undefined ? [] : [`-DportOffset=${args.offset}`]), ...args.options],
    env: environment(args, start.javaHome),
    cwd: args.home,
    timeout: 120,
    makes: effects(args, start.offset, true),
    complete: true,
  }
}

/** CARBON_HOME is always given: one that is inherited would start the other installation. */
function environment(args: ServerArgs, javaHome: string): Record<string, string> {
  return {
    CARBON_HOME: args.home,
    JAVA_HOME: javaHome,
    ...(args.jvm_mem_opts !== undefined && { JVM_MEM_OPTS: args.jvm_mem_opts }),
  }
}

/** The server reads the keystore password from here, overwrites it and deletes it. */
function passwordFile(args: ServerArgs, password: string, owner: Start['owner']): Action {
  return {
    kind: 'write',
    path: `${args.home}/password-tmp`,
    content: new Uint8Array(Buffer.from(`${password}\n`, 'utf8')),
    mode: 0o600,
    ...owner,
    secret: true,
  }
}

export function stopActions(
  args: ServerArgs,
  snapshot: Snapshot,
  script: string,
  javaHome: string,
  offset: number,
  wait: boolean,
): Action[] {
  const pid = snapshot.pids[0]!
  const makes = effects(args, offset, false)
  const stop: Action =
    args.unit !== undefined
      ? systemctl(args, 'stop', false)
      : pid === snapshot.pidFile
        ? {
            kind: 'run',
            argv: ['sh', script, 'stop'],
            env: environment(args, javaHome),
            cwd: args.home,
            timeout: 120,
            makes,
            complete: true,
          }
        : { kind: 'run', argv: ['sh', '-c', 'kill -TERM "$1"', 'sh', String(pid)], makes, complete: true }
  return wait || args.force ? [stop, waitFor(args, pid, makes)] : [stop]
}

/** $1 the process, $2 the home, $3 seconds, $4 'force'. Only the same JVM counts: the number may be used again. */
const WAIT = `
ours() { grep -qzF -e "-Dcarbon.home=" "/proc/$1/cmdline" 2> /dev/null; }
left=$3
while ours "$1" && [ "$left" -gt 0 ]; do sleep 1; left=$((left - 1)); done
if ours "$1" && [ "$4" = force ]; then kill -KILL "$1"; sleep 1; fi
if ours "$1"; then echo "process $1 of $2 did not stop within $3 s (force: true kills it)" >&2; exit 1; fi
`

function waitFor(args: ServerArgs, pid: number, makes: Effect[]): RunAction {
  const words = [String(pid), args.home, String(args.timeout), args.force ? 'force' : 'wait']
  return { kind: 'run', argv: ['sh', '-c', WAIT, 'sh', ...words], timeout: args.timeout + 30, makes, complete: true }
}

function systemctl(args: ServerArgs, verb: 'start' | 'stop', active: boolean): RunAction {
  const makes: Effect[] = [{ kind: 'unit', name: args.unit!, fact: { active } }, ...effects(args, args.offset ?? 0, active)]
  return { kind: 'run', argv: ['systemctl', verb, args.unit!], timeout: args.timeout, makes, complete: true }
}

const PORTS = [9443, 9763, 8243, 8280, 5672, 9611, 9711, 9099, 8099]

function effects(args: ServerArgs, offset: number, up: boolean): Effect[] {
  return [
    {
      kind: 'touched',
      resource: serverResource(args),
      reason: `the server in ${args.home} will be ${up ? 'started' : 'stopped'}`,
    },
    { kind: 'file', path: `${args.home}/wso2carbon.pid`, fact: 'unknown' },
    { kind: 'file', path: logPath(args), fact: 'unknown' },
    { kind: 'file', path: outputPath(args), fact: 'unknown' },
    ...PORTS.map((port): Effect => ({ kind: 'port', host: '127.0.0.1', port: port + offset, open: up })),
  ]
}
