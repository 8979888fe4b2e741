/** A new user account. */
import type { Change, Effect, RunAction, UserFact } from '../../../src/module/index.ts'
import { accountRun, agingWords, dateOf, homeOf, lock, setPassword, type UserRequest } from './runs.ts'

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

const defined = <T extends object>(fact: T): T =>
  Object.fromEntries(Object.entries(fact).filter(([, value]) => value !== undefined)) as T
