/** user and group: plans, and real accounts of a name of their own (as root), removed afterwards. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact, Probe, UserFact } from '../../../src/module/index.ts'
import group from '../../../tasks/accounts/group.ts'
import user from '../../../tasks/accounts/user.ts'
import { apply, localHost, parseArgs, type TestHost } from '../harness.ts'
import { planWith, runs } from '../harness/made-up.ts'

const HASH = `$6$abcdefgh$${'x'.repeat(86)}`
const ann: UserFact = {
  exists: true,
  uid: 1001,
  gid: 1001,
  group: 'ann',
  groups: ['audio', 'video'],
  home: '/home/ann',
  shell: '/bin/sh',
  comment: 'Ann',
  passwordHash: HASH,
}

function plan(raw: Record<string, unknown>, fact: UserFact, groups: string[] = ['audio', 'video', 'dev', 'ann']) {
  return planWith(user, { name: 'ann', ...raw }, (probe: Probe): Fact => {
    if (probe.kind === 'user') return fact
    if (probe.kind === 'group') return { exists: groups.includes(probe.name) }
    if (probe.kind === 'file') return { exists: true, type: 'directory' }
    return { found: true, rc: 0, stdout: `ann:${HASH}:19000:0:99999:7:::\n`, stderr: '' }
  })
}

const table: [Record<string, unknown>, string[]][] = [
  [{}, []],
  [{ uid: 1001, group: 'ann', shell: '/bin/sh', comment: 'Ann', home: '/home/ann/' }, []],
  [{ group: '1001' }, []],
  [{ uid: 1002, comment: "it's; $(x)" }, [`usermod -u 1002 -c it's; $(x) -- ann`]],
  [{ groups: 'video,audio' }, []],
  [{ groups: ['audio'], append: true }, []],
  [{ groups: ['dev'], append: true }, ['usermod -G audio,dev,video -- ann']],
  [{ groups: ['dev'] }, ['usermod -G dev -- ann']],
  [{ groups: [] }, ['usermod -G  -- ann']],
  [{ groups: ['ann', 'audio', 'video'] }, []],
  [{ create_home: false, home: '/home/ann' }, []],
  [{ home: '/srv/ann', move_home: true }, ['usermod -d /srv/ann -m -- ann']],
  [{ password: HASH }, []],
  [{ password: '$6$other$y', update_password: 'on_create' }, []],
  [{ password: '$6$other$y' }, ['chpasswd -e']],
  [{ password_lock: true }, ['usermod -L -- ann']],
  [{ password_lock: false }, []],
  [{ password_lock: true, password: HASH }, ['usermod -L -- ann']],
  [{ expires: 86400 }, ['usermod -e 1970-01-02 -- ann']],
  [{ expires: -1 }, []],
  [{ password_expire_max: 99999, password_expire_min: 1 }, ['chage -m 1 -- ann']],
  [{ state: 'absent' }, ['userdel -- ann']],
  [{ state: 'absent', remove: true, force: true }, ['userdel -f -r -- ann']],
]
for (const [raw, wanted] of table) test(`user ${JSON.stringify(raw)}`, () => assert.equal(runs(plan(raw, ann)), wanted))

test('a new user: one useradd, the password by standard input', () => {
  const made = plan(
    { uid: 1, group: 'dev', groups: ['audio'], password: HASH, system: true, create_home: false, shell: '/bin/false' },
    { exists: false },
  )
  assert.equal(runs(made), ['useradd -u 1 -g dev -G audio -s /bin/false -r -M -- ann', 'chpasswd -e'])
  assert.not(JSON.stringify(made.changes.map(({ summary, before, after }) => [summary, before, after])).includes(HASH))
  const action = made.changes[0]!.actions[1]!
  assert.ok(action.kind === 'run' && action.secret === true && action.stdin === `ann:${HASH}\n`)
  assert.match(runs(plan({}, { exists: false }))[0]!, /-N -g ann/, 'a group of that name is there already')
})

test('a group that is missing is named before anything is done', () => {
  const { failed, changes } = plan({ groups: ['nope'] }, ann)
  assert.match(failed ?? '', /Group nope does not exist/)
  assert.equal(changes, [])
})

test('bad arguments', () => {
  for (const [raw, message] of [
    [{ name: '-x' }, /expected a name/],
    [{ name: 'a b' }, /expected a name/],
    [{ name: 'a', comment: 'x:y' }, /colon/],
    [{ name: 'a', password: 'secret' }, /expected a hash/],
  ] as const) {
    assert.throws(
      () => parseArgs(user, raw),
      (error: Error) => message.test(error.message) && !error.message.includes('secret'),
    )
  }
  assert.throws(() => parseArgs(group, { name: 'a', non_unique: true }), /needs a gid/)
})

if (process.getuid?.() === 0) {
  const name = `aarun-t-${process.pid % 100000}`
  const other = `${name}b`
  let host: TestHost
  const quietly = (argv: string[]) => {
    try {
      execFileSync(argv[0]!, argv.slice(1), { stdio: 'ignore' })
    } catch {
      // It was not there.
    }
  }
  test.before(async () => {
    host = await localHost()
  })
  test.after(async () => {
    quietly(['userdel', '-r', name])
    for (const one of [name, other]) quietly(['groupdel', one])
    await host.close()
  })

  test('a real group: added, renumbered, removed, each once', async () => {
    assert.ok((await apply(group, { name: other }, { check: true })).changed)
    assert.ok((await apply(group, { name: other, system: true })).changed)
    const again = await apply(group, { name: other })
    assert.not(again.changed)
    const gid = Number(again.result.gid) + 20000
    assert.ok((await apply(group, { name: other, gid })).changed)
    assert.is((await apply(group, { name: other, gid })).result.gid, gid)
    assert.ok((await apply(group, { name: other, state: 'absent' })).changed)
    assert.not((await apply(group, { name: other, state: 'absent' })).changed)
    await apply(group, { name: other })
  })

  test('a real user: added, changed in one go, removed, each once', async () => {
    const home = join(host.directory, 'home of it')
    const first = { name, group: other, comment: "O'Neil $(id) {{ x }}", home, shell: '/bin/sh', password: HASH }
    const check = await apply(user, first, { check: true })
    assert.ok(check.changed)
    const made = await apply(user, first)
    assert.ok(made.changed)
    assert.is(made.result.comment, "O'Neil $(id) {{ x }}")
    assert.ok(statSync(home).isDirectory())
    assert.match(readFileSync('/etc/shadow', 'utf8'), new RegExp(`^${name}:${HASH.replace(/\$/g, '\\$')}:`, 'm'))
    assert.not((await apply(user, first)).changed)
    const second = {
      ...first,
      group: undefined,
      groups: [other, 'audio'],
      append: true,
      comment: 'b',
      password_lock: true,
      expires: 4102444800,
      password_expire_max: 90,
    }
    delete second.group
    assert.ok((await apply(user, second)).changed)
    assert.not((await apply(user, second)).changed)
    rmSync(home, { recursive: true })
    const again = await apply(user, { ...second, generate_ssh_key: true, ssh_key_type: 'ed25519', ssh_key_passphrase: 'a b$c' })
    assert.ok(again.changed)
    assert.match(String(again.result.ssh_public_key), /^ssh-ed25519 /)
    assert.is(statSync(`${home}/.ssh/id_ed25519`).uid, Number(again.result.uid))
    assert.is(statSync(`${home}/.ssh/id_ed25519`).mode & 0o777, 0o600)
    assert.is(
      execFileSync('ssh-keygen', ['-y', '-P', 'a b$c', '-f', `${home}/.ssh/id_ed25519`], { encoding: 'utf8' }).slice(0, 12),
      'ssh-ed25519 ',
    )
    assert.ok(existsSync(`${home}/.profile`), 'files of the skeleton')
    assert.ok((await apply(user, { name, state: 'absent', remove: true })).changed)
    assert.not(existsSync(home))
    assert.not((await apply(user, { name, state: 'absent', remove: true })).changed)
  })

  test('a home directory moves with what is in it', async () => {
    const [from, to] = [join(host.directory, 'from'), join(host.directory, 'to')]
    await apply(user, { name, home: from })
    mkdirSync(join(from, 'sub'), { recursive: true })
    writeFileSync(join(from, 'sub/file'), 'x')
    assert.ok((await apply(user, { name, home: to, move_home: true })).changed)
    assert.is(readFileSync(join(to, 'sub/file'), 'utf8'), 'x')
    assert.not(existsSync(from))
    await apply(user, { name, state: 'absent', remove: true })
  })
}

test.run()
