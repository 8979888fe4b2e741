/** apt, dnf and package: what apt-get says is understood, and a small package really comes and goes (as root, on Debian). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import apt from '../../../tasks/packages/apt.ts'
import dnf from '../../../tasks/packages/dnf.ts'
import package_ from '../../../tasks/packages/package.ts'
import {
  aptChanged,
  aptError,
  aptWords,
  APT_DEFAULTS,
  installError,
  notInLists,
  parseSimulation,
} from '../../../tasks/packages/apt/apt-get.ts'
import { globRegExp } from '../../../tasks/lib/glob-regexp.ts'
import { parseSpec, versionFits } from '../../../tasks/packages/specification.ts'
import { apply, localHost, parseArgs, type TestHost } from '../harness.ts'
import { lists, planned } from './planned.ts'

test('names of packages', () => {
  assert.equal(parseSpec('nginx'), { text: 'nginx', name: 'nginx', version: undefined, release: undefined })
  assert.equal(parseSpec('nginx=1.22*'), { text: 'nginx=1.22*', name: 'nginx', version: '1.22*', release: undefined })
  assert.equal(parseSpec('nginx/bookworm-backports'), {
    text: 'nginx/bookworm-backports',
    name: 'nginx',
    version: undefined,
    release: 'bookworm-backports',
  })
  assert.is((parseSpec('libc6:i386') as { name: string }).name, 'libc6:i386')
  for (const wrong of ['', '-y', 'a b', 'a;b', 'nginx-', '$(id)', 'a>=1']) assert.type(parseSpec(wrong), 'string', wrong)
})

test('versions and patterns', () => {
  assert.ok(versionFits('1.22.1-9', '1.22*'))
  assert.ok(versionFits('1.22.1-9', '1.22.1-9'))
  assert.not(versionFits('11.22', '1.22*'))
  assert.ok(globRegExp('ansible_eth[0-9]').test('ansible_eth1'))
  assert.ok(globRegExp('[!a]*.x').test('b\n.x'))
  assert.not(globRegExp('a.c').test('abc'))
})

test('what a simulation says', () => {
  const text = `NOTE: This is only a simulation!
Inst libfoo [1.0-1] (1.0-2 Debian:12.5/stable [amd64])
Inst foo (2:3.1+deb12u1 Debian:12.5/stable, Debian-Security:12/stable-security [amd64]) [bar:amd64 ]
Remv old-foo [0.9]
Purg older [0.8]
Conf libfoo (1.0-2 Debian:12.5/stable [amd64])
`
  assert.equal(parseSimulation(text), {
    install: [
      { name: 'libfoo', old: '1.0-1', version: '1.0-2' },
      { name: 'foo', old: undefined, version: '2:3.1+deb12u1' },
    ],
    remove: [
      { name: 'old-foo', old: '0.9' },
      { name: 'older', old: '0.8' },
    ],
  })
})

test('what apt-get complains about', () => {
  assert.ok(notInLists('E: Unable to locate package helo\n'))
  assert.ok(notInLists("E: Version '9' for 'hello' was not found\n"))
  assert.not(notInLists('E: Could not get lock /var/lib/dpkg/lock\n'))
  assert.is(aptError('W: x\nE: first\nE: last\n'), 'last')
  assert.match(
    installError(['helo'], 'E: Unable to locate package helo\n'),
    /^No package matching 'helo' is available: apt-get says "Unable to locate package helo"/,
  )
  assert.is(aptChanged('0 upgraded, 0 newly installed, 0 to remove and 5 not upgraded.'), false)
  assert.is(aptChanged('0 upgraded, 1 newly installed, 0 to remove and 5 not upgraded.'), true)
  assert.is(aptChanged('nothing of that kind'), undefined)
})

test('options are words of their own', () => {
  const words = aptWords(['install'], ['a', 'b=1'], {
    ...APT_DEFAULTS,
    install_recommends: false,
    default_release: 'x y',
    allow_downgrade: true,
  })
  assert.equal(words, [
    'apt-get',
    '-y',
    '-o',
    'Dpkg::Options::=--force-confdef',
    '-o',
    'Dpkg::Options::=--force-confold',
    '-o',
    'APT::Install-Recommends=no',
    '-o',
    'APT::Default-Release=x y',
    '--allow-downgrades',
    'install',
    'a',
    'b=1',
  ])
})

test('one run for all that is missing, and what it will bring', () => {
  const plan = planned(
    apt,
    { name: ['a', 'b', 'c'] },
    {
      installed: { b: '1' },
      commands: { ...lists, 'apt-get -s install a c': { stdout: 'Inst a (1 x [y])\nInst dep (2 x [y])\nInst c (3 x [y])\n' } },
    },
  )
  assert.is(plan.changes.length, 1)
  assert.is(plan.changes[0]!.summary, 'install a, c (3 packages)')
  assert.is(plan.changes[0]!.after?.text, 'a 1\nc 3\ndep 2\n')
  const [action] = plan.changes[0]!.actions
  assert.ok(
    action?.kind === 'run' &&
      action.makes?.some((effect) => effect.kind === 'package' && effect.name === 'dep' && effect.fact.installed === '2'),
  )
})

test('missing lists are fetched first', () => {
  const plan = planned(
    apt,
    { name: 'a' },
    { commands: { 'apt-get -s install a': { rc: 100, stderr: 'E: Unable to locate package a\n' } } },
  )
  assert.equal(
    plan.changes.map((change) => change.summary),
    ['update the package lists', 'install a'],
  )
})

test('update_cache without need for it changes nothing', () => {
  assert.equal(planned(apt, { name: 'a', update_cache: true }, { installed: { a: '1' }, commands: lists }).changes, [])
  assert.is(planned(apt, { update_cache: true }, { commands: lists }).changes.length, 1)
  const young = { ...lists, 'date +%s': { stdout: '1000\n' } }
  assert.is(planned(apt, { cache_valid_time: 60 }, { commands: young }).changes.length, 1, 'no time stamp: too old')
})

test('versions that are not the wanted one', () => {
  const commands = { ...lists, 'apt-get -s install a=2*': { stdout: 'Inst a [1] (2.1 x [y])\n' } }
  assert.is(planned(apt, { name: 'a=2*' }, { installed: { a: '1' }, commands }).changes.length, 1)
  assert.equal(planned(apt, { name: 'a=2*' }, { installed: { a: '2.1' }, commands }).changes, [])
})

test('a name that another package provides is there', () => {
  const rows = {
    'dpkg-query -W': { stdout: 'ii \texim4\t4\tmail-transport-agent (= 1), x\n' },
    'apt-cache policy mail-transport-agent': { stdout: '' },
  }
  assert.equal(planned(apt, { name: 'mail-transport-agent', state: 'latest' }, { commands: { ...lists, ...rows } }).changes, [])
})

test('a dependency that can not be met stops before anything is done', () => {
  const plan = planned(
    apt,
    { name: 'a' },
    {
      commands: {
        ...lists,
        'apt-get -s install a': { rc: 100, stderr: 'E: Unable to correct problems, you have held broken packages.\n' },
      },
    },
  )
  assert.equal(plan.changes, [])
  assert.match(plan.failed ?? '', /could not install a: Unable to correct problems/)
})

test('upgrade, autoremove and clean act only where something is to be done', () => {
  const none = planned(apt, { upgrade: 'dist', autoremove: true, autoclean: true, clean: true }, { commands: lists })
  assert.equal(none.changes, [])
  const some = planned(
    apt,
    { upgrade: 'dist' },
    { commands: { ...lists, 'apt-get -s dist-upgrade': { stdout: 'Inst a [1] (2 x [y])\n' } } },
  )
  assert.is(some.changes[0]!.summary, 'upgrade all packages, also where others must go (1 packages)')
})

test('package takes what the host has', () => {
  for (const [manager, words] of [
    ['apk', 'apk add --no-progress a'],
    ['zypper', 'zypper --non-interactive install -- a'],
    ['pacman', 'pacman --noconfirm -S --needed a'],
  ] as const) {
    const [change] = planned(package_, { name: 'a' }, { manager }).changes
    const [action] = change!.actions
    assert.is(action?.kind === 'run' ? action.argv?.join(' ') : '', words)
  }
  assert.match(planned(package_, { name: 'a' }, { manager: 'none' }).failed ?? '', /no package manager found/)
  assert.is(
    planned(package_, { name: 'a' }, { commands: { ...lists, 'apt-get -s install a': { stdout: 'Inst a (1 x)\n' } } }).changes
      .length,
    1,
  )
})

test('bad arguments', () => {
  for (const [module, raw, message] of [
    [apt, {}, /nothing to do/],
    [apt, { name: '-y' }, /no package name/],
    [apt, { name: 'a', deb: '/x.deb' }, /either name or deb/],
    [apt, { deb: 'https://x/y.deb' }, /get_url/],
    [dnf, { name: '--x' }, /no package name/],
    [dnf, {}, /nothing to do: give name/],
    [dnf, { autoremove: true, state: 'latest' }, /autoremove goes only with state: absent/],
    [package_, { name: '--x' }, /no package name/],
  ] as const) {
    assert.throws(
      () => parseArgs(module, raw),
      (error: Error) => message.test(error.message),
    )
  }
})

const real = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
if (real) {
  let host: TestHost
  const small = 'hello'
  const had = isInstalled(small)
  test.before(async () => {
    host = await localHost()
  })
  test.after(async () => {
    if (!had && isInstalled(small)) await apply(apt, { name: small, state: 'absent', purge: true })
    await host.close()
  })

  test('a package comes and goes, each time once', async () => {
    if (had) return
    const args = { name: [small, 'coreutils'], lock_timeout: 300 }
    const check = await apply(apt, args, { check: true })
    assert.match(check.plan.changes.at(-1)!.summary, /^install hello/)
    assert.not(isInstalled(small), 'check mode installs nothing')
    const done = await apply(apt, args)
    assert.ok(done.changed)
    assert.ok(isInstalled(small))
    assert.not((await apply(package_, args)).changed, 'package agrees')
    assert.not((await apply(apt, { name: `${small}=2.*`, lock_timeout: 300 })).changed)
    assert.ok((await apply(apt, { name: small, state: 'absent', purge: true, lock_timeout: 300 })).changed)
    assert.not(isInstalled(small))
    assert.not((await apply(package_, { name: small, state: 'absent' })).changed)
  })

  test('a file with a package', async () => {
    const none = join(host.directory, 'none.deb')
    writeFileSync(none, 'no package')
    const wrong = await apply(apt, { deb: none }, { check: true, mustWork: false })
    rmSync(none)
    assert.match(wrong.failed ?? '', /none\.deb is no package file on the host: dpkg-deb: error: .*none\.deb/)
    if (had) return
    execFileSync('apt-get', ['download', '-q', small], { cwd: host.directory, stdio: 'ignore' })
    const deb = execFileSync('sh', ['-c', 'echo *.deb'], { cwd: host.directory, encoding: 'utf8' }).trim()
    const args = { deb: join(host.directory, deb), lock_timeout: 300 }
    assert.ok((await apply(apt, args)).changed)
    assert.not((await apply(apt, args)).changed)
    assert.ok((await apply(apt, { ...args, state: 'absent' })).changed)
    assert.not(isInstalled(small))
  })

  test('a name that nobody knows', async () => {
    const run = await apply(apt, { name: 'aarun-no-such-package' }, { check: true, mustWork: false })
    assert.is(run.plan.changes.at(-1)?.summary, 'install aarun-no-such-package')
  })

  test('a virtual name that is there is not installed again', async () => {
    // Every Debian has an awk.
    assert.equal((await apply(apt, { name: 'awk' }, { check: true })).plan.changes, [])
  })
}

function isInstalled(name: string): boolean {
  try {
    return execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).startsWith('ii')
  } catch {
    return false
  }
}

test.run()
