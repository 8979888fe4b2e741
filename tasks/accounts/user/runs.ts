/** What `user` asks for, and the runs that adding and changing an account share. */
import type { Effect, RunAction, UserFact } from '../../../src/module/index.ts'

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

export const DAY = 86_400

/** Where the home directory is, or will be. */
export const homeOf = (request: Pick<UserRequest, 'home' | 'name'>) => request.home ?? `/home/${request.name}`

export function agingWords(request: UserRequest, aging?: Aging): string[] {
  const options = [
    ['-M', request.password_expire_max, aging?.max],
    ['-m', request.password_expire_min, aging?.min],
    ['-W', request.password_expire_warn, aging?.warn],
  ] as const
  return options.flatMap(([option, wanted, is]) =>
    wanted === undefined || String(wanted) === (is === '' ? '-1' : is) ? [] : [option, String(wanted)],
  )
}

/** The hash goes by standard input, where no list of processes shows it. */
export const setPassword = (name: string, hash: string): RunAction => ({
  ...accountRun(['chpasswd', '-e'], name, { passwordHash: hash }),
  stdin: `${name}:${hash}\n`,
  secret: true,
})

export const lock = (name: string, on: boolean): RunAction => accountRun(['usermod', on ? '-L' : '-U', '--', name], name)

export function accountRun(argv: string[], name: string, fact: Partial<UserFact> = {}, more: Effect[] = []): RunAction {
  const makes: Effect[] = [
    { kind: 'user', name, fact },
    { kind: 'touched', resource: '/etc/passwd', reason: `the user ${name} is changed by then` },
    ...more,
  ]
  return { kind: 'run', argv, makes, complete: true }
}

export const dateOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)
