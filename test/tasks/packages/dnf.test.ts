/** dnf, and package with dnf and with managers that need only three commands: the commands that are planned. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import dnf from '../../../tasks/packages/dnf.ts'
import { dnfError } from '../../../tasks/packages/dnf/plan.ts'
import package_ from '../../../tasks/packages/package.ts'
import { runs } from '../harness/made-up.ts'
import { planned } from './planned.ts'

test('dnf: present, latest and absent', () => {
  const base = { manager: 'dnf', installed: { b: '1' } }
  const missing = { commands: { 'rpm -q --whatprovides': { rc: 1 } } }
  assert.equal(
    planned(dnf, { name: ['a', 'b'] }, { ...base, ...missing }).changes.map((change) => change.summary),
    ['install a'],
  )
  assert.equal(planned(dnf, { name: ['a', 'b'] }, base).changes, [], 'a is provided by something')
  const upgrade = {
    commands: {
      'rpm -q --whatprovides': { rc: 1 },
      'dnf --assumeno upgrade b': { rc: 1, stdout: 'Upgrading: b\nOperation aborted.' },
    },
  }
  assert.equal(
    planned(dnf, { name: ['a', 'b'], state: 'latest' }, { ...base, ...upgrade }).changes.map((change) => change.summary),
    ['install a', 'upgrade b'],
  )
  const nothing = { commands: { 'dnf --assumeno upgrade': { stdout: 'Nothing to do.' } } }
  assert.equal(planned(dnf, { name: '*', state: 'latest' }, { ...base, ...nothing }).changes, [])
  assert.equal(
    planned(dnf, { name: ['a', 'b'], state: 'absent' }, base).changes.map((change) => change.summary),
    ['remove b'],
  )
})

const absent = { manager: 'dnf', commands: { 'rpm -q --whatprovides': { rc: 1 } } }

test('dnf: each option is a word of its own', () => {
  for (const [options, words] of [
    [{ enablerepo: 'epel', disablerepo: 'updates', exclude: ['kernel', 'b'] }, '--enablerepo=epel --disablerepo=updates --exclude=kernel --exclude=b'],
    [{ conf_file: '/etc/my.conf' }, '-c /etc/my.conf'],
    [{ installroot: '/mnt' }, '--installroot=/mnt'],
    [{ releasever: '9' }, '--releasever=9'],
    [{ disable_gpg_check: true }, '--nogpgcheck'],
    [{ validate_certs: false }, '--setopt=sslverify=False'],
    [{ sslverify: false }, '--setopt=sslverify=False'],
    [{ install_weak_deps: false }, '--setopt=install_weak_deps=False'],
    [{ allowerasing: true, nobest: true, skip_broken: true }, '--allowerasing --nobest --skip-broken'],
    [{ security: true, bugfix: true, cacheonly: true }, '--security --bugfix --cacheonly'],
  ] as const) {
    assert.equal(runs(planned(dnf, { name: 'a', ...options }, absent)), [`dnf -y ${words} install a`])
  }
  assert.equal(runs(planned(dnf, { name: 'a', update_cache: true }, absent)), ['dnf -y --refresh install a'])
})

test('dnf: groups, files and patterns are judged by dnf itself', () => {
  const open = { rc: 1, stdout: 'Install  3 Packages\nOperation aborted.' }
  const base = { manager: 'dnf', commands: { 'dnf --assumeno': open } }
  assert.equal(runs(planned(dnf, { name: ['@core', '/tmp/a.rpm'] }, base)), ['dnf -y install @core /tmp/a.rpm'])
  assert.equal(runs(planned(dnf, { name: ['@core', 'b'], state: 'latest' }, { ...base, installed: { b: '1' } })), ['dnf -y install @core', 'dnf -y upgrade b'])
  assert.equal(runs(planned(dnf, { name: '*', state: 'latest' }, base)), ['dnf -y upgrade'])
  assert.equal(runs(planned(dnf, { name: ['python3-*'], state: 'removed' }, base)), ['dnf -y remove python3-*'])
  const nothing = { manager: 'dnf', commands: { 'dnf --assumeno': { stdout: 'No packages marked for removal.\nNothing to do.' } } }
  assert.equal(planned(dnf, { name: ['python3-*'], state: 'absent' }, nothing).changes, [])
})

test('dnf: autoremove without names removes what nothing needs', () => {
  const some = { manager: 'dnf', commands: { 'dnf --assumeno autoremove': { rc: 1, stdout: 'Removing: x' } } }
  const plan = planned(dnf, { autoremove: true }, some)
  assert.equal(runs(plan), ['dnf -y autoremove'])
  assert.is(plan.changes[0]!.summary, 'remove packages that nothing needs any more')
  const none = { manager: 'dnf', commands: { 'dnf --assumeno autoremove': { stdout: 'Nothing to do.' } } }
  assert.equal(planned(dnf, { autoremove: true }, none).changes, [])
  assert.equal(runs(planned(dnf, { name: 'b', autoremove: true }, { manager: 'dnf', installed: { b: '1' } })), ['dnf -y remove b'])
})

test('dnf: installed and removed are other words for present and absent', () => {
  assert.equal(runs(planned(dnf, { name: 'a', state: 'installed' }, absent)), ['dnf -y install a'])
  assert.equal(runs(planned(dnf, { name: 'a', state: 'removed' }, { manager: 'dnf', installed: { a: '1' } })), ['dnf -y remove a'])
})

test('dnf: update_only leaves alone what is not installed', () => {
  const commands = { 'rpm -q --whatprovides': { rc: 1 }, 'dnf --assumeno upgrade b': { rc: 1, stdout: 'Upgrading: b' } }
  const base = { manager: 'dnf', installed: { b: '1' }, commands }
  assert.equal(runs(planned(dnf, { name: ['a', 'b'], state: 'latest', update_only: true }, base)), ['dnf -y upgrade b'])
  assert.equal(planned(dnf, { name: 'a', state: 'latest', update_only: true }, base).changes, [])
  assert.equal(runs(planned(dnf, { name: 'a', state: 'present', update_only: true }, base)), ['dnf -y install a'], 'only latest knows it')
})

test('what dnf complains about', () => {
  assert.is(dnfError('Error: Unable to find a match: nope\n', ''), 'Error: Unable to find a match: nope')
  assert.is(dnfError('', 'No match for argument: nope\n'), 'No match for argument: nope')
  assert.is(dnfError('first\nsomething else\n', 'x\n'), 'something else')
  const report = dnf.report!({} as never, [{ ok: true, rc: 0, stdout: 'a\n' }, { ok: false, rc: 1, stdout: '', stderr: 'Error: no space\n' }], undefined as never, undefined as never)
  assert.equal(report, { result: { stdout: 'a\n', stdout_lines: ['a'], rc: 1 }, failed: 'Error: no space' })
})

test('package: use names the manager, whatever the host has', () => {
  for (const [use, words] of [['dnf', 'dnf -y install a'], ['dnf5', 'dnf -y install a'], ['yum', 'yum -y install a'], ['pacman', 'pacman --noconfirm -S --needed a']] as const) {
    assert.equal(runs(planned(package_, { name: 'a', use }, absent)), [words])
  }
  assert.equal(runs(planned(package_, { name: 'a' }, absent)), ['dnf -y install a'])
  assert.equal(runs(planned(package_, { name: 'a' }, { ...absent, manager: 'yum' })), ['yum -y install a'])
  assert.match(planned(package_, { name: 'a b' }, { manager: 'apt' }).failed ?? '', /a b/)
})

test('package: latest, absent and fresh lists with apk, zypper and pacman', () => {
  const table = [
    ['apk', 'apk update', 'apk add --no-progress --upgrade b', 'apk del --no-progress b', 'apk version -q -l <', 'b-1.2-r3\n'],
    ['zypper', 'zypper --non-interactive refresh', 'zypper --non-interactive update -- b', 'zypper --non-interactive remove -- b', 'zypper list-updates', 'v | main | b | 1 | 2\n'],
    ['pacman', 'pacman --noconfirm -Sy', 'pacman --noconfirm -S --needed b', 'pacman --noconfirm -R b', 'pacman -Qu', 'b 1 -> 2\n'],
  ] as const
  for (const [manager, refresh, upgrade, remove, outdated, listing] of table) {
    const base = { manager, installed: { b: '1' } }
    const newer = { ...base, commands: { [outdated]: { stdout: listing } } }
    assert.equal(runs(planned(package_, { name: 'b', state: 'installed' }, base)), [], manager)
    assert.equal(runs(planned(package_, { name: 'b', state: 'latest' }, base)), [], manager)
    assert.equal(runs(planned(package_, { name: 'b', state: 'latest' }, newer)), [upgrade])
    assert.is(planned(package_, { name: 'b', state: 'latest' }, newer).changes[0]!.summary, 'upgrade b')
    assert.equal(runs(planned(package_, { name: ['b', 'c'], state: 'removed' }, base)), [remove])
    assert.is(runs(planned(package_, { name: 'a', update_cache: true }, base))[0], refresh)
    assert.equal(runs(planned(package_, { name: 'b', state: 'absent', update_cache: true }, base)), [remove])
  }
})

test('package says what its manager said', () => {
  const report = (stderr: string, stdout = '') => package_.report!({ name: ['a'] } as never, [{ ok: false, rc: 1, stdout, stderr }], undefined as never, undefined as never).failed
  assert.match(report('E: Unable to locate package a\n') ?? '', /No package matching 'a' is available/)
  assert.is(report('Error: Unable to find a match: a\n'), 'Error: Unable to find a match: a')
  assert.is(report('', 'ERROR: unable to select packages\n'), 'ERROR: unable to select packages')
  assert.is(report('', '\n'), 'the package manager failed and said nothing')
})

test.run()
