/** apt: the commands that are planned for its states, its options and its upkeep, and what is reported. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Outcome } from '../../../src/module/index.ts'
import apt from '../../../tasks/packages/apt.ts'
import { APT_DEFAULTS, aptError, aptWords, installError } from '../../../tasks/packages/apt/apt-get.ts'
import { nameList } from '../../../tasks/packages/specification.ts'
import { parseArgs } from '../harness.ts'
import { makeFacts } from '../harness/facts.ts'
import { runs } from '../harness/made-up.ts'
import { lists, planned } from './planned.ts'

type Answers = Parameters<typeof planned>[2]

/** What apt-get is told, without the waiting around it and the options that are always there. */
const told = (raw: Record<string, unknown>, answers: Answers) =>
  runs(planned(apt, raw, answers)).map((words) => words.replace(/^script \d+ apt-get -o DPkg::Lock::Timeout=\d+ (-y )?/, '').replaceAll(/-o Dpkg::Options::=\S+ /g, ''))
const summaries = (raw: Record<string, unknown>, answers: Answers) => planned(apt, raw, answers).changes.map((change) => change.summary)
const simulated = (words: string, stdout: string) => ({ commands: { ...lists, [`apt-get -s ${words}`]: { stdout } } })

test('options are words of apt-get', () => {
  const plain = aptWords(['install'], ['a'], { ...APT_DEFAULTS, dpkg_options: '' })
  assert.equal(plain, ['apt-get', '-y', 'install', 'a'])
  for (const [options, words] of [
    [{ install_recommends: true }, ['-o', 'APT::Install-Recommends=yes']],
    [{ allow_unauthenticated: true }, ['--allow-unauthenticated']],
    [{ allow_change_held_packages: true }, ['--allow-change-held-packages']],
    [{ force: true }, ['--allow-downgrades', '--allow-change-held-packages', '--allow-remove-essential', '--allow-unauthenticated']],
    [{ only_upgrade: true, fail_on_autoremove: true }, ['--only-upgrade', '--no-remove']],
    [{ autoremove: true, purge: true }, ['--auto-remove', '--purge']],
  ] as const) {
    assert.equal(aptWords(['install'], ['a'], { ...APT_DEFAULTS, dpkg_options: '', ...options }), ['apt-get', '-y', ...words, 'install', 'a'])
  }
})

test('installed and removed are other words for present and absent', () => {
  assert.equal(told({ name: 'a', state: 'installed' }, simulated('install a', 'Inst a (1 x)\n')), ['install a'])
  const removal = { ...simulated('remove a', 'Remv a [1]\n'), installed: { a: '1' } }
  assert.equal(told({ name: 'a', state: 'removed' }, removal), ['remove a'])
  assert.equal(summaries({ name: 'a', state: 'absent' }, removal), ['remove a'])
  assert.equal(summaries({ name: 'a', state: 'absent', purge: true }, removal), ['purge a'])
})

test('latest, and only what is installed', () => {
  const newer = { ...simulated('install a', 'Inst a [1] (2 x)\n'), installed: { a: '1' } }
  assert.equal(summaries({ name: 'a', state: 'latest' }, newer), ['bring to the latest version a'])
  const same = { ...simulated('install a', ''), installed: { a: '2' } }
  assert.equal(summaries({ name: 'a', state: 'latest' }, same), [])
  assert.equal(told({ name: ['a', 'b'], state: 'latest', only_upgrade: true }, { ...newer, commands: { ...newer.commands, 'apt-get -s install a': { stdout: 'Inst a [1] (2 x)\n' } } }), ['--only-upgrade install a'])
  assert.equal(told({ name: '*', state: 'latest' }, simulated('upgrade --with-new-pkgs', 'Inst a [1] (2 x)\n')), ['upgrade --with-new-pkgs'])
})

test('patterns go by what dpkg knows', () => {
  const rows = { 'dpkg-query -W': { stdout: 'ii \tpython3-x\t1\t\nrc \tpython3-old\t1\t\nii \tother\t1\t\n' } }
  const at = (state: string, more: object = {}) =>
    told({ name: 'python3-*', state, ...more }, { commands: { ...lists, ...rows, 'apt-get -s remove': { stdout: 'Remv python3-x [1]\n' }, 'apt-get -s install python3-*': { stdout: 'Inst python3-y (1 x)\n' } } })
  assert.equal(at('absent'), ['remove python3-x'])
  assert.equal(at('absent', { purge: true }), ['--purge remove python3-x python3-old'])
  assert.equal(at('present'), [], 'one of them is there')
  assert.equal(at('latest'), ['install python3-*'])
})

test('a removal that apt-get refuses stops before anything is done', () => {
  const plan = planned(apt, { name: 'a', state: 'absent' }, { installed: { a: '1' }, commands: { 'apt-get -s remove a': { rc: 100, stderr: 'E: Held packages were changed\n' } } })
  assert.equal(plan.changes, [])
  assert.is(plan.failed, 'apt-get could not remove a: Held packages were changed')
})

