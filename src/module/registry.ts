/**
 * Finds modules by their names. A name is known from the index; the file of a module is imported when a task that uses
 * it has been read: `use` takes note of it, `load` imports all that was noted since the last time.
 */
import { didYouMean } from '../text/similar.ts'
import type { ModuleEntry, ModuleNames, TaskModule } from './contract.ts'

export { checkArgs, hasTemplate, type Locator, locatorOf, normaliseArgs, parseArgs } from './check-args.ts'
export { parseFreeForm, splitFreeForm } from './free-form.ts'

/** Collections under which playbooks know modules that live elsewhere now, or did so once. */
const collections = new Set([
  'ansible.builtin',
  'ansible.legacy',
  'ansible.posix',
  'ansible.mysql',
  'ansible.utils',
  'community.general',
  'community.postgresql',
  'community.mysql',
  'community.crypto',
  'community.docker',
  'aarun.apim',
])

/** Every module of an index, loaded: for what is about all of them, such as their documentation. */
export async function loadModules(entries: ModuleEntry[]): Promise<TaskModule[]> {
  const files = await Promise.all(entries.map((entry) => entry.load()))
  return files.map((file) => file.default as TaskModule)
}

export class Registry {
  readonly #known = new Map<string, ModuleNames>()
  readonly #names: string[]
  readonly #wanted = new Set<ModuleEntry>()
  readonly #loaded = new Map<string, TaskModule>()
  /** Imports that are under way, whoever asked for them. */
  #loading: Promise<unknown> = Promise.resolve()

  /** Of lines of the index, and of modules as they are. */
  constructor(modules: (ModuleEntry | TaskModule)[]) {
    this.#names = modules.map((module) => module.name).sort()
    for (const module of modules) this.#add(module.name, module)
    for (const module of modules) for (const alias of module.aliases ?? []) this.#add(alias, module)
    for (const module of modules) if (!('load' in module)) this.#loaded.set(module.name, module)
  }

  /** What is known of the module of a short, full or other known name. */
  resolve(action: string): ModuleNames | undefined {
    const direct = this.#known.get(action)
    if (direct) return direct
    const dot = action.lastIndexOf('.')
    if (dot === -1) return undefined
    const module = this.#known.get(action.slice(dot + 1))
    const collection = action.slice(0, dot)
    return module && (collections.has(collection) || collection === module.collection) ? module : undefined
  }

  /** As `resolve`, for a task that is going to need the module itself. */
  use(action: string): ModuleNames | undefined {
    const found = this.resolve(action)
    if (found && 'load' in found && !this.#loaded.has(found.name)) this.#wanted.add(found as ModuleEntry)
    return found
  }

  /** Imports the modules that tasks use and that are not there yet. */
  async load(): Promise<void> {
    if (this.#wanted.size > 0) {
      const wanted = [...this.#wanted]
      this.#wanted.clear()
      // With strategy free another host may have noted some of them, and waits for them too.
      this.#loading = Promise.all([this.#loading, this.#import(wanted)])
    }
    await this.#loading
  }

  async #import(wanted: ModuleEntry[]): Promise<void> {
    for (const module of await loadModules(wanted)) this.#loaded.set(module.name, module)
  }

  /** The module of a task that was read; undefined for a name that nothing has. */
  module(action: string): TaskModule | undefined {
    const found = this.resolve(action)
    if (!found) return undefined
    const module = this.#loaded.get(found.name)
    if (!module) throw new Error(`the module ${found.name} is used before it was loaded`)
    return module
  }

  /** Short names, sorted. */
  names(): string[] {
    return [...this.#names]
  }

  /** The module that was probably meant. */
  suggest(action: string): string | undefined {
    return (
      didYouMean(action, this.#known.keys()) ?? didYouMean(action.slice(action.lastIndexOf('.') + 1), this.#known.keys())
    )
  }

  #add(name: string, module: ModuleNames): void {
    const taken = this.#known.get(name)
    if (taken && taken !== module) throw new Error(`two modules have the name ${name}: ${taken.name} and ${module.name}`)
    this.#known.set(name, module)
  }
}
