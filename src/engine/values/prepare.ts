/**
 * From a task as written to what it means on one host now. In: a task, its keywords, the state of the run. Out: loop
 * items with their conditions decided and their arguments resolved, and the connection they go to; nothing is asked.
 */
import type { TaskModule } from '../../module/contract.ts'
import { locatorOf, normaliseArgs, parseArgs } from '../../module/registry.ts'
import type { Task } from '../../playbook/index.ts'
import { type Scope, TemplateError, Unknown } from '../../template/index.ts'
import { InputError, type Position, positionOf } from '../../yaml/index.ts'
import { type Reach, truthy } from '../state/connections.ts'
import { contextOf } from './module-context.ts'
import type { Effective } from '../state/inherited-keywords.ts'
import { conditionFailed, messageOf } from '../state/error-message.ts'
import { secretsIn } from './secret-arguments.ts'
import type { ResolvedItem } from './task-execution.ts'
import type { PlayState, RunState } from '../state/run-state.ts'
import { rethrowFacts, type ScopeInput, scopeOf } from './variables.ts'

export interface Prepared {
  item?: unknown
  label: string
  /** Loop variables. */
  local: Record<string, unknown>
  scope: Scope
  skip?: { reason: string; condition?: string }
  unknown?: string
  error?: string
  resolved?: ResolvedItem
  /** set_fact with values that are not known: the facts are there, and unknown. */
  facts?: Record<string, unknown>
}

export interface Preparation {
  module: TaskModule
  reach: Reach
  looped: boolean
  entries: Prepared[]
  check: boolean
  diff: boolean
  noLog: boolean
}

export interface TaskOnHost {
  run: RunState
  play: PlayState
  host: string
  task: Task
  effective: Effective
  /** Values that a look ahead assumes, such as results of tasks that have not run yet. */
  assumed?: Record<string, unknown>
}

export function prepare(on: TaskOnHost): Preparation {
  const { run, task } = on
  const module = run.options.registry.module(task.module)
  if (!module) throw new InputError(`unknown module '${task.module}'`, { position: task.position })
  const scope = baseScope(on)
  const flag = (value: unknown) => value !== undefined && truthy(run.templar.resolve(value, scope))
  const own = on.effective.own
  const shared = {
    module,
    check: own.checkMode === undefined ? run.options.check : flag(own.checkMode),
    diff: own.diff === undefined ? run.options.diff : flag(own.diff),
    noLog: flag(own.noLog),
  }
  const items = loopItems(on, scope)
  if (!Array.isArray(items)) {
    // The loop can't be told (or fails): the condition decides whether that matters.
    const only: Prepared = { label: '', local: {}, scope }
    decide(on, only)
    if (!only.skip && !only.error) only[items.kind] = items.message
    return { ...shared, reach: reachOf(on, scope), looped: false, entries: [only] }
  }
  if (!task.loop) {
    const only: Prepared = { label: '', local: {}, scope }
    decide(on, only)
    const reach = only.skip ? reachOf(on, scope, true) : reachOf(on, scope)
    return finish(on, { ...shared, reach, looped: false, entries: [only] })
  }
  const entries = items.map((item, index) => loopEntry(on, items, item, index))
  const first = entries.find((entry) => !entry.skip)
  return finish(on, { ...shared, reach: reachOf(on, first?.scope ?? scope, !first), looped: true, entries })
}

function baseScope(on: TaskOnHost, local: Record<string, unknown> = {}): Scope {
  const input: ScopeInput = { host: on.host, play: on.play, effective: on.effective, directory: on.task.directory, local: { ...on.assumed, ...local } }
  if (on.task.role) input.role = on.task.role
  return scopeOf(on.run, input)
}

type Cannot = { kind: 'unknown' | 'error'; message: string }

function loopItems(on: TaskOnHost, scope: Scope): unknown[] | Cannot {
  const { task, run } = on
  if (!task.loop) return [undefined]
  try {
    const { kind } = task.loop
    const terms = run.templar.resolve(task.loop.value, scope)
    if (terms instanceof Unknown) return { kind: 'unknown', message: terms.reason }
    if (kind === 'loop') {
      if (Array.isArray(terms)) return terms
      const got = terms === null ? 'nothing' : typeof terms === 'object' ? 'a mapping (use dict2items)' : `${typeof terms} '${String(terms)}'`
      return { kind: 'error', message: where(task, new Error(`loop: expected a list, got ${got}`), task.loop.position) }
    }
    const items = run.templar.runLookup(kind.lookup, kind.lookup === 'dict' || !Array.isArray(terms) ? [terms] : [...terms], {}, scope)
    return items instanceof Unknown ? { kind: 'unknown', message: items.reason } : items
  } catch (error) {
    rethrowFacts(error)
    return { kind: 'error', message: where(task, error, task.loop.position) }
  }
}

function loopEntry(on: TaskOnHost, items: unknown[], item: unknown, index: number): Prepared {
  const loop = on.task.loop as NonNullable<Task['loop']>
  const local: Record<string, unknown> = { [loop.loopVar]: item, ansible_loop_var: loop.loopVar }
  if (loop.indexVar) {
    local[loop.indexVar] = index
    local.ansible_index_var = loop.indexVar
  }
  if (loop.extended !== undefined) local.ansible_loop = extended(items, index)
  const scope = baseScope(on, local)
  const entry: Prepared = { item, local, scope, label: labelOf(on, scope, item) }
  decide(on, entry)
  return entry
}

