/** One play: its variables and files, then every item with what it inherits. */
import { existsSync } from 'node:fs'
import { readVars } from '../cached.ts'
import { assignVars, InputError } from '../../yaml/index.ts'
import { find, placesOf } from '../find.ts'
import { isMapping, isTemplate, type Mapping } from '../mapping.ts'
import type { Block, Include, Item, Keywords, Located, Play, Task } from '../model.ts'
import { mayRun } from './decide.ts'
import type { Expanded } from './expand.ts'
import { HandlerNames } from './handlers.ts'
import { hostLayers, NameScope, type PlayScope } from './scope.ts'
import { checkKeywords, checkLoop, checkTask, loopNames } from './task.ts'
import { checkConditions, checkValue, type Report, type Use } from './texts.ts'
import type { ValidateContext, Validation } from './validation.ts'

interface Context extends ValidateContext {
  expanded: Expanded
}

/** What an item inherits. */
interface Inherited {
  scope: NameScope
  conditions: Located<unknown>[]
  defined: ReadonlySet<string>
  /** A failure is part of the plan: ignore_errors, or a block with a rescue. */
  tolerated: boolean
  defaults: Record<string, Mapping>
  /** Includes that are being looked into. */
  stack: Include[]
}

export function checkPlay(play: Play, context: Context, result: Validation): void {
  new PlayCheck(play, context, result).run()
}

class PlayCheck {
  readonly #play: Play
  readonly #context: Context
  readonly #result: Validation
  readonly #handlers: HandlerNames

  constructor(play: Play, context: Context, result: Validation) {
    this.#play = play
    this.#context = context
    this.#result = result
    this.#handlers = new HandlerNames(context.expanded.handlers(play), context.expanded)
  }

  run(): void {
    const play = this.#play
    const shared = this.#shared()
    const scope = new NameScope(shared)
    const outer: Inherited = {
      scope,
      conditions: play.keywords.when,
      defined: new Set(),
      tolerated: play.keywords.ignoreErrors === true,
      defaults: play.keywords.moduleDefaults ?? {},
      stack: [],
    }
    const use = this.#use(outer)
    const defined = checkConditions(play.keywords.when, use)
    checkKeywords(play.keywords, use)
    for (const key of ['serial', 'maxFailPercentage'] as const) if (play[key] !== undefined) checkValue(play, key, use)
    for (const { tasks } of play.sections) this.#items(tasks, { ...outer, defined })
    this.#items(this.#context.expanded.handlers(play), { ...outer, defined })
  }

