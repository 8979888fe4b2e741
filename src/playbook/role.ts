/** Roles: where they lie, what they depend on, their variables, handlers and tasks. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { findVarsFiles } from '../inventory/vars-directory.ts'
import { didYouMean } from '../text/similar.ts'
import { assignVars, InputError, type Position } from '../yaml/index.ts'
import { readVars, readYaml } from './cached.ts'
import { findYaml } from './find.ts'
import { roleBlock } from './import.ts'
import { keywordsOf } from './keywords.ts'
import { expectList, isMapping, keyPlace, kindOf, type Mapping, placeOf } from './mapping.ts'
import type { Item, Role } from './model.ts'
import type { Reading } from './reading.ts'
import { staticText } from './static.ts'
import { readTaskList } from './task-file.ts'

export interface RoleOptions {
  position: Position
  /** Variables given beside the name in `roles:`. */
  params: Mapping
  tasksFrom?: string | undefined
  varsFrom?: string | undefined
  defaultsFrom?: string | undefined
  handlersFrom?: string | undefined
  /** A role of `roles:` or of dependencies runs once in a play, unless it allows duplicates. */
  once: boolean
}

/** An entry of `roles:` or of `dependencies:`. */
export function readRoleEntry(list: unknown[], index: number, reading: Reading): Item[] {
  const entry = list[index]
  const position = placeOf(list, index)
  if (typeof entry !== 'string' && !isMapping(entry))
    throw new InputError(`expected a role, got ${kindOf(entry)}`, { position, hint: '`- common` or `- role: common`' })
  const from: Mapping = typeof entry === 'string' ? {} : entry
  const nameKey = from.role === undefined ? (from.name === undefined ? 'src' : 'name') : 'role'
  const written = typeof entry === 'string' ? entry : entry[nameKey]
  if (typeof written !== 'string' || written === '')
    throw new InputError('this role has no name', { position, hint: 'expected `- role: NAME`' })
  const name = staticText(written, reading)
  if (name === undefined)
    throw new InputError(`the name of a role in \`roles:\` must be known before the run: ${written}`, {
      position,
      hint: 'use include_role for a name that is computed',
    })
  const params: Mapping = assignVars({}, from)
  for (const key of Object.keys(from)) {
    if (keywordsOf.role.has(key)) {
      delete params[key]
      continue
    }
    const near = didYouMean(
      key,
      [...keywordsOf.role].filter((word) => word.length > 3),
    )
    // A parameter may have any name; one that is a keyword with a slip is none.
    if (near && near !== key && !key.includes('_'))
      throw new InputError(`\`${key}\` is not a keyword of a role`, {
        position: keyPlace(from, key),
        hint: `did you mean \`${near}\`?`,
      })
  }
  const result = readRole(
    name,
    reading,
    { position: typeof entry === 'string' ? position : placeOf(from, nameKey), params, once: true, tasksFrom: undefined },
    from,
  )
  if (result.items.length === 0) return []
  const keywordsFrom: Mapping = assignVars({}, from)
  for (const key of Object.keys(params)) delete keywordsFrom[key]
  delete keywordsFrom.name
  return [roleBlock(keywordsFrom, result.items, { ...reading, role: result.role }, position)]
}

export function readRole(
  name: string,
  reading: Reading,
  options: RoleOptions,
  entry: Mapping = {},
): { role: Role; items: Item[]; handlers: Item[] } {
  const path = findRole(name, reading, options.position)
  if (options.once && reading.stack.includes(path))
    throw new InputError(`the role ${name} depends on itself`, { position: options.position })
  const meta = readMeta(path, reading)
  const role: Role = { name: basename(name), path, defaults: {}, vars: {}, params: options.params }
  const inside: Reading = { ...reading, role, directory: join(path, 'tasks'), stack: [...reading.stack, path], handlers: false }
  const own = {
    defaults: roleVars(path, 'defaults', options.defaultsFrom, inside),
    vars: roleVars(path, 'vars', options.varsFrom, inside),
  }
  const dependencies = readDependencies(meta, inside)
  // What a dependency defines, the role that depends on it sees too, and may define otherwise.
  for (const one of dependencies.roles) {
    assignVars(role.defaults, one.defaults)
    assignVars(role.vars, one.vars)
  }
  assignVars(role.defaults, own.defaults)
  assignVars(role.vars, own.vars)
  const handlers = readHandlers(path, options.handlersFrom, inside)
  reading.found.roles.push(role)
  if (options.once && meta.allow_duplicates !== true && isRepeated(path, options, entry, reading))
    return { role, items: dependencies.items, handlers }
  const tasks = readRoleTasks(name, path, options, { ...inside, vars: { ...inside.vars, ...role.vars, ...options.params } })
  return { role, items: [...dependencies.items, ...tasks], handlers }
}

