/** The running HAProxy: its master (`-W`), and the workers that it has started. */
import { type Probe, probe } from '../../../../src/module/index.ts'

/** $1 is the pid file. The text is fixed: the value comes as an argument. A reload keeps the master, and starts a worker. */
const SCRIPT = `
pid=$(head -n 1 "$1" 2> /dev/null | tr -dc '0-9')
echo now $(date +%s)
[ -n "$pid" ] || exit 0
case $(tr '\\0' '\\n' < "/proc/$pid/cmdline" 2> /dev/null | head -n 1) in *haproxy*) ;; *) exit 0 ;; esac
echo master "$pid"
tr '\\0' '\\n' < "/proc/$pid/cmdline" | sed 's/^/word /'
boot=$(awk '$1 == "btime" { print $2 }' /proc/stat)
ticks=$(getconf CLK_TCK 2> /dev/null || echo 100)
for child in $(cat "/proc/$pid/task/$pid/children" 2> /dev/null); do
  echo serving "$child"
  awk -v boot="$boot" -v ticks="$ticks" '{ sub(/.*\\) /, ""); print "worker", int(boot + $20 / ticks) }' "/proc/$child/stat" 2> /dev/null
done
exit 0
`

export function haproxyProbe(pidFile: string, resource: string): Probe<'command'> {
  return probe.command({ argv: ['sh', '-c', SCRIPT, 'sh', pidFile], reads: [resource] })
}
