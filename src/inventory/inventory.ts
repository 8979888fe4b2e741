/** Hosts and groups, which hosts a pattern means, and the layers of variables of a host. */
import { dirname } from 'node:path'
import { InputError, type Vault } from '../yaml/index.ts'
import { selectHosts, type Selection } from './pattern.ts'
import { type Layer, VarsDirectory } from './vars-directory.ts'

export interface Host {
  name: string
  vars: Record<string, unknown>
  /** localhost that no inventory names. */
  implicit?: boolean
  /** File in which it was named first. */
  source?: string
}

export interface Group {
  name: string
  vars: Record<string, unknown>
  hosts: Set<string>
  children: Set<string>
  source?: string
}

export class Inventory {
  readonly sources: string[] = []
  readonly #hosts = new Map<string, Host>()
  readonly #groups = new Map<string, Group>()
  readonly #besideInventory: VarsDirectory[] = []
  readonly #besidePlaybook: VarsDirectory[] = []
  #implicit: Host | undefined
  #names: Map<string, string[]> | undefined

  constructor() {
    this.group('all')
    this.group('ungrouped')
  }

  /** The group of this name; made if there is none. */
  group(name: string, source?: string): Group {
    let group = this.#groups.get(name)
    if (!group) {
      if (this.#hosts.has(name)) throw new InputError(`\`${name}\` is already the name of a host, it can not be a group too`)
      group = { name, vars: {}, hosts: new Set(), children: new Set(), ...(source === undefined ? {} : { source }) }
      this.#groups.set(name, group)
      this.#names = undefined
    }
    return group
  }

  /** The host of this name; made if there is none. */
  host(name: string, source?: string): Host {
    let host = this.#hosts.get(name)
    if (!host) {
      if (this.#groups.has(name)) throw new InputError(`\`${name}\` is already the name of a group, it can not be a host too`)
      host = { name, vars: {}, ...(source === undefined ? {} : { source }) }
      this.#hosts.set(name, host)
      this.#names = undefined
    }
    return host
  }

  /** Puts a host or a group into a group. */
  addTo(group: string, member: { host: string } | { child: string }): void {
    this.#names = undefined
    if ('host' in member) {
      this.group(group).hosts.add(member.host)
      return
    }
    if (member.child === group || this.#descendants(member.child).includes(group)) {
      throw new InputError(`the group \`${member.child}\` can not contain \`${group}\`, which contains it already`)
    }
    this.group(group).children.add(member.child)
  }

  /** All hosts, in the order in which they were named. */
  hosts(): Host[] {
    return [...this.#hosts.values()]
  }

  /** True for a host that the inventory names. */
  has(name: string): boolean {
    return this.#hosts.has(name)
  }

  /** A host by name; localhost is there even if no inventory names it. */
  find(name: string): Host | undefined {
    const host = this.#hosts.get(name)
    if (host) return host
    return isLocal(name) ? this.#implicitHost(name) : undefined
  }

  /** Names of the hosts a pattern means, in inventory order; a `limit` is a second pattern that must match too. */
  match(pattern: string, options: { limit?: string | undefined } = {}): string[] {
    const names = selectHosts(pattern, this.#selection()).hosts
    if (options.limit === undefined) return names
    const limit = new Set(selectHosts(options.limit, this.#selection()).hosts)
    return names.filter((name) => limit.has(name))
  }

  /** The pieces of a pattern that mean no host and no group at all. */
  unmatched(pattern: string): string[] {
    return selectHosts(pattern, this.#selection()).unmatched
  }

  /** All names that a pattern can use. */
  knownNames(): string[] {
    return [...this.#groups.keys(), ...this.#hosts.keys(), 'localhost']
  }

  /** Names of all groups with their hosts, those of child groups included. */
  groups(): Record<string, string[]> {
    const result: Record<string, string[]> = {}
    for (const name of this.#groups.keys()) result[name] = this.#hostsOf(name)
    return result
  }

  /** Groups of a host without `all`, sorted, as `group_names`. */
  groupNames(host: string): string[] {
    return this.#groupsOf(host)
      .filter((name) => name !== 'all')
      .sort()
  }

  /** Where the variables of a host come from, lowest precedence first. */
  layers(hostName: string): Layer[] {
    const host = this.find(hostName)
    if (!host) return []
    // The implicit localhost is in no group, but sees the variables of `all`.
    const groups = ['all', ...this.#byDepth(this.#groupsOf(hostName).filter((name) => name !== 'all'))]
    const layers: Layer[] = []
    const own = (name: string) => {
      const group = this.#groups.get(name)!
      if (Object.keys(group.vars).length > 0) layers.push({ source: `inventory, group ${name}`, vars: group.vars })
    }
    const files = (directories: VarsDirectory[], kind: 'group_vars' | 'host_vars', name: string) => {
      for (const directory of directories) layers.push(...directory.layers(kind, name))
    }
    groups.forEach(own)
    files(this.#besideInventory, 'group_vars', 'all')
    files(this.#besidePlaybook, 'group_vars', 'all')
    for (const name of groups.slice(1)) files(this.#besideInventory, 'group_vars', name)
    for (const name of groups.slice(1)) files(this.#besidePlaybook, 'group_vars', name)
    if (Object.keys(host.vars).length > 0) layers.push({ source: `inventory, host ${hostName}`, vars: host.vars })
    files(this.#besideInventory, 'host_vars', hostName)
    files(this.#besidePlaybook, 'host_vars', hostName)
    return layers
  }

  /** Adds a host during the run (add_host); says whether that changed anything. */
  addHost(name: string, groups: string[], vars: Record<string, unknown>): boolean {
    const existing = this.#hosts.get(name)
    const host = this.host(name)
    let changed = !existing
    for (const [key, value] of Object.entries(vars)) {
      if (JSON.stringify(host.vars[key]) !== JSON.stringify(value)) changed = true
      host.vars[key] = value
    }
    for (const group of groups) {
      if (this.group(group).hosts.has(name)) continue
      this.addTo(group, { host: name })
      changed = true
    }
    return changed
  }

  /** Adds a group during the run (group_by); says whether that changed anything. */
  addGroup(name: string, parents: string[] = [], hosts: string[] = []): boolean {
    let changed = !this.#groups.has(name)
    this.group(name)
    for (const parent of parents) {
      if (parent === 'all' || this.group(parent).children.has(name)) continue
      this.addTo(parent, { child: name })
      changed = true
    }
    for (const host of hosts) {
      if (this.group(name).hosts.has(host)) continue
      this.addTo(name, { host })
      changed = true
    }
    return changed
  }

  /**
   * `inventory_dir` of a host: where the file lies in which it was named first; of one that no file names, such as
   * the implicit localhost, that of the first source.
   */
  dirOf(host?: string): string | undefined {
    const file = host === undefined ? undefined : this.fileOf(host)
    if (file === undefined) return this.#besideInventory[0]?.path
    // A list of hosts is no file; it has a directory nevertheless.
    return this.#besideInventory.find((one) => one.source === file)?.path ?? dirname(file)
  }

  /** `inventory_file` of a host. */
  fileOf(host: string): string | undefined {
    return this.#hosts.get(host)?.source
  }

  /** group_vars and host_vars are looked for here; those beside a playbook win over those beside an inventory. */
  addVarsDirectory(
    path: string,
    beside: 'inventory' | 'playbook',
    options: { vault?: Vault | undefined; source?: string },
  ): void {
    const list = beside === 'inventory' ? this.#besideInventory : this.#besidePlaybook
    list.push(new VarsDirectory(path, beside, options.vault, options.source))
  }

  #selection(): Selection {
    return {
      hosts: [...this.#hosts.keys()],
      groups: [...this.#groups.keys()],
      hostsOf: (group) => this.#hostsOf(group),
      implicit: (name) => (isLocal(name) ? this.#implicitHost(name).name : undefined),
    }
  }

  #implicitHost(name: string): Host {
    // All local names are one host, unless the inventory names it.
    const named = this.#hosts.get('localhost')
    if (named) return named
    this.#implicit ??= { name, vars: { ansible_connection: 'local' }, implicit: true }
    if (this.#implicit.name !== name) return { name, vars: { ansible_connection: 'local' }, implicit: true }
    return this.#implicit
  }

  #hostsOf(group: string): string[] {
    if (group === 'all') return [...this.#hosts.keys()]
    if (group === 'ungrouped')
      return [...this.#hosts.keys()].filter((host) =>
        this.#membership(host).every((name) => name === 'all' || name === 'ungrouped'),
      )
    const seen = new Set<string>()
    for (const name of [group, ...this.#descendants(group)]) for (const host of this.#groups.get(name)!.hosts) seen.add(host)
    return [...seen]
  }

  /** Groups that name the host themselves. */
  #membership(host: string): string[] {
    if (!this.#names) {
      this.#names = new Map()
      for (const group of this.#groups.values()) {
        for (const member of group.hosts) this.#names.set(member, [...(this.#names.get(member) ?? []), group.name])
      }
    }
    return this.#names.get(host) ?? []
  }

  #groupsOf(host: string): string[] {
    if (!this.#hosts.has(host)) return []
    const direct = this.#membership(host).filter((name) => name !== 'all' && name !== 'ungrouped')
    if (direct.length === 0) return ['ungrouped']
    const all = new Set(direct)
    for (const name of all) for (const parent of this.#parents(name)) all.add(parent)
    return [...all]
  }

  #parents(group: string): string[] {
    return [...this.#groups.values()].filter((one) => one.children.has(group)).map((one) => one.name)
  }

  #descendants(group: string): string[] {
    const found = new Set<string>()
    const queue = [...(this.#groups.get(group)?.children ?? [])]
    for (const name of queue) {
      if (found.has(name)) continue
      found.add(name)
      queue.push(...(this.#groups.get(name)?.children ?? []))
    }
    return [...found]
  }

  /** Parents before children; among equals by ansible_group_priority, then by name. */
  #byDepth(groups: string[]): string[] {
    const depths = new Map<string, number>()
    const depth = (name: string): number => {
      const known = depths.get(name)
      if (known !== undefined) return known
      depths.set(name, 1)
      const value =
        1 +
        Math.max(
          0,
          ...this.#parents(name)
            .filter((parent) => parent !== 'all')
            .map(depth),
        )
      depths.set(name, value)
      return value
    }
    const priority = (name: string) => Number(this.#groups.get(name)?.vars.ansible_group_priority ?? 1) || 1
    return [...groups].sort((a, b) => depth(a) - depth(b) || priority(a) - priority(b) || (a < b ? -1 : a > b ? 1 : 0))
  }
}

function isLocal(name: string): boolean {
  return name === 'localhost' || name === '127.0.0.1' || name === '::1'
}
