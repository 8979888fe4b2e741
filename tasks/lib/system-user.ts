/** User accounts: what differs, and the programs that change it. */
import type { Change, Effect, RunAction, UserFact } from '../../src/module/index.ts'

export interface UserRequest {
  name: string
  uid?: number
  non_unique: boolean
  group?: string
  groups?: string[]
  append: boolean
  home?: string
  create_home: boolean
  move_home: boolean
  skeleton?: string
  umask?: string
  shell?: string
  comment?: string
  system: boolean
  password?: string
  update_password: 'always' | 'on_create'
  password_lock?: boolean
  expires?: number
  password_expire_max?: number
  password_expire_min?: number
  password_expire_warn?: number
  uid_min?: number
  uid_max?: number
}

/** Fields of /etc/shadow that are no part of the user fact. Days, as text; empty: not set. */
export interface Aging {
  min: string
  max: string
  warn: string
  expires: string
}

const DAY = 86_400

/** `useradd`, and what it can't do itself. `ownGroup`: a group of the user's name is there already. */
export function creation(request: UserRequest, ownGroup: boolean): Change[] {
  const words = ['useradd']
  if (request.uid !== undefined) words.push('-u', String(request.uid))
  if (request.non_unique && request.uid !== undefined) words.push('-o')
  if (request.group !== undefined) words.push('-g', request.group)
  else if (ownGroup) words.push('-N', '-g', request.name)
  if (request.groups && request.groups.length > 0) words.push('-G', request.groups.join(','))
  if (request.comment !== undefined) words.push('-c', request.comment)
  if (request.home !== undefined) words.push('-d', request.home)
  if (request.shell !== undefined) words.push('-s', request.shell)
  if (request.system) words.push('-r')
  if (request.expires !== undefined && request.expires >= 0) words.push('-e', dateOf(request.expires))
  if (request.uid_min !== undefined) words.push('-K', `UID_MIN=${request.uid_min}`)
  if (request.uid_max !== undefined) words.push('-K', `UID_MAX=${request.uid_max}`)
  if (request.create_home) {
    words.push('-m')
    if (request.skeleton !== undefined) words.push('-k', request.skeleton)
    if (request.umask !== undefined) words.push('-K', `UMASK=${request.umask}`)
  } else {
    words.push('-M')
  }
  words.push('--', request.name)
  const fact: Partial<UserFact> = {
    exists: true,
    uid: request.uid,
    group:
      request.group !== undefined && !/^\d+$/.test(request.group)
        ? request.group
        : request.group === undefined
          ? request.name
          : undefined,
    groups: request.groups ?? [],
    home: homeOf(request),
    shell: request.shell,
    comment: request.comment ?? '',
    passwordHash: request.password ?? '!',
  }
  const makes: Effect[] = [
    { kind: 'user', name: request.name, fact: defined(fact) },
    { kind: 'touched', resource: '/etc/passwd', reason: `the user ${request.name} is made by then` },
  ]
  if (request.group === undefined && !ownGroup)
    makes.push({ kind: 'group', name: request.name, fact: { exists: true, members: [] } })
  if (request.create_home)
    makes.push({ kind: 'file', path: homeOf(request), fact: { exists: true, type: 'directory', owner: request.name } })
  const actions: RunAction[] = [{ kind: 'run', argv: words, makes, complete: true }]
  if (request.password !== undefined) actions.push(setPassword(request.name, request.password))
  if (request.password_lock) actions.push(lock(request.name, true))
  const aging = agingWords(request)
  if (aging.length > 0) actions.push(accountRun(['chage', ...aging, '--', request.name], request.name))
  return [
    {
      summary: `add user ${request.name}`,
      before: { label: request.name, text: '' },
      after: { label: request.name, text: describe(request) },
      actions,
    },
  ]
}

/** The one `usermod` for all that differs, and passwords apart. */
export function modification(request: UserRequest, user: UserFact, aging: Aging | undefined): Change[] {
  const words: string[] = []
  const makes: Partial<UserFact> = {}
  const before: string[] = []
  const after: string[] = []
  const differ = (label: string, was: string, is: string) => {
    before.push(`${label}: ${was}\n`)
    after.push(`${label}: ${is}\n`)
  }
  if (request.uid !== undefined && user.uid !== request.uid) {
    words.push('-u', String(request.uid), ...(request.non_unique ? ['-o'] : []))
    makes.uid = request.uid
    differ('uid', String(user.uid), String(request.uid))
  }
  if (request.group !== undefined && !isGroup(request.group, user)) {
    words.push('-g', request.group)
    if (/^\d+$/.test(request.group)) makes.gid = Number(request.group)
    else makes.group = request.group
    differ('group', user.group ?? String(user.gid), request.group)
  }
  const groups = wantedGroups(request, user)
  if (groups) {
    words.push('-G', groups.join(','))
    makes.groups = groups
    differ('groups', [...(user.groups ?? [])].sort().join(','), groups.join(','))
  }
  for (const [name, option] of [
    ['comment', '-c'],
    ['shell', '-s'],
  ] as const) {
    const wanted = request[name]
    if (wanted === undefined || wanted === (user[name] ?? '')) continue
    words.push(option, wanted)
    makes[name] = wanted
    differ(name, user[name] ?? '', wanted)
  }
  const moves: Effect[] = []
  if (request.home !== undefined && trimSlash(request.home) !== trimSlash(user.home ?? '')) {
    words.push('-d', request.home, ...(request.move_home ? ['-m'] : []))
    makes.home = request.home
    differ('home', user.home ?? '', request.home)
    if (request.move_home && user.home) {
      moves.push(
        { kind: 'file', path: user.home, fact: { exists: false } },
        { kind: 'file', path: request.home, fact: { exists: true, type: 'directory', owner: request.name } },
      )
    }
  }
  if (aging && request.expires !== undefined && aging.expires !== expiryDays(request.expires)) {
    words.push('-e', request.expires < 0 ? '' : dateOf(request.expires))
    differ(
      'expires',
      aging.expires === '' ? 'never' : dateOf(Number(aging.expires) * DAY),
      request.expires < 0 ? 'never' : dateOf(request.expires),
    )
  }
  const changes: Change[] = []
  if (words.length > 0) {
    changes.push({
      summary: `change ${before.map((line) => line.split(':')[0]).join(', ')} of user ${request.name}`,
      before: { label: request.name, text: before.join('') },
      after: { label: request.name, text: after.join('') },
      actions: [accountRun(['usermod', ...words, '--', request.name], request.name, makes, moves)],
    })
  }
  return [...changes, ...passwordChanges(request, user), ...agingChanges(request, aging)]
}

