/** Room on disks, memory, and open files. */
import { probe } from '../../../src/module/index.ts'
import type { PreflightArgs } from './arguments.ts'
import type { Check } from './check.ts'

/** What is not there yet will be where the nearest directory is that is. */
const DISKS = `
for path; do
  if [ -e "$path" ]; then printf 'there '; fi
  while [ ! -e "$path" ] && [ "$path" != / ] && [ "$path" != . ]; do path=$(dirname -- "$path"); done
  df -Pk -- "$path" | tail -n 1
done
`
const LIMITS = `
grep MemTotal /proc/meminfo
cat /sys/fs/cgroup/memory.max 2> /dev/null
echo descriptors $(ulimit -Hn)
`

const disks = (args: PreflightArgs) => probe.command({ argv: ['sh', '-c', DISKS, 'sh', ...args.space.map(({ path }) => path)], env: { LC_ALL: 'C' }, reads: [] })
const LIMITS_PROBE = probe.command({ argv: ['sh', '-c', LIMITS], reads: [] })

export const room: Check = {
  observe: (args) => [...(args.space.length > 0 ? [disks(args)] : []), ...(args.heaps.length > 0 || args.descriptors > 0 ? [LIMITS_PROBE] : [])],
  judge(args, facts) {
    const findings: string[] = []
    if (args.space.length > 0) findings.push(...spaceFindings(args, facts.need(disks(args)).stdout))
    if (args.heaps.length > 0 || args.descriptors > 0) findings.push(...limitFindings(args, facts.need(LIMITS_PROBE).stdout))
    return { findings }
  },
}

function spaceFindings(args: PreflightArgs, said: string): string[] {
  const lines = said.split('\n')
  return args.space.flatMap(({ path, mb: whole, spare_mb }, index) => {
    const mb = lines[index]?.startsWith('there ') ? (spare_mb ?? whole) : whole
    const [, free, mount] = /\s\d+\s+\d+\s+(\d+)\s+\S+\s+(\/.*)$/.exec(lines[index] ?? '') ?? []
    if (free === undefined || Number(free) / 1024 >= mb) return []
    return [`${mount} has ${Math.floor(Number(free) / 1024)} MB free, but ${path} needs ${mb} MB`]
  })
}

/** `-Xmx2g` is 2048 MB. */
export function heapMb(options: string): number {
  const [, size = '0', unit = ''] = /(?:^|\s)-Xmx(\d+)([kKmMgG]?)/.exec(options) ?? []
  return Math.floor(Number(size) * ({ g: 1024, m: 1, k: 1 / 1024 }[unit.toLowerCase()] ?? 1 / 1024 / 1024))
}

export function limitFindings(wanted: Pick<PreflightArgs, 'heaps' | 'descriptors'>, said: string): string[] {
  const heaps = wanted.heaps.map(heapMb).reduce((sum, mb) => sum + mb, 0)
  const total = Number(/^MemTotal:\s*(\d+)/m.exec(said)?.[1] ?? Number.NaN) / 1024
  // That of a container; 'max' is none.
  const limit = Number(/^(\d+)$/m.exec(said)?.[1] ?? Number.NaN) / 1024 / 1024
  const memory = Math.floor(Math.min(...[total, limit].filter((value) => !Number.isNaN(value))))
  const files = /^descriptors (\d+)$/m.exec(said)?.[1]
  return [
    ...(memory < heaps ? [`the machine has ${memory} MB of memory, but apim.jvm_memory lets ${wanted.heaps.length === 1 ? 'the server' : `${wanted.heaps.length} servers`} take ${heaps} MB`] : []),
    ...(files !== undefined && Number(files) < wanted.descriptors
      ? [`a process may open ${files} files, but the server needs ${wanted.descriptors}: raise the hard limit of nofile in /etc/security/limits.conf`]
      : []),
  ]
}
