/** `daemon_reload`: needed when a unit file is newer than what systemd has read. */
import { type Change, type Context, type Facts, type Probe, probe, Unknown } from '../../src/module/index.ts'
import { known } from '../lib/known.ts'
import { systemctl } from './systemctl.ts'

const UNIT_DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]
const SOURCES = [...UNIT_DIRECTORIES, '/etc/fstab']

/** Does any unit that is loaded differ from its file. */
const staleProbe = probe.command({
  argv: ['systemctl', 'show', '--no-pager', '-p', 'NeedDaemonReload', '--', '*'],
  reads: [...SOURCES, 'systemd'],
})
/** When systemd last read all units. Empty where it is too old to tell. */
const loadedProbe = probe.command({
  argv: ['systemctl', 'show', '--no-pager', '--timestamp=us+utc', '-p', 'UnitsLoadTimestamp'],
  reads: [...SOURCES, 'systemd'],
})

export function reloadProbes(facts: Facts): Probe[] {
  const first = [staleProbe, loadedProbe]
  if (!first.every((one) => facts.has(one))) return first
  const newer = newerProbe(facts)
  return newer ? [...first, newer] : first
}

/** Is there anything that systemd has not read. True when that can't be told. */
export function reloadDue(facts: Facts, context: Context): boolean {
  if (context.outcomes) return false
  const stale = facts.get(staleProbe)
  if (stale instanceof Unknown || /NeedDaemonReload=yes/.test(stale.stdout)) return true
  const newer = newerProbe(facts)
  if (!newer) return true
  const found = known(facts.get(newer))
  return found === undefined || found.stdout.trim() !== ''
}

/** Files changed since then. */
function newerProbe(facts: Facts): Probe<'command'> | undefined {
  const loaded = known(facts.get(loadedProbe))
  const time = /UnitsLoadTimestamp=(?:\w+ )?(\d{4}-\d\d-\d\d [\d:.]+ UTC)/.exec(loaded?.stdout ?? '')?.[1]
  if (time === undefined) return undefined
  return probe.command({
    argv: ['find', '-L', ...SOURCES, '-maxdepth', '2', '-newermt', time, '!', '-type', 'l', '-print', '-quit'],
    reads: SOURCES,
  })
}

export const reloadChange = (scope: 'system' | 'user'): Change => ({
  summary: 'let systemd read its unit files again',
  actions: [
    {
      ...systemctl(scope, ['daemon-reload']),
      makes: [{ kind: 'touched', resource: 'systemd', reason: 'systemd reads its unit files again' }],
      complete: true,
    },
  ],
})