function extended(items: unknown[], index: number): Record<string, unknown> {
  const length = items.length
  return {
    index: index + 1,
    index0: index,
    revindex: length - index,
    revindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    length,
    allitems: items,
    ...(index > 0 ? { previtem: items[index - 1] } : {}),
    ...(index < length - 1 ? { nextitem: items[index + 1] } : {}),
  }
}

function labelOf(on: TaskOnHost, scope: Scope, item: unknown): string {
  const label = on.task.loop?.label
  let value = item
  if (label !== undefined) {
    try {
      value = on.run.templar.resolve(label, scope)
    } catch {
      // A label is only for show; the item itself serves as well.
    }
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Evaluates `when`. */
function decide(on: TaskOnHost, entry: Prepared): void {
  for (const condition of on.effective.when) {
    try {
      const answer = on.run.templar.condition(condition.value as string | boolean, entry.scope)
      if (answer instanceof Unknown) {
        entry.unknown = answer.reason
        continue
      }
      if (!answer) {
        entry.skip = { reason: 'Conditional result was False', condition: String(condition.value) }
        delete entry.unknown
        return
      }
    } catch (error) {
      rethrowFacts(error)
      entry.error = conditionFailed(condition, error)
      return
    }
  }
}

function reachOf(on: TaskOnHost, scope: Scope, skipped = false): Reach {
  const { run, effective, play } = on
  const delegate = effective.own.delegateTo
  if (delegate === undefined || skipped) return run.connections.reach(on.host, scope, effective, run.templar)
  const name = String(run.templar.resolve(delegate, scope))
  if (name === on.host) return run.connections.reach(on.host, scope, effective, run.templar)
  // Connection variables are those of the delegate; keywords such as become are the task's.
  return run.connections.reach(name, scopeOf(run, { host: name, play, effective }), effective, run.templar)
}

/** Resolves arguments and environment of the entries that will run. */
function finish(on: TaskOnHost, preparation: Preparation): Preparation {
  for (const entry of preparation.entries) {
    if (entry.unknown && preparation.module.name === 'set_fact') entry.facts = unknownFacts(on, entry.unknown)
    if (entry.skip || entry.error || entry.unknown) continue
    try {
      const args = resolveArgs(on, preparation.module, entry)
      const unknown = unknownIn(args)
      if (unknown) {
        entry.unknown = unknown.reason
        if (preparation.module.name === 'set_fact') entry.facts = args
      } else entry.resolved = resolvedItem(on, preparation, entry, args)
    } catch (error) {
      rethrowFacts(error)
      entry.error = where(on.task, error)
    }
  }
  return preparation
}

/** Whether the fact will be set is not known: nor is its value then. */
function unknownFacts(on: TaskOnHost, reason: string): Record<string, unknown> {
  return Object.fromEntries(Object.keys(on.task.args).filter((key) => key !== 'cacheable').map((key) => [key, new Unknown(reason)]))
}

function resolveArgs(on: TaskOnHost, module: TaskModule, entry: Prepared): Record<string, unknown> {
  const { run, task } = on
  const raw = normaliseArgs(module, task.args)
  const whole = task.argsTemplate ? run.templar.resolve(task.argsTemplate, entry.scope) : {}
  const merged = { ...defaultsFor(on, module), ...(whole as Record<string, unknown>), ...raw }
  const kept = new Set(module.rawArgs ?? [])
  const templated = Object.fromEntries(Object.entries(merged).filter(([key]) => !kept.has(key)))
  const resolved = run.templar.resolve(templated, entry.scope) as Record<string, unknown>
  for (const key of kept) if (Object.hasOwn(merged, key)) resolved[key] = merged[key]
  return resolved
}

/** module_defaults, under whatever name the module goes there. */
function defaultsFor({ run, effective }: TaskOnHost, module: TaskModule): Record<string, unknown> {
  const own = Object.entries(effective.moduleDefaults).filter(([name]) => run.options.registry.resolve(name)?.name === module.name)
  return normaliseArgs(module, Object.assign({}, ...own.map(([, defaults]) => defaults)) as Record<string, unknown>)
}

function resolvedItem(on: TaskOnHost, preparation: Preparation, entry: Prepared, args: Record<string, unknown>): ResolvedItem {
  const { run, play, task } = on
  const { module, reach, check, diff } = preparation
  run.options.secrets.add(secretsIn(module, args))
  const parsed = parseArgs(module, args, locatorOf(task.args, task.argsPosition))
  const environment = environmentOf(on, entry.scope)
  const input = { run, play, task, module, reach, scope: entry.scope, environment, check, diff }
  return { args: parsed, environment, context: (verifying) => contextOf(input, verifying) }
}

function environmentOf(on: TaskOnHost, scope: Scope): Record<string, string> {
  const result: Record<string, string> = {}
  for (const part of on.effective.environment) {
    const value = on.run.templar.resolve(part, scope)
    for (const each of Array.isArray(value) ? value : [value])
      if (each && typeof each === 'object') for (const [key, text] of Object.entries(each)) result[key] = String(text)
  }
  return result
}

function unknownIn(value: unknown): Unknown | undefined {
  if (value instanceof Unknown) return value
  if (Array.isArray(value)) for (const each of value) { const found = unknownIn(each); if (found) return found }
  else if (value && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    for (const each of Object.values(value)) { const found = unknownIn(each); if (found) return found }
  return undefined
}

/** The message of an error with the place it belongs to. */
export function where(task: Task, error: unknown, at?: Position): string {
  if ((error instanceof InputError && error.position) || (error instanceof TemplateError && error.file)) return messageOf(error)
  const position = at ?? positionOf(task.args) ?? task.position
  return `${position.file}:${position.line}:${position.column}: ${messageOf(error)}`
}
