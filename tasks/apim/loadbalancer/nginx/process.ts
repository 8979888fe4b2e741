/** The running nginx: its master, and the workers that serve or only finish. */
import { type Probe, probe } from '../../../../src/module/index.ts'

/**
 * $1 is the pid file, $2 a list of ports such as ' 1F90 2033 ', in hex. The text is fixed: the values come as arguments.
 * A worker that only finishes is busy when it has a connection to one of these ports (0100007F:2033 in /proc/net/tcp).
 */
const SCRIPT = `
busy() {
  ls -l "/proc/$1/fd" 2> /dev/null | awk -v ports="$2" -v net="/proc/$1/net/" '
    match($0, /socket:\\[[0-9]+/) { own[substr($0, RSTART + 8, RLENGTH - 8)] = 1 }
    END {
      for (i = 1; i <= 2; i++)
        while ((getline line < (net (i == 1 ? "tcp" : "tcp6"))) > 0) {
          split(line, field); split(field[3], remote, ":")
          if (field[4] == "01" && (field[10] in own) && index(ports, " " remote[2] " ")) exit 0
        }
      exit 1
    }'
}
pid=$(tr -dc '0-9' < "$1" 2> /dev/null)
echo now $(date +%s)
[ -n "$pid" ] && grep -qaF 'nginx: master process' "/proc/$pid/cmdline" 2> /dev/null || exit 0
echo master "$pid"
boot=$(awk '$1 == "btime" { print $2 }' /proc/stat)
ticks=$(getconf CLK_TCK 2> /dev/null || echo 100)
for child in $(cat "/proc/$pid/task/$pid/children" 2> /dev/null); do
  case $(tr '\\0' ' ' < "/proc/$child/cmdline" 2> /dev/null) in
    *'worker process is shutting down'*) echo leaving "$child"; if busy "$child" "$2"; then echo busy "$child"; fi ;;
    *'worker process'*)
      echo serving "$child"
      awk -v boot="$boot" -v ticks="$ticks" '{ sub(/.*\\) /, ""); print "worker", int(boot + $20 / ticks) }' "/proc/$child/stat" ;;
  esac
done
`

export function nginxProbe(pidFile: string, resource: string, servers: string[] = []): Probe<'command'> {
  const ports = servers.map((server) => Number(/:(\d+)$/.exec(server)?.[1] ?? 80).toString(16).toUpperCase().padStart(4, '0'))
  return probe.command({ argv: ['sh', '-c', SCRIPT, 'sh', pidFile, ` ${ports.join(' ')} `], reads: [resource] })
}
