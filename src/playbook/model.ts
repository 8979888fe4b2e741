/** The typed playbook. Every node knows where it was written; values that may hold templates are kept as written. */
import type { Position } from '../yaml/index.ts'

export interface Play {
  position: Position
  name: string
  /** Pattern(s) as written; may hold templates. */
  hosts: string
  keywords: Keywords
  gatherFacts: boolean
  gatherSubset?: string[]
  serial?: unknown
  strategy: string
  order?: string
  maxFailPercentage?: unknown
  forceHandlers?: boolean
  vars: Record<string, unknown>
  varsFiles: Located<unknown>[]
  varsPrompt: VarsPrompt[]
  /** pre_tasks, roles, tasks, post_tasks; handlers are flushed after the first, after roles+tasks, and after the last. */
  sections: { name: 'pre_tasks' | 'roles' | 'tasks' | 'post_tasks'; tasks: Item[] }[]
  handlers: Item[]
  roles: Role[]
  directory: string
  /** Conditions and vars of import_playbook, already part of `keywords`. */
}

export interface VarsPrompt {
  name: string
  prompt: string
  private: boolean
  default?: unknown
  confirm: boolean
}
export interface Located<T> {
  value: T
  position: Position
}
export interface Role {
  name: string
  path: string
  defaults: Record<string, unknown>
  vars: Record<string, unknown>
  params: Record<string, unknown>
}

/** Keywords that a play, a block and a task share and that are inherited downwards. Undefined: not given here. */
export interface Keywords {
  name?: string
  when: Located<unknown>[]
  tags: string[]
  vars: Record<string, unknown>
  become?: unknown
  becomeUser?: unknown
  becomeMethod?: unknown
  becomeFlags?: unknown
  remoteUser?: unknown
  connection?: unknown
  port?: unknown
  environment?: unknown[]
  noLog?: unknown
  ignoreErrors?: unknown
  ignoreUnreachable?: unknown
  anyErrorsFatal?: unknown
  checkMode?: unknown
  diff?: unknown
  runOnce?: unknown
  throttle?: unknown
  timeout?: unknown
  delegateTo?: unknown
  delegateFacts?: unknown
  moduleDefaults?: Record<string, Record<string, unknown>>
}

export type Item = Task | Block | Include

interface Common {
  position: Position
  keywords: Keywords
  role?: Role
  /** Directory of the file it was written in: relative names are looked up from here. */
  directory: string
}

export interface Block extends Common {
  kind: 'block'
  block: Item[]
  rescue: Item[]
  always: Item[]
  notify: unknown[]
  loop?: Loop
}

export interface Task extends Common {
  kind: 'task'
  /** Name as in the registry. */
  module: string
  /** As the user wrote it. */
  action: string
  /** Arguments as written, free form already under its argument name. A text that is one template means "the whole mapping". */
  args: Record<string, unknown>
  argsTemplate?: string
  argsPosition: Position
  register?: string
  loop?: Loop
  until?: Located<unknown>[]
  retries?: unknown
  delay?: unknown
  changedWhen?: Located<unknown>[]
  failedWhen?: Located<unknown>[]
  notify: unknown[]
  /** Handlers only. */
  listen: string[]
  async?: unknown
  poll?: unknown
}

/** include_tasks / include_role, whose file is only known at run time (imports are resolved when the playbook is read). */
export interface Include extends Common {
  kind: 'include'
  what: 'tasks' | 'role'
  /** File or role name; may hold a template. */
  target: unknown
  tasksFrom?: unknown
  /** include_role: other files than main of the role. */
  varsFrom?: unknown
  defaultsFrom?: unknown
  handlersFrom?: unknown
  /** include_role: its variables stay visible to what follows. */
  public?: unknown
  /** `apply:` keywords for the included tasks. */
  apply?: Keywords
  loop?: Loop
  register?: string
  /** As a handler: its topics. */
  listen: string[]
}

export interface Loop {
  position: Position
  /** `loop`, or the lookup of with_X. */
  kind: 'loop' | { lookup: string }
  value: unknown
  loopVar: string
  indexVar?: string
  label?: unknown
  pause?: unknown
  extended?: unknown
  breakWhen?: Located<unknown>[]
}
