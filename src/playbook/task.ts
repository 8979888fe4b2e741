/** One task: its keywords, its module and the arguments of that. */
import { splitFreeForm } from '../module/registry.ts'
import type { ModuleNames } from '../module/contract.ts'
import { didYouMean } from '../text/similar.ts'
import {
  assignVars,
  copyPosition,
  copyPositions,
  InputError,
  type Position,
  positions,
  setPosition,
} from '../yaml/index.ts'
import { setPartPosition } from '../yaml/positions.ts'
import { keywordsOf, readConditions, readKeywords, unknownKeyword } from './keywords.ts'
import { readLoop } from './loop.ts'
import { isMapping, isTemplate, isVariableName, keyPlace, kindOf, listOf, type Mapping, placeOf } from './mapping.ts'
import type { Task } from './model.ts'
import type { Reading } from './reading.ts'

/** What stands for the module in a task: a key of its own, `action:` or `local_action:`. */
export interface Action {
  /** As the user wrote it. */
  name: string
  /** Key of the task that holds it. */
  key: string
  /** Container and key of the arguments. */
  holder: Mapping
  holderKey: string
  /** The arguments; what `action:` gave beside the module. */
  args: unknown
  /** For text: where the arguments start in the text of the holder. */
  offset: number
  local: boolean
}

/** Actions that are no modules: the reader or the engine acts on them. */
export const controlActions = ['include_tasks', 'include_role', 'import_tasks', 'import_role', 'include'] as const
export type ControlAction = (typeof controlActions)[number]

export function controlActionOf(name: string): ControlAction | undefined {
  const short = name.replace(/^ansible\.(builtin|legacy)\./, '')
  return controlActions.find((action) => action === short)
}

/** Finds the one action of a task; throws for none or several, and for a key that is nothing at all. */
export function findAction(task: Mapping, reading: Reading, position: Position): Action {
  const { registry } = reading.context
  const other = Object.keys(task).filter(
    (key) => !keywordsOf.task.has(key) && key !== 'listen' && !key.startsWith('with_') && !keywordsOf.include.has(key),
  )
  const known = other.filter((key) => registry.resolve(key) ?? controlActionOf(key))
  if (known.length > 1) {
    throw new InputError(`a task has one action, this one has two: \`${known[0]}\` and \`${known[1]}\``, {
      position: keyPlace(task, known[1]!),
      hint: 'make two tasks of it',
    })
  }
  const explicit = ['action', 'local_action'].filter((key) => task[key] !== undefined)
  if (known.length + explicit.length > 1)
    throw new InputError(`a task has one action, this one has \`${explicit[0]}\` and \`${known[0] ?? explicit[1]}\``, {
      position: keyPlace(task, known[0] ?? explicit[1]!),
    })
  if (explicit.length === 1) return explicitAction(task, explicit[0]!)
  const [name] = known
  if (name !== undefined) return { name, key: name, holder: task, holderKey: name, args: task[name], offset: 0, local: false }
  if (other.length === 0)
    throw new InputError('this task does nothing: it has no module', {
      position,
      hint: 'expected a module such as `copy:` or `command:`',
    })
  throw unknownAction(task, other, reading)
}

/** Nothing is known as a module: the unknown key is a misspelt keyword or module, whichever is nearer. */
function unknownAction(task: Mapping, keys: string[], reading: Reading): InputError {
  const { registry } = reading.context
  const unlikeKeyword = keys.filter((key) => didYouMean(key, keywordsOf.task) === undefined)
  const key = unlikeKeyword[0] ?? keys[0]!
  const near = registry.suggest(key) ?? didYouMean(key, controlActions) ?? didYouMean(key, keywordsOf.task)
  const hint = near ? `did you mean \`${near}\`?` : `the modules are: ${registry.names().join(', ')}`
  return new InputError(`unknown module \`${key}\``, { position: keyPlace(task, key), hint })
}

function explicitAction(task: Mapping, key: string): Action {
  const value = task[key]
  const local = key === 'local_action'
  if (typeof value === 'string') {
    const match = /^\s*(\S+)\s*/.exec(value)
    if (!match)
      throw new InputError(`${key} is empty`, { position: placeOf(task, key), hint: 'expected a module and its arguments' })
    return {
      name: match[1]!,
      key,
      holder: task,
      holderKey: key,
      args: value.slice(match[0].length),
      offset: match[0].length,
      local,
    }
  }
  if (isMapping(value) && typeof value.module === 'string') {
    // `module: copy src=a` is allowed here too.
    const [name, ...rest] = value.module.split(/\s+/)
    const args: Mapping = assignVars({}, value)
    setPosition(args, value)
    delete args.module
    if (rest.length > 0)
      return {
        name: name!,
        key,
        holder: value,
        holderKey: 'module',
        args: value.module.slice(name!.length).trim(),
        offset: name!.length + 1,
        local,
      }
    return { name: name!, key, holder: task, holderKey: key, args, offset: 0, local }
  }
  throw new InputError(`${key}: expected a module and its arguments, got ${kindOf(value)}`, { position: placeOf(task, key) })
}

