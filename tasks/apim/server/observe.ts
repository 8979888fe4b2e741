/** What there is to know of a server: its process, pid file, log and configuration. */
import TOML from '@iarna/toml'
import { type Context, type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import { utf8 } from '../../lib/content.ts'
import type { ServerArgs } from './arguments.ts'
import { referredAliases, splitSecrets } from '../secrets-section.ts'

/** One moment of the server. */
export interface Snapshot {
  /** JVMs of this very home, the one of the pid file first. */
  pids: number[]
  /** What the pid file holds, and whether a process of that number lives (any process: numbers are used again). */
  pidFile?: number
  pidFileAlive: boolean
  /** A start script of this home is running. */
  launching: boolean
  log?: { size: number; inode: number }
  /** Clock of the host, seconds. */
  now: number
  javaHome?: string
  passwordKept: boolean
}

/**
 * $1 is the home. A JVM is ours when it was started with -Dcarbon.home of exactly this home, or is that of the pid file
 * and was started with another name of it, as after a move that left a link; the pid file alone proves nothing. The text is
 * fixed: the value comes as an argument. grep reads its patterns from a pipe, or it would find itself.
 */
const SCRIPT = `
home=$1
real=$(readlink -f "$home" 2> /dev/null)
ours() { printf '%s\\n' "-Dcarbon.home=$home" "-Dcarbon.home=\${real:-$home}"; }
pid=$(cat "$home/wso2carbon.pid" 2> /dev/null | tr -dc '0-9')
named=$(cat "/proc/\${pid:-none}/cmdline" 2> /dev/null | tr '\\0' '\\n' | sed -n 's/^-Dcarbon\\.home=//p')
[ -n "$named" ] && [ "$(readlink -f "$named")" = "$real" ] || named=
echo jvm \${named:+$pid} $(ours | grep -lzxF -f - /proc/[0-9]*/cmdline 2> /dev/null | tr -dc '0-9\\n')
echo launching $(grep -lzxF -e "CARBON_HOME=$home" /proc/[0-9]*/environ 2> /dev/null | tr -dc '0-9\\n')
if [ -f "$home/wso2carbon.pid" ]; then
  echo pidfile "$pid"
  if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then echo alive; fi
fi
log=$home/repository/logs/wso2carbon.log
if [ -f "$log" ]; then echo log $(stat -L -c '%s %i' "$log"); fi
if [ -f "$home/password-persist" ]; then echo kept; fi
java=$(command -v java) && java=$(readlink -f "$java") && echo java "\${java%/bin/java}"
echo now $(date +%s)
`

export function snapshotProbe(args: ServerArgs): Probe<'command'> {
  // An empty CARBON_HOME, so that this very shell is not taken for a start script.
  return probe.command({ argv: ['sh', '-c', SCRIPT, 'sh', args.home], env: { CARBON_HOME: '' }, reads: [serverResource(args)] })
}

/** The name of the server, as what answers depend on. */
export const serverResource = (args: ServerArgs): string => `server:${args.home}`

export function readSnapshot(stdout: string): Snapshot {
  const lines = new Map(
    stdout.split('\n').map((line): [string, string] => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1).trim()]),
  )
  const numbers = (text: string | undefined) =>
    (text ?? '')
      .split(/\s+/)
      .filter((word) => /^\d+$/.test(word))
      .map(Number)
  const pidFile = numbers(lines.get('pidfile'))[0]
  const [size, inode] = numbers(lines.get('log'))
  return {
    pids: [...new Set(numbers(lines.get('jvm')))].sort((a, b) => Number(b === pidFile) - Number(a === pidFile)),
    pidFile,
    pidFileAlive: lines.has('alive'),
    launching: numbers(lines.get('launching')).length > 0,
    ...(size !== undefined && { log: { size, inode: inode ?? 0 } }),
    now: numbers(lines.get('now'))[0] ?? 0,
    ...(lines.get('java') && { javaHome: lines.get('java') }),
    passwordKept: lines.has('kept'),
  }
}

/** The snapshot; undefined while it was not asked for or is not known. */
export function snapshotOf(args: ServerArgs, facts: Facts | undefined): Snapshot | undefined {
  const question = snapshotProbe(args)
  if (!facts?.has(question)) return undefined
  const fact = facts.get(question)
  return fact instanceof Unknown ? undefined : readSnapshot(fact.stdout)
}

export const logPath = (args: ServerArgs): string => `${args.home}/repository/logs/wso2carbon.log`

