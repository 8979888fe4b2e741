/** import_tasks, import_role, include_tasks, include_role and the old `include`. */
import { splitPairs } from '../module/free-form.ts'
import { didYouMean } from '../text/similar.ts'
import { assignVars, copyPosition, InputError, type Position, setPosition } from '../yaml/index.ts'
import { find } from './find.ts'
import { readKeywords } from './keywords.ts'
import { readLoop } from './loop.ts'
import { expectMapping, isMapping, keyPlace, kindOf, listOf, type Mapping, nowhere, placeOf } from './mapping.ts'
import type { Block, Include, Item } from './model.ts'
import type { Reading } from './reading.ts'
import { readRole } from './role.ts'
import { staticText } from './static.ts'
import { readTaskList } from './task-file.ts'
import { type Action, checkKeywords, type ControlAction, readListen, readRegister, taskPosition } from './task.ts'

const fileArguments = ['file', '_raw_params', 'apply', 'rolespec_validate']
const roleArguments = [
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'apply',
  'public',
  'allow_duplicates',
  'rolespec_validate',
]

export function readControl(control: ControlAction, from: Mapping, action: Action, reading: Reading): Item[] {
  const role = control.endsWith('role')
  const args = readArguments(control, from, action, role ? roleArguments : fileArguments)
  const name = role ? (args.name ?? args.role) : (args.file ?? args._raw_params)
  if (typeof name !== 'string' || name === '') {
    throw new InputError(`${control} needs ${role ? 'the name of a role' : 'a file'}`, {
      position: placeOf(action.holder, action.holderKey),
      hint: role ? 'for example `name: common`' : 'for example `include_tasks: other.yml`',
    })
  }
  const looped = readLoop(from) !== undefined
  const known = staticText(name, reading)
  // The old `include` is an import wherever it can be one.
  const dynamic = control.startsWith('include_') || (control === 'include' && (looped || known === undefined))
  if (looped && !dynamic)
    throw new InputError(`${control} can not loop: it is read before the run`, {
      position: placeOf(from, from.loop === undefined ? Object.keys(from).find((key) => key.startsWith('with_'))! : 'loop'),
      hint: `use ${role ? 'include_role' : 'include_tasks'}`,
    })
  if (dynamic || known === undefined) return [readInclude(control, from, action, args, reading)]
  checkKeywords(from, action, reading, 'task')
  return [role ? importRole(known, from, action, args, reading) : importTasks(known, from, action, args, reading)]
}

function readArguments(control: string, from: Mapping, action: Action, allowed: string[]): Mapping {
  const args: Mapping = {}
  setPosition(args, action.holder, action.holderKey)
  assignVars(args, expectMapping(from, 'args'))
  if (typeof action.args === 'string') {
    const { pairs, words } = splitPairs(action.args)
    const fileKey = control.endsWith('role') ? 'name' : 'file'
    if (words.length > 0) {
      args[fileKey] = words.join(' ')
      copyPosition(action.holder, action.holderKey, args, fileKey)
    }
    for (const [key, value] of Object.entries(pairs)) args[key] = value
  } else if (isMapping(action.args)) assignVars(args, action.args)
  else if (action.args !== null && action.args !== undefined)
    throw new InputError(`${control}: expected a name, got ${kindOf(action.args)}`, {
      position: placeOf(action.holder, action.holderKey),
    })
  for (const key of Object.keys(args)) {
    // `include: file.yml a=1` and `include_tasks: file.yml a=1` give variables.
    if (allowed.includes(key) || typeof action.args === 'string') continue
    const near = didYouMean(key, allowed)
    throw new InputError(`${control} has no argument \`${key}\``, {
      position: keyPlace(args, key),
      hint: near ? `did you mean \`${near}\`?` : 'variables for it go under `vars:`',
    })
  }
  return args
}

/** Variables that were written among the arguments of the one-line form. */
function inlineVars(args: Mapping, allowed: string[]): Mapping {
  return Object.fromEntries(Object.entries(args).filter(([key]) => !allowed.includes(key)))
}

