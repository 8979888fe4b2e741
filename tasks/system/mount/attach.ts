/** Mounting, unmounting and remounting, for the `mount` module. */
import {
  type Action,
  type Change,
  type Effect,
  type Facts,
  type MountFact,
  type Probe,
  probe,
  type RunAction,
} from '../../../src/module/index.ts'
import { type FstabEntry, formatEntry } from './fstab.ts'
import { known } from '../../lib/known.ts'

export interface MountRequest {
  path: string
  state: string
  src?: string
  fstype?: string
  opts?: string
  opts_no_log: boolean
  dump: string
  passno: string
  boot: boolean
  fstab: string
}

export const mountProbe = (value: MountRequest) => probe.mount({ path: value.path })
export const pointProbe = (value: MountRequest) => probe.file({ path: value.path, follow: true })

export function options(value: MountRequest): string {
  const opts = value.opts ?? 'defaults'
  return value.boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`
}

export function entryOf(value: MountRequest): FstabEntry {
  const { path, dump, passno } = value
  return { src: value.src!, path, fstype: value.fstype!, opts: options(value), dump, passno }
}

export function attach(value: MountRequest, facts: Facts): Change {
  const make: Action[] = known(facts.get(pointProbe(value)))?.exists ? [] : [{ kind: 'mkdir', path: value.path }]
  return { summary: `mount ${value.src ?? 'the entry of fstab'} on ${value.path}`, actions: [...make, on(value)] }
}

export const unmount = (value: MountRequest): Change => ({ summary: `unmount ${value.path}`, actions: [off(value)] })

export const exchange = (value: MountRequest): Change => ({
  summary: `mount ${value.src} on ${value.path} instead`,
  actions: [off(value), on(value)],
})

/** Only when it is empty; rmdir never takes more. */
export const removePoint = (value: MountRequest): Change => ({
  summary: `remove the mount point ${value.path} if it is empty`,
  actions: [
    {
      kind: 'run',
      argv: ['rmdir', '--ignore-fail-on-non-empty', '--', value.path],
      makes: [{ kind: 'file', path: value.path, fact: 'unknown' }],
      complete: true,
    },
  ],
})

/** Fixed text: in place where the file system can do that, else off and on. */
const REMOUNT = `# mount again
point=$1
shift
mount -o remount "$@" -- "$point" 2> /dev/null && exit
umount -- "$point" && exec mount "$@" -- "$point"
`

export function remount(value: MountRequest, verb: string): Change {
  const action: RunAction =
    value.state !== 'ephemeral'
      ? { kind: 'run', script: REMOUNT, args: [value.path, ...table(value)] }
      : value.opts_no_log
        ? {
            kind: 'run',
            argv: ['mount', '-o', 'remount', '-T', '/dev/stdin', '--', value.path],
            stdin: formatEntry(entryOf(value)),
          }
        : { kind: 'run', argv: ['mount', '-o', `remount,${options(value)}`, '--', value.path] }
  return { summary: `${verb} ${value.path}`, actions: [{ ...action, ...common(value, true) }] }
}

/** Is something else mounted there. UUID= and links in /dev/disk can't be compared with what the kernel calls it. */
export function otherSource(value: MountRequest, now: MountFact): boolean {
  if (now.source === undefined || value.src === undefined || isBind(value)) return false
  const network = /^(nfs4?|cifs|fuse\.sshfs|glusterfs|ceph)$/.test(value.fstype ?? '')
  const plain = /^\/dev\/[\w-]+$/
  const comparable = network || (plain.test(value.src) && plain.test(now.source))
  return comparable && trim(now.source) !== trim(value.src)
}

export const isBind = (value: MountRequest) => /(^|,)r?bind(,|$)/.test(options(value))
export const side = (value: MountRequest, text: string) => ({ label: value.path, text, secret: value.opts_no_log })

function on(value: MountRequest): RunAction {
  const action: RunAction =
    value.state !== 'ephemeral'
      ? { kind: 'run', argv: ['mount', ...table(value), '--', value.path] }
      : value.opts_no_log
        ? // A secret in the options stays off the command line.
          { kind: 'run', argv: ['mount', '-T', '/dev/stdin', '--', value.path], stdin: formatEntry(entryOf(value)) }
        : { kind: 'run', argv: ['mount', '-t', value.fstype!, '-o', options(value), '--', value.src!, value.path] }
  return { ...action, ...common(value, true) }
}

const off = (value: MountRequest): RunAction => ({ kind: 'run', argv: ['umount', '--', value.path], ...common(value, false) })

/** What is below the mount point is not known afterwards; what the module itself asks is. */
function common(value: MountRequest, mounted: boolean): Pick<RunAction, 'makes' | 'complete' | 'secret'> {
  const fact: MountFact = mounted
    ? { mounted, source: value.src, fstype: value.fstype, options: ['rw', ...options(value).split(',')] }
    : { mounted }
  const makes: Effect[] = [
    { kind: 'mount', path: value.path, fact },
    { kind: 'touched', resource: value.path, reason: `something else is mounted on ${value.path} by then` },
    { kind: 'probe', probe: mountProbe(value) as Probe, fact },
    { kind: 'probe', probe: pointProbe(value) as Probe, fact: { exists: true, type: 'directory' } },
  ]
  return { makes, complete: true, ...(value.opts_no_log ? { secret: true } : {}) }
}

/** A file other than /etc/fstab has to be named to mount. */
const table = (value: MountRequest) => (value.fstab === '/etc/fstab' ? [] : ['-T', value.fstab])
const trim = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path)