/** Same role, same parameters, same conditions: it ran already. */
function isRepeated(path: string, options: RoleOptions, entry: Mapping, reading: Reading): boolean {
  const key = JSON.stringify([path, options.params, entry.vars ?? {}, entry.when ?? null, entry.tags ?? null])
  if (reading.found.deduplicate.has(key)) return true
  reading.found.deduplicate.add(key)
  return false
}

function readRoleTasks(name: string, path: string, options: RoleOptions, reading: Reading): Item[] {
  const from = options.tasksFrom ?? 'main'
  const file = findYaml(join(path, 'tasks'), from)
  if (file !== undefined) return readTaskList(file, { ...reading, stack: [...reading.stack, file] })
  if (options.tasksFrom === undefined) return []
  throw new InputError(`the role ${name} has no tasks/${from}`, {
    position: options.position,
    hint: nearFile(join(path, 'tasks'), from),
  })
}

function readHandlers(path: string, from: string | undefined, reading: Reading): Item[] {
  const file = findYaml(join(path, 'handlers'), from ?? 'main')
  if (file === undefined) return []
  const key = `${path}\0${file}`
  if (reading.found.handlersOf.has(key)) return []
  reading.found.handlersOf.add(key)
  const handlers = readTaskList(file, { ...reading, handlers: true, directory: join(path, 'handlers') })
  reading.found.handlers.push(...handlers)
  return handlers
}

/** `main.yml`, or all files of the directory `main`. */
function roleVars(path: string, kind: 'defaults' | 'vars', from: string | undefined, reading: Reading): Mapping {
  const all: Mapping = {}
  const named = from === undefined ? undefined : findYaml(join(path, kind), from)
  for (const file of named ? [named] : findVarsFiles(join(path, kind, from ?? 'main')))
    assignVars(all, readVars(file, reading.context.vault))
  return all
}

function readMeta(path: string, reading: Reading): Mapping {
  const file = findYaml(join(path, 'meta'), 'main')
  if (file === undefined) return {}
  const value = readYaml(file, reading.context.vault)
  if (value === null) return {}
  if (!isMapping(value))
    throw new InputError(`expected a mapping, got ${kindOf(value)}`, { position: { file, line: 1, column: 1 } })
  return value
}

function readDependencies(meta: Mapping, reading: Reading): { items: Item[]; roles: Role[] } {
  const items: Item[] = []
  const before = reading.found.roles.length
  const list = expectList(meta, 'dependencies')
  list.forEach((_, index) => {
    const read = reading.errors.try(() => readRoleEntry(list, index, { ...reading, role: reading.role }))
    if (read) items.push(...read)
  })
  return { items, roles: reading.found.roles.slice(before) }
}

/** The directory of a role: beside the playbook, in roles_path, beside the role that asks. */
function findRole(name: string, reading: Reading, position: Position): string {
  const { playbookDir, context, role, directory } = reading
  const collection = /^(\w+)\.(\w+)\.(\w+)$/.exec(name)
  // An imported playbook may use the roles beside the one that was started.
  const outermost = reading.stack[0] === undefined ? [] : [join(dirname(reading.stack[0]), 'roles')]
  const roots = [
    join(playbookDir, 'roles'),
    ...context.rolesPath,
    ...outermost,
    ...(role ? [join(role.path, '..')] : []),
    playbookDir,
    join(directory, 'roles'),
    join(process.cwd(), 'roles'),
  ]
  const places = isAbsolute(name) ? [name] : roots.map((root) => resolve(root, name))
  if (collection) {
    const [, namespace, set, short] = collection
    for (const root of [playbookDir, process.cwd()])
      places.unshift(resolve(root, 'collections', 'ansible_collections', namespace!, set!, 'roles', short!))
  }
  const found = places.find((place) => existsSync(place) && statSync(place).isDirectory())
  if (found !== undefined) return found
  const near = didYouMean(name, roots.flatMap(directoriesIn))
  const looked = `looked for:\n${[...new Set(places)].map((place) => `  ${place}`).join('\n')}`
  throw new InputError(`role not found: ${name}`, { position, hint: near ? `did you mean \`${near}\`?\n${looked}` : looked })
}

function directoriesIn(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  } catch {
    return []
  }
}

function nearFile(directory: string, name: string): string | undefined {
  try {
    const near = didYouMean(
      name.replace(/\.ya?ml$/, ''),
      readdirSync(directory).map((file) => file.replace(/\.ya?ml$/, '')),
    )
    return near ? `did you mean \`${near}\`?` : undefined
  } catch {
    return undefined
  }
}
