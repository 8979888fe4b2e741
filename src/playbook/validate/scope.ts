/** Which definitions a name has at a place of the playbook, before anything runs. */
import type { Inventory, Layer } from '../../inventory/index.ts'
import type { Mapping } from '../mapping.ts'
import type { Play, Role } from '../model.ts'
import type { Expanded } from './expand.ts'
import { isMagic } from './magic.ts'

/** A place where a name is defined. */
export interface Definition {
  container: Mapping
  key: string
}

/** `opaque`: something defines it whose value is only known in the run. */
export type Found = { opaque: true } | { opaque: false; definitions: Definition[] }
const opaque: Found = { opaque: true }

/** What all scopes of a play share. */
export interface PlayScope {
  play: Play
  expanded: Expanded
  extraVars: Mapping
  /** Hosts of the play, each with the layers of its variables. */
  hosts: { name: string; layers: Layer[] }[]
  varsFiles: Mapping[]
  groupNames: ReadonlySet<string>
  /** A file of variables with a computed name. */
  relaxed: boolean
  /** No host is meant: the play does not run, whatever is not defined. */
  idle: boolean
}

/** vars of blocks and tasks, loop variables, and the role: each level knows the one around it. */
export class NameScope {
  readonly shared: PlayScope
  readonly role: Role | undefined
  readonly #parent: NameScope | undefined
  readonly #vars: Mapping | undefined
  readonly #locals: ReadonlySet<string> | undefined
  readonly #cache = new Map<string, Found | undefined>()
  /** Definitions that were checked in this scope. */
  readonly checked = new Set<string>()

  constructor(
    shared: PlayScope,
    options: { parent?: NameScope; role?: Role | undefined; vars?: Mapping; locals?: Iterable<string> } = {},
  ) {
    this.shared = shared
    this.#parent = options.parent
    this.role = options.role
    this.#vars = options.vars
    this.#locals = options.locals && new Set(options.locals)
  }

  /** The scope inside something that has its own variables, loop variables or role; itself if it has none. */
  inner(options: { role?: Role | undefined; vars?: Mapping; locals?: string[] }): NameScope {
    const vars = options.vars && Object.keys(options.vars).length > 0 ? options.vars : undefined
    const role = options.role ?? this.role
    if (!vars && !options.locals?.length && role === this.role) return this
    return new NameScope(this.shared, {
      parent: this,
      role,
      ...(vars ? { vars } : {}),
      ...(options.locals?.length ? { locals: options.locals } : {}),
    })
  }

  find(name: string): Found | undefined {
    if (this.#cache.has(name)) return this.#cache.get(name)
    const found = this.#find(name)
    this.#cache.set(name, found)
    return found
  }

  get relaxed(): boolean {
    return this.shared.relaxed || this.shared.expanded.relaxed
  }

  /** Every name known here, for "did you mean". */
  names(): string[] {
    const all = new Set<string>([
      ...Object.keys(this.shared.extraVars),
      ...this.shared.expanded.names,
      ...Object.keys(this.shared.play.vars),
    ])
    for (const level of this.#levels()) {
      for (const name of Object.keys(level.#vars ?? {})) all.add(name)
      for (const name of level.#locals ?? []) all.add(name)
    }
    for (const role of this.#roles())
      for (const part of [role.params, role.vars, role.defaults]) for (const name of Object.keys(part)) all.add(name)
    for (const file of this.shared.varsFiles) for (const name of Object.keys(file)) all.add(name)
    for (const { layers } of this.shared.hosts)
      for (const { vars } of layers) for (const name of Object.keys(vars)) all.add(name)
    return [...all]
  }

  #find(name: string): Found | undefined {
    const { extraVars, expanded, play, varsFiles } = this.shared
    if (Object.hasOwn(extraVars, name)) return one(extraVars, name)
    for (const level of this.#levels()) if (level.#locals?.has(name)) return opaque
    if (this.role && Object.hasOwn(this.role.params, name)) return one(this.role.params, name)
    if (isMagic(name) || expanded.names.has(name)) return opaque
    for (const level of this.#levels()) if (level.#vars && Object.hasOwn(level.#vars, name)) return one(level.#vars, name)
    for (const role of this.#roles()) if (Object.hasOwn(role.vars, name)) return one(role.vars, name)
    for (let i = varsFiles.length - 1; i >= 0; i--) if (Object.hasOwn(varsFiles[i]!, name)) return one(varsFiles[i]!, name)
    if (Object.hasOwn(play.vars, name)) return one(play.vars, name)
    return this.#fromHosts(name)
  }

  /** The winning definition of each host; hosts without one have the role's default. */
  #fromHosts(name: string): Found | undefined {
    const containers = new Set<Mapping>()
    let missing = this.shared.hosts.length === 0
    for (const { layers } of this.shared.hosts) {
      const layer = layers.findLast(({ vars }) => Object.hasOwn(vars, name))
      if (layer) containers.add(layer.vars)
      else missing = true
    }
    if (missing) {
      const role = this.#roles().find(({ defaults }) => Object.hasOwn(defaults, name))
      if (role) containers.add(role.defaults)
    }
    return containers.size === 0
      ? undefined
      : { opaque: false, definitions: [...containers].map((container) => ({ container, key: name })) }
  }

  /** The role itself, then the other roles of the play, the last one first. */
  #roles(): Role[] {
    const others = [...this.shared.play.roles].reverse()
    return this.role ? [this.role, ...others.filter((role) => role !== this.role)] : others
  }

  #levels(): NameScope[] {
    const levels: NameScope[] = []
    for (let level: NameScope | undefined = this; level; level = level.#parent) levels.push(level)
    return levels
  }
}

function one(container: Mapping, key: string): Found {
  return { opaque: false, definitions: [{ container, key }] }
}

/** The value of a definition, unless it is still encrypted: then it is text, but not read. */
export function valueOf({ container, key }: Definition): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(container, key)
  return descriptor?.get ? '' : descriptor?.value
}

/** Layers of the hosts of a play; of all hosts if the play has none. */
export function hostLayers(inventory: Inventory, names: string[]): PlayScope['hosts'] {
  const hosts = names.length > 0 ? names : inventory.hosts().map((host) => host.name)
  return hosts.map((name) => ({ name, layers: inventory.layers(name) }))
}
