/** From files to the typed playbook. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InputError, type Position, positionOf } from '../yaml/index.ts'
import { readYaml } from './cached.ts'
import { find } from './find.ts'
import { keywordsOf, readKeywords, unknownKeyword } from './keywords.ts'
import { isMapping, kindOf, type Mapping, nowhere, placeOf } from './mapping.ts'
import type { Item, Play, Role } from './model.ts'
import { addImported, readPlay } from './play.ts'
import { type LoadContext, type Reading, startReading } from './reading.ts'
import { readRole } from './role.ts'
import { staticText } from './static.ts'
import { readTaskList } from './task-file.ts'

/** The plays of a playbook and of those it imports. Throws InputErrors with all that is wrong. */
export function loadPlaybook(path: string, context: LoadContext): Play[] {
  const file = resolve(path)
  const reading = startReading(context, dirname(file))
  const plays = readPlaybook(path, { ...reading, stack: [file] })
  reading.errors.throwIfAny()
  return plays
}

/** The tasks of a file that is included during the run. */
export function loadTaskFile(
  path: string,
  context: LoadContext,
  options: { role?: Role | undefined; handlers?: boolean; playbookDir?: string | undefined } = {},
): Item[] {
  const reading = startReading(context, options.playbookDir ?? context.playbookDir ?? dirname(path), dirname(path))
  const items = readTaskList(path, { ...reading, role: options.role, handlers: options.handlers ?? false, stack: [path] })
  reading.errors.throwIfAny()
  return items
}

export interface LoadedRole {
  role: Role
  /** Tasks of its dependencies first. */
  items: Item[]
  /** Of the role and its dependencies. */
  handlers: Item[]
  /** The role and its dependencies. */
  roles: Role[]
}

export interface LoadRoleOptions {
  /** Directory of the file that asks for it. */
  directory: string
  playbookDir?: string | undefined
  /** The role whose task asks for it. */
  role?: Role | undefined
  params?: Record<string, unknown>
  tasksFrom?: string | undefined
  varsFrom?: string | undefined
  defaultsFrom?: string | undefined
  handlersFrom?: string | undefined
  position?: Position | undefined
}

/** A role that is included during the run. */
export function loadRole(name: string, context: LoadContext, options: LoadRoleOptions): LoadedRole {
  const reading = startReading(context, options.playbookDir ?? context.playbookDir ?? options.directory, options.directory)
  const { role, items } = readRole(
    name,
    { ...reading, role: options.role },
    { ...options, position: options.position ?? nowhere, params: options.params ?? {}, once: false },
  )
  reading.errors.throwIfAny()
  return { role, items, handlers: reading.found.handlers, roles: reading.found.roles }
}

function readPlaybook(path: string, reading: Reading): Play[] {
  const loaded = reading.errors.try(() => ({ list: playList(path, reading) }))
  const plays: Play[] = []
  loaded?.list.forEach((from, index) => {
    plays.push(...(reading.errors.try(() => readEntry(loaded.list, from, index, reading)) ?? []))
  })
  return plays
}

function playList(path: string, reading: Reading): unknown[] {
  const value = readYaml(path, reading.context.vault)
  if (Array.isArray(value)) return value
  const position = (value !== null && typeof value === 'object' ? positionOf(value) : undefined) ?? {
    file: path,
    line: 1,
    column: 1,
  }
  throw new InputError(`expected a list of plays, got ${kindOf(value)}`, {
    position,
    hint: 'a play begins with `- hosts: ...`',
  })
}

function readEntry(list: unknown[], from: unknown, index: number, reading: Reading): Play[] {
  if (!isMapping(from))
    throw new InputError(`expected a play, got ${kindOf(from)}`, {
      position: placeOf(list, index),
      hint: 'a play begins with `- hosts: ...`',
    })
  const key = ['import_playbook', 'ansible.builtin.import_playbook', 'include'].find((one) => Object.hasOwn(from, one))
  return key === undefined ? [readPlay(from, reading)] : importPlaybook(from, key, reading)
}

function importPlaybook(from: Mapping, key: string, reading: Reading): Play[] {
  for (const other of Object.keys(from))
    if (other !== key && !keywordsOf.playbook.has(other)) throw unknownKeyword(from, other, 'playbook')
  const position = placeOf(from, key)
  const written = from[key]
  const name = typeof written === 'string' ? staticText(written.trim(), reading) : undefined
  if (name === undefined)
    throw new InputError(`${key}: expected the name of a playbook, got ${kindOf(written)}`, {
      position,
      hint: 'it must be known before the run',
    })
  const file = findPlaybook(name, reading, position)
  if (reading.stack.includes(file)) throw new InputError(`${name} imports itself`, { position })
  const keywords = readKeywords(from)
  const plays = readPlaybook(file, {
    ...reading,
    playbookDir: dirname(file),
    directory: dirname(file),
    stack: [...reading.stack, file],
    vars: { ...reading.vars, ...keywords.vars },
  })
  for (const play of plays) addImported(play, keywords)
  return plays
}

function findPlaybook(name: string, reading: Reading, position: Position): string {
  const collection = /^(\w+)\.(\w+)\.(\w+)$/.exec(name)
  if (collection && !/ya?ml$/.test(name)) {
    const base = join(
      reading.playbookDir,
      'collections',
      'ansible_collections',
      collection[1]!,
      collection[2]!,
      'playbooks',
      collection[3]!,
    )
    const found = [`${base}.yml`, `${base}.yaml`].find((path) => existsSync(path))
    if (found) return found
  }
  return find('tasks', name, { directory: reading.playbookDir }, position)
}