test('upgrades, repairs and what building needs', () => {
  const one = 'Inst x [1] (2 y)\n'
  assert.equal(told({ upgrade: true }, simulated('upgrade --with-new-pkgs', one)), ['upgrade --with-new-pkgs'])
  assert.equal(told({ upgrade: 'safe', autoremove: true }, simulated('upgrade --with-new-pkgs', one)), ['--auto-remove upgrade --with-new-pkgs'])
  assert.equal(told({ upgrade: 'full' }, simulated('dist-upgrade', one)), ['dist-upgrade'])
  assert.equal(told({ state: 'fixed' }, simulated('install --fix-broken', one)), ['install --fix-broken'])
  assert.equal(told({ state: 'build-dep', name: ['a', 'b'] }, simulated('build-dep a b', one)), ['build-dep a b'])
  assert.equal(summaries({ state: 'build-dep', name: 'a' }, simulated('build-dep a', one)), ['install what building a needs (1 packages)'])
  assert.equal(told({ autoremove: true }, simulated('autoremove', 'Remv x [1]\n')), ['autoremove'])
  assert.equal(told({ autoremove: true }, simulated('autoremove', '')), [])
  const refused = { commands: { ...lists, 'apt-get -s dist-upgrade': { rc: 100, stderr: 'E: broken\n' } } }
  assert.is(planned(apt, { upgrade: 'dist' }, refused).failed, "apt-get can't upgrade all packages, also where others must go: broken")
})

test('lists that are to be fetched come before an upgrade, which then can not be foreseen', () => {
  const expected = ['update the package lists', 'upgrade all packages']
  assert.equal(summaries({ upgrade: 'yes', update_cache: true }, { commands: lists }), expected)
  assert.equal(summaries({ name: 'a', upgrade: 'yes', update_cache: true }, { installed: { a: '1' }, commands: lists }), expected)
})

test('the cache is emptied where something is in it', () => {
  const archives = { 'find /var/cache/apt/archives': { stdout: '/var/cache/apt/archives/a.deb\n' } }
  const outdated = { 'apt-get -s autoclean': { stdout: 'Reading package lists...\nDel a 1 [3 kB]\n' } }
  assert.equal(told({ clean: true }, { commands: archives }), ['clean'])
  assert.equal(told({ autoclean: true }, { commands: outdated }), ['autoclean'])
  assert.equal(told({ autoclean: true, clean: true }, { commands: { ...archives, ...outdated } }), ['clean'], 'nothing is left to be outdated')
  assert.equal(told({ autoclean: true, clean: true }, { commands: outdated }), [])
})

test('a package file: by its name and version', () => {
  const info = { 'dpkg-deb -W /x/a.deb': { stdout: 'a\t2\n'.trim() } }
  const at = (raw: object, installed?: string) => told({ deb: '/x/a.deb', ...raw }, { ...(installed ? { installed: { a: installed } } : {}), commands: info })
  assert.equal(at({}), ['install /x/a.deb'])
  assert.equal(at({}, '1'), ['install /x/a.deb'])
  assert.equal(at({}, '2'), [])
  assert.equal(at({ state: 'absent' }), [])
  assert.equal(at({ state: 'absent' }, '1'), ['remove a'])
  assert.equal(told({ name: './a.deb' }, { commands: { 'dpkg-deb -W ./a.deb': { stdout: 'a\t2' } } }), ['install ././a.deb'], 'apt-get takes it for a file')
  assert.is(planned(apt, { deb: '/x/a.deb' }, { commands: { 'dpkg-deb -W': { rc: 2, stderr: 'dpkg-deb: error: no such file\n' } } }).failed, '/x/a.deb is no package file on the host: dpkg-deb: error: no such file')
})

test('what the run did is reported', () => {
  const report = (raw: Record<string, unknown>, outcomes: Outcome[]) => apt.report!(parseArgs(apt, raw) as never, outcomes, makeFacts(), undefined as never)
  const ran = (stdout: string): Outcome => ({ ok: true, rc: 0, stdout, stderr: '' })
  const stamped: Outcome = { ok: true }
  const nothing = '0 upgraded, 0 newly installed, 0 to remove and 5 not upgraded.\n'
  const some = '0 upgraded, 1 newly installed, 0 to remove and 5 not upgraded.\n'
  assert.is(report({ name: 'a' }, [ran(some)]).result['cache_updated'], false)
  assert.is(report({ name: 'a' }, [ran('Hit:1 x\n'), stamped, ran(some)]).result['cache_updated'], true)
  assert.is(report({ update_cache: true }, [ran('Hit:1 x\n'), stamped]).result['cache_updated'], true)
  assert.is(report({ name: 'a', cache_valid_time: 60, deb: undefined }, [ran(some), ran(some)]).result['cache_updated'], false, 'the lists were new enough')
  assert.is(report({ name: 'a' }, [ran('Hit:1 x\n'), stamped, ran(nothing)]).changed, false, 'only looked')
  assert.is(report({ name: 'a' }, [ran(some)]).changed, undefined)
  assert.match(report({ name: 'a' }, [{ ok: false, rc: 100, stdout: '', stderr: 'E: Unable to locate package a\n' }]).failed ?? '', /No package matching 'a'/)
  assert.is(report({ upgrade: 'yes' }, [{ ok: false, rc: 100, stdout: '', stderr: 'E: no space\n' }]).failed, 'apt-get failed: no space')
})

test('what apt-get complains about, and long lists', () => {
  assert.is(aptError(''), 'apt-get failed and said nothing')
  assert.is(aptError('only this\n'), 'only this')
  assert.match(installError(['a'], "E: Package 'a' has no installation candidate\n"), /^No package matching 'a' is available/)
  assert.is(nameList([...'abcdefgh']), 'a, b, c, d, e, f, g, h')
  assert.is(nameList([...'abcdefghij']), 'a, b, c, d, e, f, g, h and 2 more')
})

test.run()
