/**
 * The whole run laid open: files and roles that are included under a fixed name are read too, and what tasks define
 * (facts, registered results, handlers, tags) is gathered from everywhere, since it may be used anywhere after.
 */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Registry } from '../../module/registry.ts'
import { InputError, InputErrors, type Vault } from '../../yaml/index.ts'
import { find, placesOf } from '../find.ts'
import { loadRole, loadTaskFile, type LoadedRole } from '../load.ts'
import { isTemplate, placeOf } from '../mapping.ts'
import type { Block, Include, Item, Keywords, Play, Role, Task } from '../model.ts'
import { readVars } from '../cached.ts'

export interface ExpandContext {
  registry: Registry
  vault?: Vault | undefined
  rolesPath: string[]
  extraVars: Record<string, unknown>
}

/** What an include brings; `error`: why it can't be read. */
export interface Expansion {
  items: Item[]
  role?: Role
  error?: InputError
}

export class Expanded {
  /** Names that some task of the run defines. */
  readonly names = new Set<string>()
  /** Something defines names that can't be known: an unknown name is no error then. */
  relaxed = false
  /** Tasks may come that are not known now (an include of a computed name). */
  open = false
  /** Groups and hosts that tasks add; undefined: names that are computed. */
  readonly added = new Set<string>()
  addsUnknown = false
  readonly tags = new Set<string>()
  readonly #includes = new Map<Include, Expansion>()
  readonly #handlers = new Map<Play, Item[]>()
  readonly #context: ExpandContext
  #play!: Play

  constructor(plays: Play[], context: ExpandContext) {
    this.#context = context
    for (const play of plays) {
      this.#play = play
      this.#handlers.set(play, [...play.handlers])
      this.#keywords(play.keywords)
      for (const prompt of play.varsPrompt) this.names.add(prompt.name)
      for (const { tasks } of play.sections) this.#items(tasks, [])
      this.#items(play.handlers, [])
    }
  }

  of(include: Include): Expansion | undefined {
    return this.#includes.get(include)
  }

  /** Handlers of the play, those of included roles too. */
  handlers(play: Play): Item[] {
    return this.#handlers.get(play) ?? play.handlers
  }