  #shared(): PlayScope {
    const { inventory, extraVars, expanded } = this.#context
    const { files, relaxed } = this.#varsFiles()
    let names: string[] = []
    let idle = false
    try {
      if (!isTemplate(this.#play.hosts)) names = inventory.match(this.#play.hosts)
      idle = !isTemplate(this.#play.hosts) && names.length === 0
    } catch (error) {
      // The pattern itself has been complained about.
      if (!(error instanceof InputError)) throw error
    }
    return {
      play: this.#play,
      expanded,
      extraVars,
      hosts: hostLayers(inventory, names),
      varsFiles: files,
      relaxed,
      idle,
      groupNames: new Set(Object.keys(inventory.groups())),
    }
  }

  /** Files whose names are fixed; of a list the first that is there. */
  #varsFiles(): { files: Mapping[]; relaxed: boolean } {
    const files: Mapping[] = []
    let relaxed = false
    for (const { value, position } of this.#play.varsFiles) {
      const names = (Array.isArray(value) ? value : [value]).map(String)
      if (names.some(isTemplate)) {
        relaxed = true
        continue
      }
      try {
        const where = { directory: this.#play.directory, playbookDir: this.#play.directory }
        const there = names.flatMap((name) => placesOf('vars', name, where)).find((place) => existsSync(place))
        files.push(readVars(there ?? find('vars', names.join(' or '), where, position), this.#context.vault))
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        this.#result.errors.push(error)
        relaxed = true
      }
    }
    return { files, relaxed }
  }

  #items(items: Item[], outer: Inherited): void {
    for (const item of items) this.#item(item, outer)
  }

  #item(item: Item, outer: Inherited): void {
    const { keywords } = item
    const scope = outer.scope.inner({ role: item.role, vars: keywords.vars })
    const conditions = keywords.when.length > 0 ? [...outer.conditions, ...keywords.when] : outer.conditions
    const inner: Inherited = {
      ...outer,
      scope,
      conditions,
      tolerated: outer.tolerated || tolerates(keywords),
      defaults: keywords.moduleDefaults ? { ...outer.defaults, ...keywords.moduleDefaults } : outer.defaults,
    }
    if (item.kind === 'block') this.#block(item, inner)
    else if (item.kind === 'task') this.#task(item, inner)
    else this.#include(item, inner)
  }

  #block(block: Block, around: Inherited): void {
    const inner = this.#looped(block, around)
    const within = { ...inner, tolerated: inner.tolerated || block.rescue.length > 0 }
    this.#items(block.block, within)
    this.#items(block.rescue, inner)
    this.#items(block.always, inner)
  }

  #task(task: Task, around: Inherited): void {
    const module = this.#context.registry.module(task.module)
    if (!module) return
    const inner = this.#looped(task, around)
    const use = this.#use(inner)
    const defaults = defaultsOf(inner.defaults, module.name, (name) => this.#context.registry.resolve(name)?.name)
    checkTask(task, module, defaults, this.#play, use)
  }

  #include(include: Include, around: Inherited): void {
    const inner = this.#looped(include, around)
    const use = this.#use(inner)
    for (const key of ['target', 'tasksFrom', 'varsFrom', 'defaultsFrom', 'handlersFrom'] as const)
      if (include[key] !== undefined) checkValue(include, key, use)
    const expansion = this.#context.expanded.of(include)
    if (expansion?.error) {
      use.report(expansion.error)
      return
    }
    // An include may include itself; once is enough to see.
    if (!expansion || inner.stack.includes(include)) return
    if (include.apply) checkKeywords(include.apply, use)
    const scope = inner.scope.inner({ role: expansion.role, vars: include.apply?.vars ?? {} })
    this.#items(expansion.items, {
      ...inner,
      scope,
      conditions: include.apply ? [...inner.conditions, ...include.apply.when] : inner.conditions,
      stack: [...inner.stack, include],
    })
  }

  /** Conditions, loop, keywords and notify of an item; gives what holds inside. */
  #looped(item: Item, around: Inherited): Inherited {
    const names = loopNames(item.loop)
    const scope = names.length > 0 ? around.scope.inner({ locals: names }) : around.scope
    const plain = this.#use({ ...around, scope })
    const defined = checkConditions(item.keywords.when, plain)
    const inner = { ...around, scope, defined }
    const use = this.#use(inner)
    // Of a list that is not defined only the condition decides whether that matters.
    if (item.loop) checkLoop(item.loop, this.#use({ ...around, defined }), use)
    checkKeywords(item.keywords, use)
    if ('notify' in item) for (const error of this.#handlers.check(item, item.notify)) use.report(error)
    return inner
  }

  /** Problems of what can't run are none; of what is meant to fail they are warnings. */
  #use({ scope, defined, conditions, tolerated }: Inherited): Use {
    let may: boolean | undefined
    const report: Report = (error) => {
      may ??= mayRun(conditions, scope)
      if (!may) return
      if (tolerated) this.#result.warnings.push(error)
      else this.#result.errors.push(error)
    }
    return { scope, defined, report }
  }
}

function tolerates({ ignoreErrors }: Keywords): boolean {
  return ignoreErrors !== undefined && ignoreErrors !== false
}

/** module_defaults of the module, under any of its names. */
function defaultsOf(all: Record<string, Mapping>, name: string, resolve: (name: string) => string | undefined): Mapping {
  let result: Mapping = {}
  for (const [key, args] of Object.entries(all))
    if (isMapping(args) && resolve(key) === name) result = assignVars(assignVars({}, result), args)
  return result
}
