import {
  arg,
  type Change,
  type Context,
  defineModule,
  type Facts,
  type Plan,
  type Probe,
  probe,
  Unknown,
  type UserFact,
  z,
} from '../../src/module/index.ts'
import { known } from '../lib/known.ts'
import { keyChange } from './user/ssh-key.ts'
import { modification, removal } from './user/modify.ts'
import { creation } from './user/create.ts'
import { type Aging, homeOf } from './user/runs.ts'

const field = arg.text.refine((value) => !/[:\n]/.test(value), 'must not hold a colon or a line break')
const account = field.refine(
  (value) => /^[^-\s/,][^\s/,]*$/.test(value),
  'expected a name without spaces, slashes, commas or a leading dash',
)

const args = z.strictObject({
  name: account.meta({ description: 'Name of the user.', aliases: ['user'] }),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('present: the user exists as described; absent: it is removed.'),
  uid: arg.integer.optional().describe('Number of the user.'),
  non_unique: arg.boolean.default(false).describe('The number may belong to another user too.'),
  group: account.optional().describe('Primary group. Default for a new user: a group of the same name.'),
  groups: z
    .union([arg.list, z.null().transform(() => [])])
    .optional()
    .describe('Further groups. An empty list: none.'),
  append: arg.boolean.default(false).describe('Keep further groups that are not listed.'),
  comment: field.optional().describe('Full name or remark.'),
  shell: field.optional().describe('Login shell.'),
  home: field.optional().describe('Home directory.'),
  create_home: arg.boolean
    .default(true)
    .meta({ description: 'Make the home directory when it is missing.', aliases: ['createhome'] }),
  move_home: arg.boolean.default(false).describe('When `home` changes, move what is there.'),
  skeleton: arg.path.optional().describe('Directory whose files a new home directory gets.'),
  umask: arg.text.optional().describe('Mask for a new home directory.'),
  system: arg.boolean.default(false).describe('A new user is a system user.'),
  password: arg.text
    .refine(
      (value) => /^[!*]*$|^!*x$|^!*\$|^!*[./0-9A-Za-z]{13}$/.test(value) && value !== '',
      'expected a hash, not the password itself: "{{ password | password_hash(\'sha512\') }}"',
    )
    .refine((value) => !/[:\n]/.test(value), 'must not hold a colon or a line break')
    .optional()
    .meta({ description: "Hash of the password; '!' or '*' for none.", secret: true }),
  update_password: z.enum(['always', 'on_create']).default('always').describe('on_create: only a new user gets the password.'),
  password_lock: arg.boolean.optional().describe('Lock (or unlock) the password.'),
  password_expire_max: arg.integer.optional().describe('Days after which the password has to be changed.'),
  password_expire_min: arg.integer.optional().describe('Days for which it can not be changed again.'),
  password_expire_warn: arg.integer.optional().describe('Days before its end on which to warn.'),
  expires: arg.number.optional().describe('When the account ends, seconds since 1970; negative: never.'),
  remove: arg.boolean.default(false).describe('With absent: remove the home directory too.'),
  force: arg.boolean.default(false).describe('With absent: even while the user is logged in.'),
  generate_ssh_key: arg.boolean.default(false).describe('Make a key pair when there is none.'),
  ssh_key_type: arg.text.default('rsa').describe('Type of the key.'),
  ssh_key_bits: arg.integer.optional().describe('Length of the key. Default: by ssh-keygen.'),
  ssh_key_file: arg.path.optional().describe('Path of the private key, taken from the home directory. Default: .ssh/id_TYPE.'),
  ssh_key_comment: arg.text.optional().describe('Comment of the key. Default: ansible-generated on HOST.'),
  ssh_key_passphrase: arg.text.optional().meta({ description: 'Passphrase of the key. Default: none.', secret: true }),
  uid_min: arg.integer.optional().describe('Smallest number for a new user.'),
  uid_max: arg.integer.optional().describe('Largest number for a new user.'),
  local: arg.boolean.default(false).describe('Accepted: accounts are always changed on the host itself.'),
})

type Args = z.output<typeof args>

const userProbe = (value: Args) => probe.user({ name: value.name })
const shadowProbe = (value: Args) =>
  probe.command({ argv: ['getent', 'shadow', '--', value.name], reads: ['/etc/passwd', '/etc/shadow'], secret: true })
const homeProbe = (path: string) => probe.file({ path, follow: true })
const groupNames = (value: Args) =>
  [...(value.group === undefined ? [] : [value.group]), ...(value.groups ?? [])].filter(
    (name) => !/^\d+$/.test(name) && name !== '',
  )
const asksAging = (value: Args) =>
  [value.expires, value.password_expire_max, value.password_expire_min, value.password_expire_warn].some(
    (one) => one !== undefined,
  )

/** Home directory as it is, or will be. */
const homePath = (value: Args, user: UserFact | undefined) =>
  value.home ?? (user?.exists ? user.home : undefined) ?? homeOf(value)

function keyPath(value: Args, user: UserFact | undefined): string {
  const file = value.ssh_key_file ?? `.ssh/id_${value.ssh_key_type}`
  return file.startsWith('/') ? file : `${homePath(value, user).replace(/\/$/, '')}/${file}`
}