function readInclude(control: ControlAction, from: Mapping, action: Action, args: Mapping, reading: Reading): Include {
  const role = control.endsWith('role')
  const asImport = control.startsWith('import_') || control === 'include'
  checkKeywords(from, action, reading, asImport ? 'task' : 'include')
  const keywords = readKeywords(from)
  assignVars((keywords.vars = { ...keywords.vars }), inlineVars(args, role ? roleArguments : fileArguments))
  const targetKey = role ? (args.name === undefined ? 'role' : 'name') : args.file === undefined ? '_raw_params' : 'file'
  const include: Include = {
    kind: 'include',
    what: role ? 'role' : 'tasks',
    target: args[targetKey],
    position: taskPosition(from, nowhere),
    keywords,
    directory: reading.directory,
    listen: readListen(from),
  }
  setPosition(include, from)
  copyPosition(args, targetKey, include, 'target')
  if (reading.role) include.role = reading.role
  for (const [key, name] of [
    ['tasks_from', 'tasksFrom'],
    ['vars_from', 'varsFrom'],
    ['defaults_from', 'defaultsFrom'],
    ['handlers_from', 'handlersFrom'],
    ['public', 'public'],
  ] as const) {
    if (args[key] === undefined) continue
    include[name] = args[key]
    copyPosition(args, key, include, name)
  }
  if (args.apply !== undefined) include.apply = readKeywords(expectMapping(args, 'apply'))
  // An import whose file is only known later still hands its keywords down.
  else if (asImport) include.apply = { ...keywords, when: [], vars: {} }
  const loop = readLoop(from)
  if (loop) include.loop = loop
  const register = readRegister(from)
  if (register !== undefined) include.register = register
  return include
}

function importTasks(name: string, from: Mapping, action: Action, args: Mapping, reading: Reading): Block {
  const position = placeOf(action.holder, action.holderKey)
  const file = find(
    reading.handlers ? 'handlers' : 'tasks',
    name,
    { directory: reading.directory, role: reading.role, playbookDir: reading.playbookDir },
    position,
  )
  if (reading.stack.includes(file)) throw new InputError(`${name} imports itself`, { position })
  const block = implicitBlock(from, reading)
  assignVars((block.keywords.vars = assignVars({}, block.keywords.vars)), inlineVars(args, fileArguments))
  block.block = readTaskList(file, {
    ...reading,
    vars: { ...reading.vars, ...block.keywords.vars },
    stack: [...reading.stack, file],
  })
  return block
}

function importRole(name: string, from: Mapping, action: Action, args: Mapping, reading: Reading): Block {
  const position = placeOf(action.holder, action.holderKey)
  const block = implicitBlock(from, reading)
  const text = (key: string) => (args[key] === undefined ? undefined : staticText(String(args[key]), reading))
  const { items } = readRole(
    name,
    { ...reading, vars: { ...reading.vars, ...block.keywords.vars } },
    {
      position,
      params: {},
      tasksFrom: text('tasks_from'),
      varsFrom: text('vars_from'),
      defaultsFrom: text('defaults_from'),
      handlersFrom: text('handlers_from'),
      once: false,
    },
  )
  block.block = items
  return block
}

/** An import is a block with the import's keywords around what it imports. */
function implicitBlock(from: Mapping, reading: Reading): Block {
  const keywords = readKeywords(from)
  delete keywords.name
  const block: Block = {
    kind: 'block',
    position: taskPosition(from, nowhere),
    keywords,
    directory: reading.directory,
    block: [],
    rescue: [],
    always: [],
    notify: listOf(from, 'notify'),
  }
  setPosition(block, from)
  if (reading.role) block.role = reading.role
  return block
}

/** The keywords of an entry in `roles:` as a block around the role. */
export function roleBlock(keywordsFrom: Mapping, items: Item[], reading: Reading, position: Position): Block {
  return { ...implicitBlock(keywordsFrom, reading), position, block: items }
}
