/** user, group and getent: the commands for each argument, and what getent's answers mean. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Fact, Plan, Probe, UserFact } from '../../../src/module/index.ts'
import getent from '../../../tasks/accounts/getent.ts'
import group from '../../../tasks/accounts/group.ts'
import user from '../../../tasks/accounts/user.ts'
import { apply, localHost } from '../harness.ts'
import { planWith, runs } from '../harness/made-up.ts'

const ann: UserFact = { exists: true, uid: 1001, gid: 1001, group: 'ann', groups: [], home: '/home/ann', shell: '/bin/sh', comment: '' }

const host = await localHost()
test.after(() => host.close())

interface Answers { user?: UserFact; shadow?: string; groups?: string[]; files?: string[] }

function planned(raw: Record<string, unknown>, { user: account = { exists: false }, shadow = 'ann:x:19000:0:99999:7:::\n', groups = ['dev'], files = [] }: Answers = {}): Plan {
  return planWith(user, { name: 'ann', ...raw }, (probe: Probe): Fact => {
    if (probe.kind === 'user') return account
    if (probe.kind === 'group') return { exists: groups.includes(probe.name) }
    if (probe.kind === 'file') return { exists: files.includes(probe.path) }
    return { found: true, rc: 0, stdout: shadow, stderr: '' }
  })
}

const created: [Record<string, unknown>, string[]][] = [
  [{}, ['useradd -m -- ann']],
  [{ uid: 1, non_unique: true, create_home: false }, ['useradd -u 1 -o -M -- ann']],
  [{ expires: 86400 }, ['useradd -e 1970-01-02 -m -- ann']],
  [{ expires: -1 }, ['useradd -m -- ann']],
  [{ uid_min: 500, uid_max: 600 }, ['useradd -K UID_MIN=500 -K UID_MAX=600 -m -- ann']],
  [{ skeleton: '/etc/other', umask: '027' }, ['useradd -m -k /etc/other -K UMASK=027 -- ann']],
  [{ skeleton: '/etc/other', umask: '027', create_home: false }, ['useradd -M -- ann']],
  [{ password_lock: true }, ['useradd -m -- ann', 'usermod -L -- ann']],
  [{ password_expire_max: 90, password_expire_min: 1, password_expire_warn: 5 }, ['useradd -m -- ann', 'chage -M 90 -m 1 -W 5 -- ann']],
  [{ group: '1001' }, ['useradd -g 1001 -m -- ann']],
]
for (const [raw, wanted] of created) test(`a new user ${JSON.stringify(raw)}`, () => assert.equal(runs(planned(raw, { groups: ['dev', '1001'] })), wanted))

const changed: [Record<string, unknown>, string[], UserFact?, string?][] = [
  [{ uid: 5, non_unique: true }, ['usermod -u 5 -o -- ann']],
  [{ group: 'dev' }, ['usermod -g dev -- ann']],
  [{ group: '2000' }, ['usermod -g 2000 -- ann']],
  [{ home: '/srv/ann', create_home: false }, ['usermod -d /srv/ann -- ann']],
  [{ home: '/', create_home: false }, ['usermod -d / -- ann']],
  [{ shell: '/bin/zsh', comment: 'A', create_home: false }, ['usermod -c A -s /bin/zsh -- ann'], { exists: true }],
  [{ expires: 86400 * 2 }, ['usermod -e 1970-01-03 -- ann'], ann, 'ann:x:19000:0:99999:7::1:\n'],
  [{ expires: -1 }, ['usermod -e  -- ann'], ann, 'ann:x:19000:0:99999:7::1:\n'],
  [{ expires: 86400 }, [], ann, 'ann:x:19000:0:99999:7::1:\n'],
  [{ password_expire_max: -1 }, [], ann, 'ann:x:19000::::::\n'],
  [{ password_expire_max: 30 }, ['chage -M 30 -- ann'], ann, 'ann:x:19000::::::\n'],
  [{ password_lock: false }, ['usermod -U -- ann'], { ...ann, passwordHash: '!$6$x' }],
  [{ password_lock: true }, ['usermod -L -- ann'], { ...ann, passwordHash: '$6$x' }],
  [{ password_lock: true, password: '$6$other$y' }, ['chpasswd -e', 'usermod -L -- ann'], { ...ann, passwordHash: '$6$x' }],
  [{ groups: ['dev'], append: true }, ['usermod -G dev -- ann'], { ...ann, groups: undefined } as unknown as UserFact],
]
for (const [raw, wanted, account = ann, shadow] of changed) {
  test(`a user who is there ${JSON.stringify(raw)}`, () => assert.equal(runs(planned(raw, { user: account, groups: ['dev', '2000', 'ann'], files: ['/home/ann', '/srv/ann'], ...(shadow && { shadow }) })), wanted))
}

test('when the account expires is told in days', () => {
  const [change] = planned({ expires: -1 }, { user: ann, files: ['/home/ann'], shadow: 'ann:x:19000:0:99999:7::1:\n' }).changes
  assert.equal([change!.summary, change!.before?.text, change!.after?.text], ['change expires of user ann', 'expires: 1970-01-02\n', 'expires: never\n'])
  const [first] = planned({ expires: 0 }, { user: ann, files: ['/home/ann'] }).changes
  assert.equal([first!.before?.text, first!.after?.text], ['expires: never\n', 'expires: 1970-01-01\n'])
})

test('a home directory that is missing is made as umask says', () => {
  const mode = (raw: Record<string, unknown>) => {
    const action = planned(raw, { user: ann }).changes[0]!.actions[0]!
    return action.kind === 'mkdir' ? action.mode : undefined
  }
  assert.equal([mode({}), mode({ umask: '077' })], [0o755, 0o700])
  assert.equal(planned({ create_home: false }, { user: ann }).changes, [])
  assert.equal(planned({}, { user: { ...ann, home: '/nonexistent' } }).changes, [])
})

test('an ssh key: its kind, its length, its place and its passphrase', () => {
  const at = (raw: Record<string, unknown>) => planned({ generate_ssh_key: true, ...raw }, { user: ann, files: ['/home/ann'] }).changes[0]!.actions
  const [folder, made, owned] = at({ ssh_key_bits: 4096, ssh_key_comment: 'me' })
  assert.ok(folder?.kind === 'mkdir' && folder.path === '/home/ann/.ssh' && folder.mode === 0o700 && folder.owner === 'ann')
  assert.ok(made?.kind === 'run' && made.argv?.join(' ') === 'ssh-keygen -q -t rsa -b 4096 -C me -f /home/ann/.ssh/id_rsa')
  assert.equal([made.stdin, made.secret], ['\n\n', undefined])
  assert.ok(owned?.kind === 'attributes' && owned.owner === 'ann')
  const [top, secret] = at({ ssh_key_file: '/key', ssh_key_passphrase: 'p' })
  assert.ok(top?.kind === 'mkdir' && top.path === '/')
  assert.ok(secret?.kind === 'run' && secret.argv?.at(-1) === '/key')
  assert.equal([secret.stdin, secret.secret], ['p\np\n', true])
})

test('group: numbers, limits and force', () => {
  const at = (raw: object, fact: Fact<'group'> = { exists: false }) => runs(planWith(group, { name: 'g', ...raw }, () => fact))
  assert.equal(at({ gid: 5 }), ['groupadd -g 5 -- g'])
  assert.equal(at({ gid: 5, non_unique: true }), ['groupadd -g 5 -o -- g'])
  assert.equal(at({ gid_min: 500, gid_max: 600, system: true }), ['groupadd -r -K GID_MIN=500 -K GID_MAX=600 -- g'])
  assert.equal(at({ gid: 6, non_unique: true }, { exists: true, gid: 5 }), ['groupmod -g 6 -o -- g'])
  assert.equal(at({ state: 'absent', force: true }, { exists: true, gid: 5 }), ['groupdel -f -- g'])
})

test('getent: entries by their keys, also several of one key', async () => {
  const facts = async (raw: Record<string, unknown>) => (await apply(getent, raw)).result.ansible_facts as Record<string, Record<string, unknown>>
  const root = (await facts({ database: 'passwd', key: 'root' })).getent_passwd!
  assert.equal(root.root, ['x', '0', '0', 'root', '/root', (root.root as string[])[5]])
  assert.equal((await facts({ database: 'passwd', key: 'root', service: 'files' })).getent_passwd, root)
  assert.equal((await facts({ database: 'group', key: 'no-such-group', fail_key: false })).getent_group, { 'no-such-group': null })
  assert.ok(Array.isArray((await facts({ database: 'shadow', key: 'root' })).getent_shadow!.root))
  assert.equal((await facts({ database: 'protocols', key: 'tcp' })).getent_protocols!.tcp, ['6', 'TCP'])
  const missing = await apply(getent, { database: 'group', key: 'no-such-group' }, { mustWork: false })
  assert.match(missing.failed ?? '', /One or more supplied key could not be found in the database: no-such-group is not in group\./)
  const unknown = await apply(getent, { database: 'nosuch' }, { mustWork: false })
  assert.is(unknown.failed, 'Missing arguments, or database unknown.')

  const answered = (stdout: string, more: Partial<Fact<'command'>> = {}) => planWith(getent, { database: 'hosts' }, () => ({ found: true, rc: 0, stdout, stderr: '', ...more }))
  const { getent_hosts: hosts } = answered('1.1.1.1 a\n1.1.1.1 b c\n1.1.1.1 d\n2.2.2.2 __proto__\n__proto__ x\n').result!.ansible_facts as { getent_hosts: Record<string, unknown> }
  assert.equal(hosts['1.1.1.1'], [['a'], ['b', 'c'], ['d']])
  assert.ok(Object.hasOwn(hosts, '__proto__'))
  assert.is(answered('', { found: false, rc: 127 }).failed, 'there is no program getent on the host')
  assert.is(answered('', { rc: 3 }).failed, 'Enumeration not supported on this database: give a key.')
  assert.is(answered('', { rc: 9 }).failed, 'getent failed with return code 9')
})

test.run()