export function removal(name: string, options: { remove: boolean; force: boolean }, user: UserFact): Change {
  const words = ['userdel', ...(options.force ? ['-f'] : []), ...(options.remove ? ['-r'] : []), '--', name]
  const home: Effect[] = options.remove && user.home ? [{ kind: 'file', path: user.home, fact: { exists: false } }] : []
  return {
    summary: `remove user ${name}${options.remove ? ' and the home directory' : ''}`,
    // 12: the home directory could not be removed, because there is none.
    actions: [{ ...accountRun(words, name, { exists: false }, home), success: options.remove ? [0, 12] : [0] }],
  }
}

/** Where the home directory is, or will be. */
export const homeOf = (request: Pick<UserRequest, 'home' | 'name'>) => request.home ?? `/home/${request.name}`

function passwordChanges(request: UserRequest, user: UserFact): Change[] {
  const changes: Change[] = []
  const hash = user.passwordHash ?? ''
  const wanted = request.update_password === 'always' ? request.password : undefined
  const open = (text: string) => text.replace(/^!/, '')
  const replaced = wanted !== undefined && (request.password_lock === undefined ? wanted !== hash : open(wanted) !== open(hash))
  if (replaced)
    changes.push({ summary: `set the password of user ${request.name}`, actions: [setPassword(request.name, wanted)] })
  if (request.password_lock !== undefined) {
    const locked = (replaced ? wanted : hash).startsWith('!')
    if (locked !== request.password_lock) {
      changes.push({
        summary: `${request.password_lock ? 'lock' : 'unlock'} the password of user ${request.name}`,
        actions: [lock(request.name, request.password_lock)],
      })
    }
  }
  return changes
}

function agingChanges(request: UserRequest, aging: Aging | undefined): Change[] {
  if (!aging) return []
  const words = agingWords(request, aging)
  return words.length > 0
    ? [
        {
          summary: `change how the password of user ${request.name} ages`,
          actions: [accountRun(['chage', ...words, '--', request.name], request.name)],
        },
      ]
    : []
}

function agingWords(request: UserRequest, aging?: Aging): string[] {
  const options = [
    ['-M', request.password_expire_max, aging?.max],
    ['-m', request.password_expire_min, aging?.min],
    ['-W', request.password_expire_warn, aging?.warn],
  ] as const
  return options.flatMap(([option, wanted, is]) =>
    wanted === undefined || String(wanted) === (is === '' ? '-1' : is) ? [] : [option, String(wanted)],
  )
}

/** undefined: they are as asked for. */
function wantedGroups(request: UserRequest, user: UserFact): string[] | undefined {
  if (request.groups === undefined) return undefined
  const current = (user.groups ?? []).filter((name) => name !== user.group)
  const primary = request.group ?? user.group
  const asked = request.groups.filter((name) => name !== '' && name !== primary)
  const wanted = [...new Set(request.append ? [...current, ...asked] : asked)].sort()
  return wanted.join() === [...current].sort().join() ? undefined : wanted
}

const isGroup = (group: string, user: UserFact) => group === user.group || (/^\d+$/.test(group) && Number(group) === user.gid)

/** The hash goes by standard input, where no list of processes shows it. */
const setPassword = (name: string, hash: string): RunAction => ({
  ...accountRun(['chpasswd', '-e'], name, { passwordHash: hash }),
  stdin: `${name}:${hash}\n`,
  secret: true,
})

const lock = (name: string, on: boolean): RunAction => accountRun(['usermod', on ? '-L' : '-U', '--', name], name)

function accountRun(argv: string[], name: string, fact: Partial<UserFact> = {}, more: Effect[] = []): RunAction {
  const makes: Effect[] = [
    { kind: 'user', name, fact },
    { kind: 'touched', resource: '/etc/passwd', reason: `the user ${name} is changed by then` },
    ...more,
  ]
  return { kind: 'run', argv, makes, complete: true }
}

function describe(request: UserRequest): string {
  const rows = {
    uid: request.uid,
    group: request.group,
    groups: request.groups?.join(','),
    home: request.create_home ? homeOf(request) : request.home,
    shell: request.shell,
    comment: request.comment,
  }
  return (
    Object.entries(rows)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join('') || `name: ${request.name}\n`
  )
}

const trimSlash = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path)
const dateOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)
const expiryDays = (seconds: number) => (seconds < 0 ? '' : String(Math.floor(seconds / DAY)))
const defined = <T extends object>(fact: T): T =>
  Object.fromEntries(Object.entries(fact).filter(([, value]) => value !== undefined)) as T