/** What a start by this module prints before it has a log: errors of the configuration come there only. */
export const outputPath = (args: ServerArgs): string => `${args.home}/repository/logs/aarun-start.log`

/** Of a server that we have started, as long as it has no process; afterwards its log has all that. A unit's goes to the journal. */
export function outputProbe(args: ServerArgs, snapshot: Snapshot, context: Context): Probe<'command'> | undefined {
  if (!context.before || snapshot.pids.length > 0) return undefined
  const reads = [serverResource(args)]
  if (args.unit === undefined) return probe.command({ argv: ['tail', '-c', '100000', '--', outputPath(args)], reads })
  const since = `@${snapshotOf(args, context.before)?.now ?? 0}`
  return probe.command({ argv: ['journalctl', '--unit', args.unit, '--since', since, '--output', 'cat', '--no-pager', '--quiet'], reads })
}

/** What the log has got since the start; of a server that we did not start its last part. */
export function logProbe(args: ServerArgs, snapshot: Snapshot, context: Context): Probe<'command'> | undefined {
  if (!snapshot.log) return undefined
  const before = snapshotOf(args, context.before)
  if (!context.before)
    return probe.command({ argv: ['tail', '-c', '200000', '--', logPath(args)], reads: [serverResource(args)] })
  // A log that was rotated meanwhile is read from its beginning.
  const same = before?.log && before.log.inode === snapshot.log.inode && before.log.size <= snapshot.log.size
  const start = same ? before.log!.size + 1 : 1
  return probe.command({ argv: ['tail', '-c', `+${start}`, '--', logPath(args)], reads: [serverResource(args)] })
}

export const tomlProbe = (args: ServerArgs): Probe<'file'> =>
  probe.file({ path: `${args.home}/repository/conf/deployment.toml`, follow: true, checksum: true, content: true })

/** What we write into the home is for the server: it belongs to whom the home belongs. */
export const homeProbe = (args: ServerArgs): Probe<'file'> => probe.file({ path: args.home, follow: true })

export interface Configuration {
  offset: number
  usesSecrets: boolean
  broken?: string
}

export function configurationOf(args: ServerArgs, facts: Facts): Configuration {
  const fact = facts.has(tomlProbe(args)) ? facts.get(tomlProbe(args)) : undefined
  if (!fact || fact instanceof Unknown || !fact.content) return { offset: args.offset ?? 0, usesSecrets: false }
  const text = utf8(fact.content)
  const usesSecrets = referredAliases(splitSecrets(text).head).length > 0
  try {
    const { server } = TOML.parse(text) as { server?: { offset?: unknown } }
    const written = Number(server?.offset ?? 0)
    return { offset: args.offset ?? (Number.isInteger(written) ? written : 0), usesSecrets }
  } catch (error) {
    return { offset: args.offset ?? 0, usesSecrets, broken: (error as Error).message.split('\n')[0] }
  }
}

export const newScriptProbe = (args: ServerArgs): Probe<'file'> =>
  probe.file({ path: `${args.home}/bin/api-manager.sh`, follow: true })

/** Start script, absolute, and whether it is that of 4.x. */
export function startScript(args: ServerArgs, facts: Facts): { path: string; modern: boolean } {
  const fact = facts.has(newScriptProbe(args)) ? facts.get(newScriptProbe(args)) : undefined
  const modern =
    args.script === undefined
      ? fact !== undefined && !(fact instanceof Unknown) && fact.exists
      : args.script.includes('api-manager')
  const script = args.script ?? (modern ? 'bin/api-manager.sh' : 'bin/wso2server.sh')
  return { path: script.startsWith('/') ? script : `${args.home}/${script}`, modern }
}

/** Written at each start by this module: a file that is newer was changed since. */
export const startedMark = (args: ServerArgs): string => `${args.home}/.aarun-started`

export const restartProbes = (args: ServerArgs): Probe<'file'>[] =>
  args.state !== 'started' || args.restart_after.length === 0
    ? []
    : [startedMark(args), ...args.restart_after].map((path) => probe.file({ path, follow: true }))

/** The first of `restart_after` that was written since the start; in check mode also one that would be written. */
export function newerThanStart(args: ServerArgs, facts: Facts): string | undefined {
  const [mark, ...files] = restartProbes(args).map((question) => facts.get(question))
  if (!mark) return undefined
  const started = mark instanceof Unknown || !mark.exists ? 0 : (mark.mtime ?? 0)
  const index = files.findIndex(
    (file) => file instanceof Unknown || (file.exists && (file.mtime ?? Number.POSITIVE_INFINITY) > started),
  )
  return args.restart_after[index]
}
