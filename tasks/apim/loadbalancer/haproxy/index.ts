/** HAProxy as master and workers (`-W`): how it is tested, started and reloaded. */
import { type Balancer, mainOf, programOf } from '../balancer.ts'
import { processes } from '../running.ts'
import { globalWord } from './config.ts'
import { haproxyProbe } from './process.ts'

/** It tells many things when a test fails; the first alert is why. (No printf: '%s' is the candidate.) */
const TEST = `
told=$("$@" 2>&1)
code=$?
if [ $code -ne 0 ]; then
  TOLD=$told awk 'BEGIN { print ENVIRON["TOLD"] }' | grep -F '[ALERT]' | sed 's/^\\[ALERT\\] *([0-9]*) *: *//' | head -n 1 >&2
fi
exit $code
`

const signal = (name: string, pid: string) => ['sh', '-c', 'kill -s "$2" "$(head -n 1 "$1")"', 'sh', pid, name]

export const haproxy: Balancer = {
  pidFile: (args, text) => globalWord(text, 'pidfile') ?? (args.prefix === undefined ? '/run/haproxy.pid' : `${args.prefix}/haproxy.pid`),
  processes: (_, { pid }) => haproxyProbe(pid, processes(pid)),
  test: (args, dest) => ['sh', '-c', TEST, 'sh', programOf(args), '-c', ...files(args, dest, '%s')],
  start: (args, { dest, pid }) => [programOf(args), '-W', '-D', '-p', pid, ...files(args, dest, dest)],
  reload: (_, { pid }) => signal('USR2', pid),
  stop: (_, { pid }) => signal('TERM', pid),
}

const files = (args: Parameters<Balancer['test']>[0], dest: string, own: string): string[] =>
  (mainOf(args, dest) === dest ? [own] : [mainOf(args, dest), own]).flatMap((file) => ['-f', file])
