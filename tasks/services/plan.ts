/** Services: what has to be done so that one runs, is enabled, is masked; by systemd or by init scripts. */
import {
  type Change,
  type Context,
  type Effect,
  type Facts,
  nearest,
  type Plan,
  type Probe,
  probe,
  type RunAction,
  type UnitFact,
  Unknown,
} from '../../src/module/index.ts'
import { reloadChange, reloadDue, reloadProbes } from './daemon-reload.ts'
import { known } from '../lib/known.ts'
import { systemctl } from './systemctl.ts'

export interface ServiceRequest {
  name?: string
  state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  enabled?: boolean
  masked?: boolean
  daemonReload: boolean
  daemonReexec: boolean
  noBlock: boolean
  force: boolean
  scope: 'system' | 'user'
  /** Seconds between stop and start of a restart, for init scripts. */
  sleep?: number
  /** More words for the init script. */
  arguments: string[]
}

const SUFFIX = /\.(service|socket|timer|mount|automount|target|path|slice|scope|swap|device)$/
const UNIT_PATHS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

const runningProbe = probe.file({ path: '/run/systemd/system', follow: true })
const unitsProbe = probe.command({
  argv: ['systemctl', 'list-unit-files', '--no-legend', '--no-pager', '--plain'],
  reads: UNIT_PATHS,
})
const scriptsProbe = probe.tree({ path: '/etc/init.d' })
const unitProbe = (request: ServiceRequest) =>
  probe.unit(request.scope === 'user' ? { name: request.name ?? '', scope: 'user' } : { name: request.name ?? '' })

export function serviceProbes(request: ServiceRequest, facts: Facts): Probe[] {
  const first: Probe[] = request.name === undefined ? [] : [unitProbe(request)]
  const systemd = request.daemonReload || request.daemonReexec
  if (systemd) first.push(runningProbe)
  if (!first.every((one) => facts.has(one))) return first
  if (request.daemonReload && request.scope === 'system' && runs(facts)) first.push(...reloadProbes(facts))
  const unit = request.name === undefined ? undefined : known(facts.get(unitProbe(request)))
  if (unit && !unit.exists)
    first.push(
      ...filesOf(request),
      ...(unit.manager === 'systemd' ? [unitsProbe] : unit.manager === 'sysv' ? [scriptsProbe] : []),
    )
  return first
}

export function planService(request: ServiceRequest, facts: Facts, context: Context): Plan {
  const changes: Change[] = []
  const systemd = (request.daemonReload || request.daemonReexec) && runs(facts)
  if (request.daemonReexec && systemd && !context.outcomes) {
    changes.push({
      summary: 'let systemd start itself anew',
      actions: [{ ...systemctl(request.scope, ['daemon-reexec']), complete: true }],
    })
  }
  if (request.daemonReload && systemd) {
    const due = request.scope === 'user' ? !context.outcomes : reloadDue(facts, context)
    if (due) changes.push(reloadChange(request.scope))
  }
  if (request.name === undefined) return { changes, result: {} }
  const fact = facts.get(unitProbe(request))
  const failed = fact instanceof Unknown ? undefined : impossible(request, fact, facts)
  if (failed !== undefined) return { changes: [], failed }
  const unit = known(fact)
  if (unit && context.outcomes) {
    const dead = notRunning(request, unit)
    if (dead !== undefined) return { changes: [], failed: dead, result: resultOf(request, unit) }
  }
  changes.push(...maskChanges(request, unit), ...enableChanges(request, unit), ...stateChanges(request, unit, context))
  return { changes, result: resultOf(request, unit), warnings: warningsOf(request, unit) }
}

function maskChanges(request: ServiceRequest, unit: UnitFact | undefined): Change[] {
  if (request.masked === undefined || unit?.masked === request.masked || (unit && unit.manager !== 'systemd')) return []
  const word = request.masked ? 'mask' : 'unmask'
  return [change(request, `${word} ${request.name}`, [unitRun(request, word)], { masked: request.masked })]
}

function enableChanges(request: ServiceRequest, unit: UnitFact | undefined): Change[] {
  if (request.enabled === undefined || unit?.enabled === request.enabled || isFixed(unit)) return []
  const word = request.enabled ? 'enable' : 'disable'
  const run = unit?.manager === 'sysv' ? enableScript(request) : unitRun(request, word)
  return [change(request, `${word} ${request.name}`, [run], { enabled: request.enabled })]
}

function stateChanges(request: ServiceRequest, unit: UnitFact | undefined, context: Context): Change[] {
  if (request.state === undefined) return []
  const verb = verbFor(request, unit, context)
  if (verb === undefined) return []
  const sysv = unit?.manager === 'sysv'
  const pause: RunAction[] =
    sysv && verb === 'restart' && request.sleep ? [{ kind: 'run', argv: ['sleep', String(request.sleep)], complete: true }] : []
  const runs = !sysv
    ? [unitRun(request, verb)]
    : pause.length > 0
      ? [scriptRun(request, 'stop'), ...pause, scriptRun(request, 'start')]
      : [scriptRun(request, verb)]
  return [change(request, `${verb} ${request.name}`, runs, { active: verb !== 'stop' })]
}

/** What to do about the state; while verifying, a restart that was done counts as started. */
function verbFor(
  request: ServiceRequest,
  unit: UnitFact | undefined,
  context: Context,
): 'start' | 'stop' | 'restart' | 'reload' | undefined {
  const active = unit?.active
  if (context.outcomes && (request.noBlock || ranToItsEnd(unit))) return undefined
  if (request.state === 'stopped') return active === false ? undefined : 'stop'
  if (request.state === 'started' || context.outcomes) return active === true ? undefined : 'start'
  if (request.state === 'reloaded') return active === false ? 'start' : 'reload'
  return 'restart'
}

