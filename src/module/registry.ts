/** Finds modules by their names, and checks arguments against their schemas. */
import { didYouMean } from '../yaml/index.ts'
import type { TaskModule } from './contract.ts'

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

export class Registry {
  readonly #modules = new Map<string, TaskModule>()
  readonly #all: TaskModule[]

  constructor(modules: TaskModule[]) {
    this.#all = modules
    for (const module of modules) this.#add(module.name, module)
    for (const module of modules) for (const alias of module.aliases ?? []) this.#add(alias, module)
  }

  /** The module of a short, full or other known name. */
  resolve(action: string): TaskModule | undefined {
    const direct = this.#modules.get(action)
    if (direct) return direct
    const dot = action.lastIndexOf('.')
    if (dot === -1) return undefined
    const module = this.#modules.get(action.slice(dot + 1))
    const collection = action.slice(0, dot)
    return module && (collections.has(collection) || collection === module.collection) ? module : undefined
  }

  /** Short names, sorted. */
  names(): string[] {
    return this.#all.map((module) => module.name).sort()
  }

  modules(): TaskModule[] {
    return [...this.#all]
  }

  /** The module that was probably meant. */
  suggest(action: string): string | undefined {
    return (
      didYouMean(action, this.#modules.keys()) ?? didYouMean(action.slice(action.lastIndexOf('.') + 1), this.#modules.keys())
    )
  }

  #add(name: string, module: TaskModule): void {
    const taken = this.#modules.get(name)
    if (taken && taken !== module) throw new Error(`two modules have the name ${name}: ${taken.name} and ${module.name}`)
    this.#modules.set(name, module)
  }
}
