/** nginx: how it is tested, started and reloaded. */
import { probe } from '../../../../src/module/index.ts'
import { type Balancer, isShared, mainOf, programOf } from '../balancer.ts'
import { processes } from '../running.ts'
import { builtWith, topDirective } from './config.ts'
import { nginxProbe } from './process.ts'
import { swapped, tested } from './test.ts'

export const nginx: Balancer = {
  build: (args) => probe.command({ argv: [programOf(args), '-V'], reads: [programOf(args)] }),
  pidFile(args, text, build) {
    const built = builtWith(build?.stderr ?? '')
    const path = topDirective(text, 'pid') ?? built.pid
    return path.startsWith('/') ? path : `${args.prefix ?? built.prefix}/${path}`
  },
  // Where others serve too, a worker that finishes may have their requests only.
  processes: (args, { dest, pid }) => nginxProbe(pid, processes(pid), args.drain && isShared(args, dest) ? args.server : []),
  test(args, dest) {
    const words = [...command(args), '-t', '-q']
    return isShared(args, dest) ? swapped(dest, [...words, '-c', mainOf(args, dest)]) : tested([...words, '-c', '%s'])
  },
  start: (args, { dest }) => [...command(args), '-c', mainOf(args, dest)],
  reload: (args, { dest }) => [...command(args), '-c', mainOf(args, dest), '-s', 'reload'],
  stop: (args, { dest }) => [...command(args), '-c', mainOf(args, dest), '-s', 'stop'],
}

const command = (args: Parameters<Balancer['test']>[0]): string[] => [
  programOf(args),
  ...(args.prefix === undefined ? [] : ['-p', `${args.prefix}/`]),
]