export function readTask(from: Mapping, action: Action, reading: Reading, position: Position): Task {
  const module = reading.context.registry.use(action.name)
  if (!module) throw unknownModule(from, action, reading)
  checkKeywords(from, action, reading)
  const keywords = readKeywords(from)
  if (action.local) keywords.delegateTo ??= 'localhost'
  const { args, argsTemplate } = readArgs(from, action, module)
  const task: Task = {
    kind: 'task',
    position,
    keywords,
    directory: reading.directory,
    module: module.name,
    action: action.name,
    args,
    argsPosition: placeOf(action.holder, action.holderKey),
    notify: listOf(from, 'notify'),
    listen: readListen(from),
  }
  setPosition(task, from)
  copyPositions(from, task)
  if (argsTemplate !== undefined) task.argsTemplate = argsTemplate
  if (reading.role) task.role = reading.role
  const register = readRegister(from)
  if (register !== undefined) task.register = register
  const loop = readLoop(from)
  if (loop) task.loop = loop
  if (from.until !== undefined) task.until = readConditions(from, 'until')
  if (from.changed_when !== undefined) task.changedWhen = readConditions(from, 'changed_when')
  if (from.failed_when !== undefined) task.failedWhen = readConditions(from, 'failed_when')
  for (const key of ['retries', 'delay', 'async', 'poll'] as const) {
    if (from[key] === undefined || from[key] === null) continue
    if (!isTemplate(from[key]) && !/^\d+(\.\d+)?$/.test(String(from[key])))
      throw new InputError(`${key}: expected a number, got ${kindOf(from[key])}`, { position: placeOf(from, key) })
    task[key] = from[key]
  }
  return task
}

function unknownModule(from: Mapping, action: Action, reading: Reading): InputError {
  const near = reading.context.registry.suggest(action.name)
  return new InputError(`unknown module \`${action.name}\``, {
    position: action.key === action.name ? keyPlace(from, action.key) : placeOf(from, action.key),
    hint: near ? `did you mean \`${near}\`?` : undefined,
  })
}

/** Every key must be a keyword, a loop or the action. */
export function checkKeywords(
  from: Mapping,
  action: Action | undefined,
  reading: Reading,
  kind: 'task' | 'include' = 'task',
): void {
  for (const key of Object.keys(from)) {
    if (key === action?.key || key.startsWith('with_')) continue
    if (key === 'listen') {
      if (reading.handlers) continue
      throw new InputError('`listen` is only for handlers', { position: keyPlace(from, key) })
    }
    if (!keywordsOf[kind].has(key)) throw unknownKeyword(from, key, kind)
  }
}

function readArgs(from: Mapping, action: Action, module: ModuleNames): { args: Mapping; argsTemplate?: string } {
  const base = from.args
  const args: Mapping = {}
  setPosition(args, action.holder, action.holderKey)
  let argsTemplate: string | undefined
  if (isTemplate(base)) argsTemplate = base as string
  else if (isMapping(base)) assignVars(args, base)
  else if (base !== undefined && base !== null)
    throw new InputError(`args: expected a mapping, got ${kindOf(base)}`, { position: placeOf(from, 'args') })
  const value = action.args
  if (isMapping(value)) assignVars(args, value)
  else if (typeof value === 'string') {
    if (module.freeForm === undefined && isWholeTemplate(value)) argsTemplate = value
    else addFreeForm(args, value, action, module)
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    if (module.freeForm === undefined)
      throw new InputError(`${action.name}: expected arguments, got ${kindOf(value)}`, {
        position: placeOf(action.holder, action.holderKey),
      })
    args[module.freeForm] = value
    copyPosition(action.holder, action.holderKey, args, module.freeForm)
  } else if (value !== null && value !== undefined) {
    throw new InputError(`${action.name}: expected arguments, got ${kindOf(value)}`, {
      position: placeOf(action.holder, action.holderKey),
      hint: 'write `name: value` lines',
    })
  }
  return argsTemplate === undefined ? { args } : { args, argsTemplate }
}

function addFreeForm(args: Mapping, text: string, action: Action, module: ModuleNames): void {
  try {
    const { args: pairs, offsets } = splitFreeForm(module, text)
    assignVars(args, pairs)
    for (const [key, offset] of Object.entries(offsets))
      setPartPosition(action.holder, action.holderKey, action.offset + offset, args, key)
  } catch (error) {
    if (error instanceof InputError && !error.position) error.position = placeOf(action.holder, action.holderKey)
    throw error
  }
}

function isWholeTemplate(text: string): boolean {
  return /^\s*\{\{(?:(?!\}\}).)*\}\}\s*$/s.test(text)
}

export function readRegister(from: Mapping): string | undefined {
  const { register } = from
  if (register === undefined || register === null) return undefined
  if (isVariableName(register)) return register
  throw new InputError(`register: expected the name of a variable, got ${kindOf(register)}`, {
    position: placeOf(from, 'register'),
    hint: 'letters, digits and _, without {{ }}',
  })
}

export function readListen(from: Mapping): string[] {
  return listOf(from, 'listen').map(String)
}

export function taskPosition(from: Mapping, fallback: Position): Position {
  return positions.of(from) ?? fallback
}