/** A user account. */
export default defineModule({
  name: 'user',
  summary: 'Add, change and remove users.',
  description:
    'Only what is given is looked at. A password is given as its hash and never shows on a command line, in a log or in a diff.',
  examples: `
- name: The user that the server runs as
  user:
    name: wso2carbon
    group: wso2
    shell: /usr/sbin/nologin
    home: /home/wso2carbon
    system: true

- name: One group more
  user:
    name: deploy
    groups: [docker]
    append: true
`,
  args,
  returns: {
    name: 'The user.',
    uid: 'Its number.',
    group: 'Number of its primary group.',
    groups: 'Names of its further groups, with commas.',
    home: 'Home directory.',
    shell: 'Login shell.',
    comment: 'Full name or remark.',
    state: 'present or absent.',
    ssh_key_file: 'Path of the private key, when one was asked for.',
    ssh_public_key: 'Its public half.',
  },
  observe(value, facts): Probe[] {
    const probes: Probe[] = [
      userProbe(value),
      ...groupNames(value).map((name) => probe.group({ name })),
      probe.group({ name: value.name }),
    ]
    if (value.state === 'absent') return [userProbe(value)]
    if (asksAging(value)) probes.push(shadowProbe(value))
    if (!facts.has(userProbe(value))) return probes
    const user = known(facts.get(userProbe(value)))
    if (value.create_home) probes.push(homeProbe(homePath(value, user)))
    if (value.generate_ssh_key) probes.push(homeProbe(keyPath(value, user)), publicProbe(value, user))
    return probes
  },
  plan(value, facts, context): Plan {
    const user = facts.need(userProbe(value))
    const result = resultOf(value, user)
    if (value.state === 'absent') return { changes: user.exists ? [removal(value.name, value, user)] : [], result }
    const unknownGroup = groupNames(value).find(
      (name) => known(facts.get(probe.group({ name })))?.exists === false && !(name === value.name && value.group === undefined),
    )
    if (unknownGroup !== undefined) {
      return {
        changes: [],
        failed: `Group ${unknownGroup} does not exist: make it with the group module before user ${value.name}`,
      }
    }
    const changes: Change[] = user.exists
      ? [...modification(value, user, agingOf(value, facts)), ...homeChanges(value, user, facts)]
      : creation(value, known(facts.get(probe.group({ name: value.name })))?.exists === true)
    if (value.generate_ssh_key) changes.push(...keyChanges(value, user, facts, context))
    return { changes, result: { ...result, ...keyResult(value, user, facts) } }
  },
})

const publicProbe = (value: Args, user: UserFact | undefined) =>
  probe.file({ path: `${keyPath(value, user)}.pub`, follow: true, content: true })

/** The home directory of a user who is there already. */
function homeChanges(value: Args, user: UserFact, facts: Facts): Change[] {
  const path = homePath(value, user)
  const moved = value.move_home && user.home !== undefined && user.home !== path
  // Only asked where it may be made.
  if (!value.create_home) return []
  const fact = known(facts.get(homeProbe(path)))
  if (moved || fact?.exists !== false || path === '/' || path === '/nonexistent') return []
  const makes = [{ kind: 'file', path, fact: { exists: true, type: 'directory', owner: value.name } } as const]
  return [
    {
      summary: `make the home directory ${path}`,
      actions: [
        { kind: 'mkdir', path, mode: value.umask === undefined ? 0o755 : 0o777 & ~Number.parseInt(value.umask, 8) },
        { kind: 'run', argv: ['cp', '-rT', '--', value.skeleton ?? '/etc/skel', path], complete: true },
        { kind: 'run', argv: ['chown', '-R', '--', `${value.name}:`, path], makes, complete: true },
      ],
    },
  ]
}

function keyChanges(value: Args, user: UserFact, facts: Facts, context: Context): Change[] {
  const file = keyPath(value, user)
  const fact = facts.get(homeProbe(file))
  if (!(fact instanceof Unknown) && fact.exists) return []
  const comment = value.ssh_key_comment ?? `ansible-generated on ${context.host.name}`
  return [
    keyChange({
      name: value.name,
      file,
      type: value.ssh_key_type,
      bits: value.ssh_key_bits,
      comment,
      passphrase: value.ssh_key_passphrase,
    }),
  ]
}

function keyResult(value: Args, user: UserFact, facts: Facts): Record<string, unknown> {
  if (!value.generate_ssh_key) return {}
  const fact = known(facts.get(publicProbe(value, user)))
  const text = fact?.content ? new TextDecoder().decode(fact.content).trim() : undefined
  return { ssh_key_file: keyPath(value, user), ...(text === undefined ? {} : { ssh_public_key: text }) }
}

function agingOf(value: Args, facts: Facts): Aging | undefined {
  if (!asksAging(value)) return undefined
  const fields = (known(facts.get(shadowProbe(value)))?.stdout ?? '').trim().split(':')
  return { min: fields[3] ?? '', max: fields[4] ?? '', warn: fields[5] ?? '', expires: fields[7] ?? '' }
}

function resultOf(value: Args, user: UserFact): Record<string, unknown> {
  if (value.state === 'absent') return { name: value.name, state: 'absent', force: value.force, remove: value.remove }
  const { uid, gid, home, shell, comment } = user
  return {
    name: value.name,
    state: 'present',
    uid,
    group: gid,
    groups: (value.groups ?? user.groups ?? []).join(','),
    home,
    shell,
    comment,
    append: value.append,
    move_home: value.move_home,
  }
}
