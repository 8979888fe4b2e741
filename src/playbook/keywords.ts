/** The keywords of plays, blocks and tasks: their names, where they may stand, and what they may be. */
import { didYouMean } from '../text/similar.ts'
import { assignVars, copyPosition, InputError, setPosition } from '../yaml/index.ts'
import { isMapping, isTemplate, kindOf, keyPlace, locatedList, type Mapping, placeOf } from './mapping.ts'
import type { Keywords } from './model.ts'

type Type = 'any' | 'boolean' | 'text' | 'number' | 'mapping'
type Plain = Exclude<keyof Keywords, 'name' | 'when' | 'tags' | 'vars' | 'environment'>

/** Ansible's name, the name in the model, and the type of a value that is no template. */
const shared: Record<string, [Plain, Type]> = {
  become: ['become', 'boolean'],
  become_user: ['becomeUser', 'text'],
  become_method: ['becomeMethod', 'text'],
  become_flags: ['becomeFlags', 'text'],
  remote_user: ['remoteUser', 'text'],
  connection: ['connection', 'text'],
  port: ['port', 'number'],
  no_log: ['noLog', 'boolean'],
  ignore_errors: ['ignoreErrors', 'boolean'],
  ignore_unreachable: ['ignoreUnreachable', 'boolean'],
  any_errors_fatal: ['anyErrorsFatal', 'boolean'],
  check_mode: ['checkMode', 'boolean'],
  diff: ['diff', 'boolean'],
  run_once: ['runOnce', 'boolean'],
  throttle: ['throttle', 'number'],
  timeout: ['timeout', 'number'],
  module_defaults: ['moduleDefaults', 'any'],
}
const delegation: Record<string, [Plain, Type]> = {
  delegate_to: ['delegateTo', 'text'],
  delegate_facts: ['delegateFacts', 'boolean'],
}

const common = ['name', 'when', 'tags', 'vars', 'environment', ...Object.keys(shared), 'collections', 'debugger', 'become_exe']
const looping = ['loop', 'loop_control', 'register']

export const keywordsOf = {
  play: new Set([
    ...common,
    'hosts',
    'gather_facts',
    'gather_subset',
    'gather_timeout',
    'fact_path',
    'serial',
    'strategy',
    'order',
    'max_fail_percentage',
    'force_handlers',
    'vars_files',
    'vars_prompt',
    'pre_tasks',
    'roles',
    'tasks',
    'post_tasks',
    'handlers',
    'user',
  ]),
  block: new Set([...common, ...Object.keys(delegation), 'block', 'rescue', 'always', 'notify', 'loop', 'loop_control']),
  task: new Set([
    ...common,
    ...Object.keys(delegation),
    ...looping,
    'action',
    'local_action',
    'args',
    'until',
    'retries',
    'delay',
    'changed_when',
    'failed_when',
    'notify',
    'async',
    'poll',
  ]),
  /** What Ansible lets an include_tasks or include_role have itself; the rest goes under `apply`. */
  include: new Set([
    ...looping,
    'name',
    'when',
    'tags',
    'vars',
    'args',
    'action',
    'collections',
    'debugger',
    'ignore_errors',
    'no_log',
    'run_once',
    'timeout',
    'notify',
    'delegate_to',
    'delegate_facts',
    'become',
    'become_user',
  ]),
  /** In `roles:` and in the dependencies of a role; anything else is a parameter. */
  role: new Set([
    ...common.filter((key) => key !== 'name'),
    ...Object.keys(delegation),
    'role',
    'name',
    'src',
    'version',
    'scm',
  ]),
  playbook: new Set(['import_playbook', 'name', 'when', 'tags', 'vars']),
} satisfies Record<string, Set<string>>

/** The keywords that are inherited downwards. */
export function readKeywords(from: Mapping): Keywords {
  const keywords: Keywords = { when: readConditions(from, 'when'), tags: readTags(from), vars: readVars(from) }
  setPosition(keywords, from)
  if (from.name !== undefined && from.name !== null) keywords.name = String(from.name)
  copyPosition(from, 'name', keywords)
  for (const [key, [name, type]] of [...Object.entries(shared), ...Object.entries(delegation)]) {
    if (!Object.hasOwn(from, key)) continue
    checkType(from, key, type)
    ;(keywords as unknown as Mapping)[name] = key === 'module_defaults' ? readModuleDefaults(from) : from[key]
    copyPosition(from, key, keywords, name)
  }
  if (from.environment !== undefined && from.environment !== null) {
    keywords.environment = readEnvironment(from)
    copyPosition(from, 'environment', keywords)
  }
  return keywords
}

/** Nothing given. */
export function emptyKeywords(): Keywords {
  return { when: [], tags: [], vars: {} }
}

