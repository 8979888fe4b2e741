/** `aarun inventory`: what ansible-inventory does. Secrets in it are masked. */
import process from 'node:process'
import type { Command } from 'commander'
import type { Inventory } from '../inventory/index.ts'
import { exit, UsageError } from './exit.ts'
import { addInventoryOptions, addVaultOptions, inventorySources } from './options.ts'
import type { InventoryOptions } from './options.ts'
import { openVault } from './secrets.ts'

interface InventoryFlags extends InventoryOptions {
  list?: boolean
  graph?: boolean
  host?: string
  vars?: boolean
  playbookDir?: string
}

export function addInventory(program: Command, done: (code: number) => void): void {
  const command = program
    .command('inventory')
    .summary('show hosts, groups and their variables')
    .argument('[group]', 'only this group (with --graph)')
    .option('--list', 'everything, as JSON')
    .option('--host <name>', 'the variables of one host, as JSON')
    .option('--graph', 'groups and hosts as a tree')
    .option('--vars', 'variables in the tree too')
    .option('--playbook-dir <directory>', 'group_vars and host_vars in this directory count too')
  addVaultOptions(addInventoryOptions(command)).action(async (group: string | undefined, flags: InventoryFlags) =>
    done(await inventory(group, flags)),
  )
}

async function inventory(group: string | undefined, flags: InventoryFlags): Promise<number> {
  if ([flags.list, flags.graph, flags.host].filter(Boolean).length !== 1)
    throw new UsageError('expected one of --list, --graph and --host NAME')
  const { Secrets } = await import('../events/index.ts')
  const { loadInventory } = await import('../inventory/index.ts')
  const { didYouMean } = await import('../text/similar.ts')
  const { jsonLine } = await import('../report/json.ts')
  const secrets = new Secrets()
  const vault = await openVault(flags, secrets)
  const loaded = loadInventory(inventorySources(flags), { vault, playbookDir: flags.playbookDir })
  const known = (name: string, names: string[], kind: string) => {
    if (names.includes(name)) return
    const meant = didYouMean(name, names)
    throw new UsageError(
      `there is no ${kind} \`${name}\` in the inventory`,
      meant ? `did you mean \`${meant}\`?` : `it has: ${names.join(', ') || 'none'}`,
    )
  }
  // Reading the variables finds the secrets; so everything is made first and masked last.
  const print = (text: string) => void process.stdout.write(`${secrets.mask(text)}\n`)
  const json = (value: unknown) => print(JSON.stringify(secrets.maskDeep(JSON.parse(jsonLine(value)) as unknown), null, 4))

  if (flags.host !== undefined) {
    if (!loaded.find(flags.host))
      known(
        flags.host,
        loaded.hosts().map((host) => host.name),
        'host',
      )
    json(variables(loaded, flags.host))
  } else if (flags.list) {
    json(listing(loaded, loaded.match('all', { limit: flags.limit })))
  } else {
    const top = group ?? 'all'
    known(top, Object.keys(loaded.groups()), 'group')
    const lines = graph(loaded, top, new Set(loaded.match('all', { limit: flags.limit })), flags.vars ?? false)
    for (const line of lines) print(line)
  }
  return exit.ok
}

/** All variables of a host, the winner of each name. */
function variables(inventory: Inventory, host: string): Record<string, unknown> {
  return Object.assign({}, ...inventory.layers(host).map((layer) => layer.vars)) as Record<string, unknown>
}

function listing(inventory: Inventory, hosts: string[]): Record<string, unknown> {
  const hostvars = Object.fromEntries(
    hosts.map((host) => [host, variables(inventory, host)]).filter(([, vars]) => Object.keys(vars as object).length > 0),
  )
  const result: Record<string, unknown> = { _meta: { hostvars } }
  for (const name of Object.keys(inventory.groups())) {
    const children = childrenOf(inventory, name)
    const own = membersOf(inventory, name).filter((host) => hosts.includes(host))
    if (name !== 'all' && children.length + own.length === 0) continue
    result[name] = { ...(children.length > 0 ? { children } : {}), ...(own.length > 0 ? { hosts: own } : {}) }
  }
  return result
}

function graph(inventory: Inventory, group: string, hosts: Set<string>, vars: boolean, depth = 0): string[] {
  const branch = (below: number) => '  |'.repeat(below) + (below > 0 ? '--' : '')
  const values = (all: Record<string, unknown>, below: number) =>
    vars
      ? Object.entries(all)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => `${branch(below)}{${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}}`)
      : []
  return [
    `${branch(depth)}@${group}:`,
    ...childrenOf(inventory, group).flatMap((child) => graph(inventory, child, hosts, vars, depth + 1)),
    ...membersOf(inventory, group)
      .filter((host) => hosts.has(host))
      .flatMap((host) => [`${branch(depth + 1)}${host}`, ...values(variables(inventory, host), depth + 2)]),
    ...values(inventory.group(group).vars, depth + 1),
  ]
}

/** Groups right below; below `all` are those that are in no other group. */
function childrenOf(inventory: Inventory, group: string): string[] {
  if (group !== 'all') return [...inventory.group(group).children].sort()
  const names = Object.keys(inventory.groups()).filter((name) => name !== 'all')
  const below = new Set(names.flatMap((name) => [...inventory.group(name).children]))
  return names.filter((name) => !below.has(name)).sort()
}

/** Hosts that are named in the group itself. */
function membersOf(inventory: Inventory, group: string): string[] {
  if (group === 'all') return []
  return group === 'ungrouped' ? (inventory.groups()['ungrouped'] ?? []) : [...inventory.group(group).hosts]
}