  #items(items: Item[], stack: string[]): void {
    for (const item of items) {
      this.#keywords(item.keywords)
      if (item.kind === 'block') this.#block(item, stack)
      else if (item.kind === 'task') this.#task(item)
      else this.#include(item, stack)
    }
  }

  #keywords({ tags }: Keywords): void {
    for (const tag of tags) this.tags.add(tag)
  }

  #block(block: Block, stack: string[]): void {
    for (const part of [block.block, block.rescue, block.always]) this.#items(part, stack)
  }

  #include(include: Include, stack: string[]): void {
    if (include.register !== undefined) this.names.add(include.register)
    if (include.apply) this.#keywords(include.apply)
    const { target, tasksFrom } = include
    if (typeof target !== 'string' || isTemplate(target) || isTemplate(tasksFrom)) {
      this.#openInclude(include, stack)
      return
    }
    const expansion = this.#load(include, target)
    this.#includes.set(include, expansion)
    const id = `${include.what}:${target}:${String(tasksFrom)}:${include.directory}`
    // An include may include itself under a condition.
    if (!stack.includes(id)) this.#items(expansion.items, [...stack, id])
  }

  #load(include: Include, target: string): Expansion {
    const position = placeOf(include, 'target')
    const playbookDir = this.#play.directory
    try {
      if (include.what === 'tasks') {
        const file = find('tasks', target, { directory: include.directory, role: include.role, playbookDir }, position)
        const context = { ...this.#context, playbookDir }
        return {
          items: loadTaskFile(file, context, {
            role: include.role,
            handlers: include.listen.length > 0 || /handlers/.test(include.directory),
          }),
          ...(include.role ? { role: include.role } : {}),
        }
      }
      const text = (value: unknown) => (value === undefined || isTemplate(value) ? undefined : String(value))
      const loaded: LoadedRole = loadRole(
        target,
        { ...this.#context, playbookDir },
        {
          directory: include.directory,
          role: include.role,
          position,
          tasksFrom: text(include.tasksFrom),
          varsFrom: text(include.varsFrom),
          defaultsFrom: text(include.defaultsFrom),
          handlersFrom: text(include.handlersFrom),
        },
      )
      this.#handlers.get(this.#play)!.push(...loaded.handlers)
      this.#items(loaded.handlers, [])
      return { items: loaded.items, role: loaded.role }
    } catch (error) {
      if (error instanceof InputError) return { items: [], error }
      throw error
    }
  }

  /** Of a computed name the fixed part tells which files it can be; their names count, whichever is taken. */
  #openInclude(include: Include, stack: string[]): void {
    this.open = true
    const candidates = include.what === 'tasks' ? candidatesOf('tasks', include.target, include, this.#play.directory) : []
    if (candidates.length === 0) this.relaxed = true
    for (const file of candidates) {
      if (stack.includes(file)) continue
      try {
        this.#items(loadTaskFile(file, { ...this.#context, playbookDir: this.#play.directory }, { role: include.role }), [
          ...stack,
          file,
        ])
      } catch (error) {
        // It is read again, and complained about, if the run really includes it.
        if (!(error instanceof InputErrors || error instanceof InputError)) throw error
      }
    }
  }

  #task(task: Task): void {
    if (task.register !== undefined) this.names.add(task.register)
    const { args } = task
    switch (task.module) {
      case 'set_fact':
        if (task.argsTemplate !== undefined) this.relaxed = true
        this.#addNames(Object.keys(args))
        break
      case 'include_vars':
        this.#includeVars(task)
        break
      case 'add_host':
        this.#addNames(Object.keys(args))
        this.#addHosts([args.name, args.hostname, args.host, args.groups, args.group, args.groupname])
        break
      case 'group_by':
        this.#addHosts([args.key, args.parents])
        break
      case 'service_facts':
        this.names.add('services')
        break
      case 'package_facts':
        this.names.add('packages')
        break
      case 'getent':
        this.names.add(`getent_${String(args.database)}`)
    }
  }

  #addNames(names: string[]): void {
    for (const name of names) {
      if (isTemplate(name)) this.relaxed = true
      else this.names.add(name)
    }
  }

  #addHosts(values: unknown[]): void {
    for (const value of values.flat()) {
      if (value === undefined || value === null) continue
      if (isTemplate(value)) this.addsUnknown = true
      else for (const name of String(value).split(',')) this.added.add(name.trim())
    }
  }

  #includeVars(task: Task): void {
    const { args } = task
    if (typeof args.name === 'string' && !isTemplate(args.name)) {
      this.names.add(args.name)
      return
    }
    const written = args.file ?? args._raw_params ?? args.free_form
    const files = args.dir !== undefined ? this.#directory(task, args.dir) : this.#varsFiles(task, written)
    if (files.length === 0) this.relaxed = true
    for (const file of files) {
      try {
        for (const name of Object.keys(readVars(file, this.#context.vault))) this.names.add(name)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        this.relaxed = true
      }
    }
  }

  #varsFiles(task: Task, written: unknown): string[] {
    if (typeof written !== 'string') return []
    if (isTemplate(written)) return candidatesOf('vars', written, task, this.#play.directory)
    return placesOf('vars', written, { directory: task.directory, role: task.role, playbookDir: this.#play.directory })
      .filter((place) => existsSync(place))
      .slice(0, 1)
  }

  #directory(task: Task, written: unknown): string[] {
    if (typeof written !== 'string' || isTemplate(written)) return []
    const place = placesOf('vars', written, {
      directory: task.directory,
      role: task.role,
      playbookDir: this.#play.directory,
    }).find((one) => existsSync(one))
    return place === undefined ? [] : listFiles(place, /\.(ya?ml|json)$/)
  }
}

/** Files that a name with templates can mean: those that fit its fixed part. None if there is no fixed part but an ending. */
function candidatesOf(kind: 'tasks' | 'vars', written: unknown, item: Task | Include, playbookDir: string): string[] {
  if (typeof written !== 'string') return []
  const shape = written.replace(/\{\{.*?\}\}/gs, '\0').replace(/\{%.*?%\}/gs, '\0')
  if (shape.replaceAll('\0', '').replace(/^\.?(ya?ml|json)?$/, '') === '' && item.loop) return []
  if (shape === '\0') return []
  const name = new RegExp(
    `^${basename(shape)
      .split('\0')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  )
  if (dirname(shape).includes('\0')) return []
  const places = placesOf(kind, join(dirname(shape), '.'), { directory: item.directory, role: item.role, playbookDir })
  const found = places.flatMap((place) => listFiles(place, name))
  return [...new Set(found)].filter((file) => /\.(ya?ml|json)$/.test(file))
}

function listFiles(directory: string, name: RegExp): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => name.test(file))
      .map((file) => join(directory, file))
  } catch {
    return []
  }
}
