/** service and systemd: plans on made-up units, and a real init script (as root, where systemd does not run). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Fact, Probe, UnitFact } from '../../../src/module/index.ts'
import service from '../../../tasks/services/service.ts'
import systemd from '../../../tasks/services/systemd.ts'
import { apply, localHost, parseArgs, type AnyModule, type TestHost } from '../harness.ts'
import { planWith, runs } from '../harness/made-up.ts'

const active: UnitFact = {
  manager: 'systemd',
  exists: true,
  active: true,
  enabled: true,
  masked: false,
  status: { ActiveState: 'active' },
}
const inactive: UnitFact = { ...active, active: false, enabled: false, status: { ActiveState: 'inactive' } }
const missing: UnitFact = { manager: 'systemd', exists: false, active: false, enabled: false }
const listing = 'nginx.service enabled enabled\nssh.service enabled enabled\nmariadb.service disabled enabled\n'

function plan(
  module: AnyModule,
  raw: Record<string, unknown>,
  unit: UnitFact,
  answers: { files?: string[]; stale?: boolean; newer?: boolean; loaded?: string } = {},
  context = {},
) {
  return planWith(module, raw, (probe) => answer(probe, unit, answers), context)
}

function answer(
  probe: Probe,
  unit: UnitFact,
  answers: { files?: string[]; stale?: boolean; newer?: boolean; loaded?: string },
): Fact {
  if (probe.kind === 'unit') return unit
  if (probe.kind === 'file')
    return {
      exists: probe.path === '/run/systemd/system' ? unit.manager === 'systemd' : (answers.files ?? []).includes(probe.path),
    }
  if (probe.kind === 'tree') return [{ path: 'ssh', exists: true, type: 'file' }]
  if (probe.kind !== 'command') throw new Error(probe.kind)
  const said = (stdout: string) => ({ found: true, rc: 0, stdout, stderr: '' })
  if (probe.argv[0] === 'find') return said(answers.newer ? '/etc/systemd/system/x.service\n' : '')
  if (probe.argv.includes('list-unit-files')) return said(listing)
  if (probe.argv.includes('UnitsLoadTimestamp')) return said(`UnitsLoadTimestamp=${answers.loaded ?? 'Thu 2026-11-23 05:01:02.123456 UTC'}\n`)
  return said(answers.stale ? 'NeedDaemonReload=no\n\nNeedDaemonReload=yes\n' : 'NeedDaemonReload=no\n')
}

const table: [Record<string, unknown>, UnitFact, string[]][] = [
  [{ state: 'started', enabled: true }, active, []],
  [{ state: 'started', enabled: true }, inactive, ['systemctl enable -- x', 'systemctl start -- x']],
  [{ state: 'stopped', enabled: false }, inactive, []],
  [{ state: 'stopped', enabled: false }, active, ['systemctl disable -- x', 'systemctl stop -- x']],
  [{ state: 'restarted' }, active, ['systemctl restart -- x']],
  [{ state: 'restarted' }, inactive, ['systemctl restart -- x']],
  [{ state: 'reloaded' }, active, ['systemctl reload -- x']],
  [{ state: 'reloaded' }, inactive, ['systemctl start -- x']],
  [{ masked: true }, active, ['systemctl mask -- x']],
  [{ masked: true }, { ...inactive, masked: true }, []],
  [{ masked: false, state: 'started' }, { ...inactive, masked: true }, ['systemctl unmask -- x', 'systemctl start -- x']],
  [{ enabled: true }, { ...inactive, status: { UnitFileState: 'static' } }, []],
  [{ state: 'started', no_block: true }, inactive, ['systemctl start --no-block -- x']],
  [{ enabled: true, force: true }, inactive, ['systemctl enable --force -- x']],
  [{ state: 'started', scope: 'user' }, inactive, ['script start -- x']],
]
for (const [raw, unit, wanted] of table) {
  test(`systemd ${JSON.stringify(raw)} on ${unit.active ? 'an active' : 'an inactive'} unit`, () => {
    assert.equal(runs(plan(systemd, { name: 'x', ...raw }, unit)), wanted)
  })
}

test('while verifying, a restart that was done is done', () => {
  for (const state of ['restarted', 'reloaded', 'started'])
    assert.equal(plan(systemd, { name: 'x', state }, active, {}, { outcomes: [] }).changes, [])
})

test('a unit that was started and died is a failure that says where to look', () => {
  const dead = {
    ...inactive,
    status: { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code', ExecMainStatus: '1', Type: 'simple' },
  }
  const { failed } = plan(systemd, { name: 'x', state: 'started' }, dead, {}, { outcomes: [] })
  assert.is(
    failed,
    'x was started but does not run (failed, failed, result exit-code, exit status 1); `journalctl -u x` on the host says why',
  )
})

test('a unit that does its work once and ends is fine', () => {
  const once = { ...inactive, status: { ActiveState: 'inactive', Result: 'success', Type: 'oneshot' } }
  assert.equal(plan(systemd, { name: 'x', state: 'started' }, once, {}, { outcomes: [] }).changes, [])
})

test('a unit that does not exist: the nearest names', () => {
  const { failed } = plan(service, { name: 'ngnix', state: 'started' }, missing)
  assert.is(failed, 'Could not find the requested service ngnix: the host has no such unit. Did you mean nginx?')
  assert.match(plan(service, { name: 'sshd', state: 'started' }, missing).failed ?? '', /Did you mean ssh\?/)
})

test('a unit file that was just written counts, also for an instance', () => {
  assert.equal(runs(plan(service, { name: 'x', state: 'started' }, missing, { files: ['/etc/systemd/system/x.service'] })), [
    'systemctl start -- x',
  ])
  assert.equal(
    runs(plan(service, { name: 'x@1', state: 'started' }, missing, { files: ['/usr/lib/systemd/system/x@.service'] })),
    ['systemctl start -- x@1'],
  )
})

test('a masked unit can not be started', () => {
  assert.match(plan(service, { name: 'x', state: 'started' }, { ...inactive, masked: true }).failed ?? '', /masked: false/)
})

test('daemon_reload only where systemd has not read something', () => {
  const reload = { daemon_reload: true }
  assert.equal(runs(plan(systemd, reload, active)), [])
  assert.equal(runs(plan(systemd, reload, active, { stale: true })), ['systemctl daemon-reload'])
  assert.equal(runs(plan(systemd, reload, active, { newer: true })), ['systemctl daemon-reload'])
  assert.equal(runs(plan(systemd, reload, active, { loaded: '' })), ['systemctl daemon-reload'], 'it can not be told')
  assert.equal(runs(plan(systemd, reload, active, { stale: true }, { outcomes: [] })), [])
  assert.equal(runs(plan(systemd, reload, { ...active, manager: 'sysv' })), [], 'no systemd, nothing to reload')
  assert.equal(runs(plan(systemd, { ...reload, name: 'x', state: 'restarted' }, active, { newer: true })), [
    'systemctl daemon-reload',
    'systemctl restart -- x',
  ])
})

test('init scripts', () => {
  const sysv = (unit: UnitFact): UnitFact => ({ ...unit, manager: 'sysv', status: undefined })
  assert.equal(runs(plan(service, { name: 'x.service', state: 'restarted', sleep: 2, arguments: '--fast now' }, sysv(active))), [
    'service x stop --fast now',
    'sleep 2',
    'service x start --fast now',
  ])
  assert.equal(runs(plan(service, { name: 'x', enabled: true }, sysv(inactive))), ['script x enable'])
  assert.match(
    plan(service, { name: 'sshd', state: 'started' }, { ...missing, manager: 'sysv' }).failed ?? '',
    /no such init script\. Did you mean ssh\?/,
  )
  assert.match(
    plan(service, { name: 'x', state: 'started' }, { ...missing, manager: 'none' }).failed ?? '',
    /neither a running systemd nor init scripts/,
  )
})

test('bad arguments', () => {
  for (const [module, raw, message] of [
    [service, { name: 'x' }, /nothing to do/],
    [service, { name: '-x', state: 'started' }, /name of one service/],
    [service, { name: 'a*', state: 'started' }, /name of one service/],
    [systemd, { state: 'started' }, /name is missing/],
    [systemd, {}, /nothing to do/],
  ] as const) {
    assert.throws(
      () => parseArgs(module, raw),
      (error: Error) => message.test(error.message),
    )
  }
})

if (process.getuid?.() === 0 && !existsSync('/run/systemd/system') && existsSync('/usr/sbin/update-rc.d')) {
  const name = `aarun-t-${process.pid}`
  const path = `/etc/init.d/${name}`
  let host: TestHost
  test.before(async () => {
    host = await localHost()
    const state = `${host.directory}/running`
    writeFileSync(
      path,
      `#!/bin/sh
### BEGIN INIT INFO
# Provides: ${name}
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: for a test
### END INIT INFO
case $1 in
  start) echo "$@" >> ${host.directory}/log; [ -e ${host.directory}/broken ] || touch ${state} ;;
  stop) echo "$@" >> ${host.directory}/log; rm -f ${state} ;;
  restart|reload) echo "$@" >> ${host.directory}/log; touch ${state} ;;
  status) [ -e ${state} ] || exit 3 ;;
esac
`,
    )
    chmodSync(path, 0o755)
  })
  test.after(async () => {
    execFileSync('update-rc.d', [name, 'remove'], { stdio: 'ignore' })
    rmSync(path, { force: true })
    await host.close()
  })

  test('a real init script: started, stopped, restarted, each once', async () => {
    assert.ok((await apply(service, { name, state: 'started' }, { check: true })).changed)
    const started = await apply(service, { name, state: 'started' })
    assert.ok(started.changed)
    assert.is(started.result.state, 'started')
    assert.not((await apply(systemd, { name: `${name}.service`, state: 'started' })).changed)
    assert.ok((await apply(service, { name, state: 'restarted' })).changed)
    assert.ok((await apply(service, { name, state: 'reloaded' })).changed)
    assert.ok((await apply(service, { name, state: 'stopped' })).changed)
    assert.not((await apply(service, { name, state: 'stopped' })).changed)
  })

  test('a real init script: enabled and disabled, each once', async () => {
    const links = () => readdirSync('/etc/rc3.d').filter((link) => /^S\d\d/.test(link) && link.endsWith(name)).length
    assert.ok((await apply(service, { name, enabled: true })).changed)
    assert.is(links(), 1)
    assert.not((await apply(service, { name, enabled: true })).changed)
    assert.ok((await apply(service, { name, enabled: false })).changed)
    assert.is(links(), 0)
    assert.not((await apply(service, { name, enabled: false })).changed)
  })

  test('a service that does not stay up fails', async () => {
    writeFileSync(`${host.directory}/broken`, '')
    try {
      await apply(service, { name, state: 'started' })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /was started but does not run/)
    } finally {
      rmSync(`${host.directory}/broken`)
    }
  })

  test('a service that does not exist is a clear failure', async () => {
    const { failed } = await apply(service, { name: `${name}x`, state: 'started' }, { mustWork: false })
    assert.is(failed, `Could not find the requested service ${name}x: the host has no such init script. Did you mean ${name}?`)
  })
}

test.run()
