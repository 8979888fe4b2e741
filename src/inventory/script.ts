/** Executable inventories: JSON from `--list`, and from `--host NAME` if that has no `_meta`. */
// Not execa: it would be loaded at every start, for the few that have such an inventory.
import { spawnSync } from 'node:child_process'
import { InputError } from '../yaml/index.ts'
import type { Inventory } from './inventory.ts'

type Mapping = Record<string, unknown>

export function readScript(inventory: Inventory, path: string): void {
  const list = asMapping(run(path, ['--list']), path)
  const meta = isMapping(list._meta) ? list._meta : undefined
  const hostVars = isMapping(meta?.hostvars) ? meta.hostvars : undefined
  for (const [name, group] of Object.entries(list)) if (name !== '_meta') addGroup(inventory, name, group, path)
  for (const name of Object.keys(hostVars ?? {})) inventory.host(name, path)
  for (const host of inventory.hosts().filter((one) => one.source === path)) {
    const vars = hostVars ? hostVars[host.name] : run(path, ['--host', host.name])
    if (isMapping(vars)) Object.assign(host.vars, vars)
  }
}

/** A group is a list of hosts, or a mapping of hosts, vars and children. */
function addGroup(inventory: Inventory, name: string, group: unknown, path: string): void {
  inventory.group(name, path)
  const { hosts = [], vars = {}, children = [] } = Array.isArray(group) ? { hosts: group } : asMapping(group, path)
  for (const host of strings(hosts, path)) {
    inventory.host(host, path)
    if (name !== 'all') inventory.addTo(name, { host })
  }
  Object.assign(inventory.group(name).vars, asMapping(vars, path))
  for (const child of strings(children, path)) {
    inventory.group(child, path)
    if (name !== 'all') inventory.addTo(name, { child })
  }
}

function run(path: string, args: string[]): unknown {
  const { stdout: output, stderr, status, signal, error } = spawnSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000, maxBuffer: 256 * 1024 * 1024 })
  if (status !== 0) {
    const reason = error?.message ?? (signal ? `ended by ${signal}` : `exit ${status}${stderr ? `: ${stderr.trim().split('\n').at(-1)}` : ''}`)
    throw new InputError(`the inventory script ${path} ${args[0]} failed (${reason})`)
  }
  try {
    return JSON.parse(output)
  } catch {
    throw new InputError(`the inventory script ${path} ${args[0]} did not print JSON`, {
      hint: `it printed: ${output.slice(0, 60)}`,
    })
  }
}

function strings(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.map(String)
  throw new InputError(`the inventory script ${path} gave hosts or children that are no list`)
}

function asMapping(value: unknown, path: string): Mapping {
  if (isMapping(value)) return value
  throw new InputError(`the inventory script ${path} gave something else than a JSON object`)
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