export function readConditions(from: Mapping, key: string): Keywords['when'] {
  const all = locatedList(from, key)
  for (const { value, position } of all) {
    if (value === null || value === undefined)
      throw new InputError(`${key} is empty`, { position, hint: 'expected a condition, such as `x is defined`' })
    if (typeof value === 'object')
      throw new InputError(`${key}: expected a condition, got ${kindOf(value)}`, {
        position,
        hint: 'a condition with `: ` or a leading { must be in quotes',
      })
  }
  return all
}

export function readTags(from: Mapping): string[] {
  const value = from.tags
  if (value === undefined || value === null) return []
  const all = Array.isArray(value) ? value : [value]
  all.forEach((tag, index) => {
    if (typeof tag !== 'object') return
    throw new InputError(`tags: expected names, got ${kindOf(tag)}`, {
      position: Array.isArray(value) ? placeOf(value, index) : placeOf(from, 'tags'),
    })
  })
  return all
    .flatMap((tag) =>
      String(tag)
        .split(',')
        .map((one) => one.trim()),
    )
    .filter((tag) => tag !== '')
}

/** A mapping, or (as plays may have it) a list of them. */
export function readVars(from: Mapping): Mapping {
  const value = from.vars
  if (value === undefined || value === null) return {}
  if (isMapping(value)) return value
  if (Array.isArray(value) && value.every(isMapping)) {
    const all: Mapping = {}
    setPosition(all, from, 'vars')
    for (const one of value) assignVars(all, one)
    return all
  }
  throw new InputError(`vars: expected a mapping of variables, got ${kindOf(value)}`, { position: placeOf(from, 'vars') })
}

function readEnvironment(from: Mapping): unknown[] {
  const value = from.environment
  const all = Array.isArray(value) ? value : [value]
  for (const one of all) {
    if (!isMapping(one) && !isTemplate(one))
      throw new InputError(`environment: expected a mapping, got ${kindOf(one)}`, { position: placeOf(from, 'environment') })
  }
  return all
}

/** A mapping of modules to arguments, or a list of such. */
function readModuleDefaults(from: Mapping): Record<string, Record<string, unknown>> {
  const all: Record<string, Record<string, unknown>> = {}
  const list = Array.isArray(from.module_defaults) ? from.module_defaults : [from.module_defaults]
  for (const one of list) {
    if (!isMapping(one) || !Object.values(one).every((args) => isMapping(args) || isTemplate(args))) {
      throw new InputError('module_defaults: expected module names with their arguments', {
        position: placeOf(from, 'module_defaults'),
      })
    }
    assignVars(all as Mapping, one)
  }
  return all
}

function checkType(from: Mapping, key: string, type: Type): void {
  const value = from[key]
  if (value === null || value === undefined || isTemplate(value) || type === 'any') return
  const fine =
    type === 'boolean'
      ? typeof value === 'boolean' ||
        value === 0 ||
        value === 1 ||
        (typeof value === 'string' && /^(yes|no|true|false|on|off|1|0)$/i.test(value))
      : type === 'number'
        ? typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))
        : typeof value !== 'object'
  if (fine) return
  const words = type === 'boolean' ? 'yes or no' : type === 'number' ? 'a number' : 'text'
  throw new InputError(`${key}: expected ${words}, got ${kindOf(value)}`, { position: placeOf(from, key) })
}

const removed: Record<string, string> = {
  sudo: 'write `become: yes`',
  sudo_user: 'write `become: yes` and `become_user`',
  su: 'write `become: yes` and `become_method: su`',
  su_user: 'write `become: yes`, `become_method: su` and `become_user`',
  accelerate: 'remove it',
  static: 'use import_tasks or include_tasks',
  always_run: 'write `check_mode: no`',
  first_available_file: 'use with_first_found',
}

/** An error for a key that is no keyword here. */
export function unknownKeyword(from: Mapping, key: string, kind: keyof typeof keywordsOf): InputError {
  const near = didYouMean(key, [...keywordsOf[kind], ...(kind === 'task' ? ['listen'] : [])])
  const elsewhere = (['task', 'block', 'play'] as const).find(
    (other) => other !== kind && (keywordsOf[other] as Set<string>).has(key),
  )
  const article = kind === 'include' ? 'an include' : kind === 'playbook' ? 'an import_playbook' : `a ${kind}`
  const hint =
    removed[key] ??
    (near
      ? `did you mean \`${near}\`?`
      : kind === 'include' && elsewhere
        ? 'put it under `apply:`, or use an import'
        : elsewhere
          ? `it belongs to a ${elsewhere}`
          : undefined)
  return new InputError(`\`${key}\` is not a keyword of ${article}`, { position: keyPlace(from, key), hint })
}
