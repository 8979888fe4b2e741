/** The YAML form of an inventory: groups with hosts, vars and children. */
import { didYouMean } from '../text/similar.ts'
import { assignVars, InputError, loadYaml, type Position, positions, type Vault } from '../yaml/index.ts'
import type { Inventory } from './inventory.ts'
import { expandRange } from './range.ts'
import { at } from './place.ts'

type Mapping = Record<string, unknown>
const groupKeys = ['hosts', 'vars', 'children']

export function parseYamlInventory(inventory: Inventory, file: string, vault: Vault | undefined): void {
  const { value } = loadYaml(file, { vault })
  if (value === null) return
  const top = mapping(value, 'the inventory', { file, line: 1, column: 1 })
  for (const name of Object.keys(top)) addGroup(inventory, top, name, file)
}

function addGroup(inventory: Inventory, container: Mapping, name: string, file: string): void {
  const position = positions.key(container, name)!
  at(position, () => inventory.group(name, file))
  if (container[name] === null) return
  const group = mapping(container[name], `the group \`${name}\``, positions.value(container, name)!)
  for (const key of Object.keys(group)) {
    if (groupKeys.includes(key)) continue
    const near = didYouMean(key, groupKeys)
    throw new InputError(`a group has hosts, vars and children, but not \`${key}\``, {
      position: positions.key(group, key),
      hint: near ? `did you mean \`${near}\`?` : `a child group goes under children:, a host under hosts:`,
    })
  }
  addHosts(inventory, name, group, file)
  const vars = optional(group, 'vars')
  if (vars) assignVars(inventory.group(name).vars, vars)
  const children = optional(group, 'children')
  for (const child of Object.keys(children ?? {})) {
    addGroup(inventory, children!, child, file)
    at(positions.key(children!, child)!, () => name !== 'all' && inventory.addTo(name, { child }))
  }
}

function addHosts(inventory: Inventory, group: string, container: Mapping, file: string): void {
  // One host may stand there as text.
  const hosts = typeof container.hosts === 'string' ? { [container.hosts]: null } : optional(container, 'hosts')
  for (const pattern of Object.keys(hosts ?? {})) {
    const position = positions.key(hosts!, pattern) ?? positions.value(container, 'hosts')!
    const vars =
      hosts![pattern] === null
        ? {}
        : mapping(hosts![pattern], `the variables of \`${pattern}\``, positions.value(hosts!, pattern)!)
    for (const { name, port } of expandRange(pattern, position)) {
      at(position, () => {
        const host = inventory.host(name, file)
        if (group !== 'all') inventory.addTo(group, { host: name })
        if (port !== undefined) host.vars.ansible_port = port
        assignVars(host.vars, vars)
      })
    }
  }
}

function optional(group: Mapping, key: string): Mapping | undefined {
  if (group[key] === undefined || group[key] === null) return undefined
  return mapping(group[key], key, positions.value(group, key)!)
}

function mapping(value: unknown, what: string, position: Position): Mapping {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping
  throw new InputError(`expected ${what} to be a mapping, got ${Array.isArray(value) ? 'a list' : `\`${value}\``}`, {
    position,
    hint: 'names end with a colon here, also those without variables: `web1:`',
  })
}