/** A unit that does its work once and is then over. */
const ranToItsEnd = (unit: UnitFact | undefined) => unit?.status?.Type === 'oneshot' && unit.status.Result === 'success'

/** static, indirect …: nothing to enable or disable. */
const isFixed = (unit: UnitFact | undefined) => /^(static|indirect|transient)$/.test(unit?.status?.UnitFileState ?? '')

function notRunning(request: ServiceRequest, unit: UnitFact): string | undefined {
  if (request.state === undefined || request.state === 'stopped' || request.noBlock || unit.active || ranToItsEnd(unit))
    return undefined
  const { ActiveState, SubState, Result, ExecMainStatus } = unit.status ?? {}
  const how = ActiveState
    ? ` (${[ActiveState, SubState, Result && `result ${Result}`, ExecMainStatus && `exit status ${ExecMainStatus}`].filter(Boolean).join(', ')})`
    : ''
  const where = unit.manager === 'systemd' ? `; \`journalctl -u ${request.name}\` on the host says why` : ''
  return `${request.name} was started but does not run${how}${where}`
}

/** Why nothing can be done with the unit. */
function impossible(request: ServiceRequest, unit: UnitFact, facts: Facts): string | undefined {
  const wants = request.state !== undefined || request.enabled !== undefined
  if (unit.manager === 'none')
    return wants || request.masked !== undefined
      ? 'the host has neither a running systemd nor init scripts: nothing manages services there'
      : undefined
  if (
    unit.masked &&
    request.masked !== false &&
    (request.enabled || (request.state !== undefined && request.state !== 'stopped'))
  ) {
    return `${request.name} is masked, so it can't be started or enabled: give \`masked: false\` to unmask it`
  }
  if (unit.exists || !wants || filesOf(request).some((file) => known(facts.get(file))?.exists !== false)) return undefined
  const close = nearest(bare(request.name!), namesOf(unit, facts))
  const hint = close.length > 0 ? ` Did you mean ${close.join(', ')}?` : ''
  return `Could not find the requested service ${request.name}: the host has no such ${unit.manager === 'systemd' ? 'unit' : 'init script'}.${hint}`
}

function namesOf(unit: UnitFact, facts: Facts): string[] {
  if (unit.manager === 'sysv')
    return (
      known(facts.get(scriptsProbe))
        ?.map((entry) => entry.path)
        .filter((path) => path !== '') ?? []
    )
  const listing = known(facts.get(unitsProbe))?.stdout ?? ''
  return listing
    .split('\n')
    .map((line) => line.split(/\s/)[0] ?? '')
    .filter((name) => name !== '')
    .map((name) => name.replace(/\.service$/, ''))
}

/** Where its unit file may lie: systemd may not have read one that was just written. */
function filesOf(request: ServiceRequest): Probe<'file'>[] {
  const name = request.name ?? ''
  const file = (SUFFIX.test(name) ? name : `${name}.service`).replace(/@[^@]*(\.\w+)$/, '@$1')
  return UNIT_PATHS.map((directory) => probe.file({ path: `${directory}/${file}`, follow: true }))
}

function change(request: ServiceRequest, summary: string, runs: RunAction[], fact: Partial<UnitFact>): Change {
  const effect: Effect = { kind: 'unit', name: request.name!, fact: { exists: true, ...fact } }
  return { summary, actions: runs.map((run) => ({ ...run, makes: [...(run.makes ?? []), effect], complete: true })) }
}

function unitRun(request: ServiceRequest, word: string): RunAction {
  const options = [
    ...(request.noBlock && !/enable|mask/.test(word) ? ['--no-block'] : []),
    ...(request.force ? ['--force'] : []),
  ]
  return systemctl(request.scope, [word, ...options, '--', request.name!])
}

const scriptRun = (request: ServiceRequest, word: string): RunAction => ({
  kind: 'run',
  argv: ['service', bare(request.name!), word, ...request.arguments],
})

/** Fixed text: Debian's tool for init scripts, or Red Hat's, or OpenRC's. */
const ENABLE_SCRIPT = `name=$1
if command -v update-rc.d > /dev/null; then
  [ "$2" = disable ] || update-rc.d "$name" defaults || exit
  exec update-rc.d "$name" "$2"
fi
if command -v chkconfig > /dev/null; then
  if [ "$2" = enable ]; then exec chkconfig "$name" on; else exec chkconfig "$name" off; fi
fi
if command -v rc-update > /dev/null; then
  if [ "$2" = enable ]; then exec rc-update add "$name" default; else exec rc-update del "$name" default; fi
fi
echo 'no program to enable services: looked for update-rc.d, chkconfig and rc-update' >&2
exit 1
`

const enableScript = (request: ServiceRequest): RunAction => ({
  kind: 'run',
  script: ENABLE_SCRIPT,
  args: [bare(request.name!), request.enabled ? 'enable' : 'disable'],
})

const bare = (name: string) => name.replace(/\.service$/, '')
const runs = (facts: Facts) => known(facts.get(runningProbe))?.exists !== false

function warningsOf(request: ServiceRequest, unit: UnitFact | undefined): string[] {
  if (request.enabled === undefined || !isFixed(unit) || unit?.enabled === request.enabled) return []
  return [`${request.name} is ${unit?.status?.UnitFileState}: it can be neither enabled nor disabled`]
}

function resultOf(request: ServiceRequest, unit: UnitFact | undefined): Record<string, unknown> {
  const state = unit === undefined ? undefined : unit.active ? 'started' : 'stopped'
  return { name: request.name, state, enabled: unit?.enabled, status: unit?.status ?? {} }
}
