/** The running nginx: its master, and since when its workers serve. */
import { type CommandFact, type Probe, probe } from '../../../src/module/index.ts'

export interface Running {
  master?: number
  /** When the newest worker that is not shutting down was started, seconds; a reload starts new ones. */
  workers?: number
  /** Process numbers of the workers that take new requests, and of those that only answer what they have begun. */
  serving: number[]
  leaving: number[]
  now: number
}

/** $1 is the pid file. The text is fixed: the value comes as an argument. */
const SCRIPT = `
pid=$(tr -dc '0-9' < "$1" 2> /dev/null)
echo now $(date +%s)
[ -n "$pid" ] && grep -qaF 'nginx: master process' "/proc/$pid/cmdline" 2> /dev/null || exit 0
echo master "$pid"
boot=$(awk '$1 == "btime" { print $2 }' /proc/stat)
ticks=$(getconf CLK_TCK 2> /dev/null || echo 100)
for child in $(cat "/proc/$pid/task/$pid/children" 2> /dev/null); do
  case $(tr '\\0' ' ' < "/proc/$child/cmdline" 2> /dev/null) in
    *'worker process is shutting down'*) echo leaving "$child" ;;
    *'worker process'*)
      echo serving "$child"
      awk -v boot="$boot" -v ticks="$ticks" '{ sub(/.*\\) /, ""); print "worker", int(boot + $20 / ticks) }' "/proc/$child/stat" ;;
  esac
done
`

export const nginxResource = (pidFile: string): string => `nginx:${pidFile}`

export function runningProbe(pidFile: string): Probe<'command'> {
  return probe.command({ argv: ['sh', '-c', SCRIPT, 'sh', pidFile], reads: [nginxResource(pidFile)] })
}

export function readRunning(fact: CommandFact): Running {
  const numbers = (name: string) =>
    [...fact.stdout.matchAll(new RegExp(`^${name} (\\d+)$`, 'gm'))].map((match) => Number(match[1]))
  const workers = numbers('worker')
  return {
    master: numbers('master')[0],
    serving: numbers('serving'),
    leaving: numbers('leaving'),
    ...(workers.length > 0 && { workers: Math.max(...workers) }),
    now: numbers('now')[0] ?? 0,
  }
}

/** Clocks are read with whole seconds. */
const SLACK = 2

/** Was a file changed after the workers were started? A time in the future tells nothing. */
export function isStale(running: Running, mtime: number | undefined): boolean {
  return running.workers !== undefined && mtime !== undefined && mtime <= running.now + 1 && running.workers + SLACK < mtime
}
