/** User accounts: what differs from an account that is there, and the programs that change it. */
import type { Change, Effect, UserFact } from '../../../src/module/index.ts'
import { accountRun, type Aging, agingWords, DAY, dateOf, lock, setPassword, type UserRequest } from './runs.ts'

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

const trimSlash = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path)
const expiryDays = (seconds: number) => (seconds < 0 ? '' : String(Math.floor(seconds / DAY)))
