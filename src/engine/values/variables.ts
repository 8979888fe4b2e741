/**
 * Variables of a host as one task sees them: Ansible's precedence, as a scope in which names are resolved on use.
 * What a host said (facts, registered results) is data: strings in it are never templates.
 */
import { type Definition, type LazyObject, type Scope, omit } from '../../template/index.ts'
import type { Role } from '../../playbook/index.ts'
import type { Effective } from '../state/inherited-keywords.ts'
import { assignVars } from '../../yaml/index.ts'
import { lookupsOf } from './lookups.ts'
import { type HostState, hostState, type PlayState, type RunState } from '../state/run-state.ts'

/** Thrown when a template needs facts that were not gathered yet: the engine gathers them and tries again. */
export class NeedsSystemFacts extends Error {
  readonly host: string
  constructor(host: string) {
    super(`facts of ${host} were not gathered`)
    this.host = host
  }
}

/** For those who turn errors into results: this one is not theirs. */
export function rethrowFacts(error: unknown): void {
  if (error instanceof NeedsSystemFacts) throw error
}

export interface ScopeInput {
  host: string
  play?: PlayState
  effective?: Effective
  role?: Role
  /** Directory of the file in which the templates are written: lookups search from there. */
  directory?: string
  /** Loop variables and other values of the moment: data. */
  local?: Record<string, unknown>
}

interface Layer { vars: Record<string, unknown>; template: boolean }

export function scopeOf(run: RunState, input: ScopeInput): Scope {
  const host = hostState(run, input.host)
  const layers = layersOf(run, host, input)
  const magic = magicOf(run, host, input)
  const scope: Scope = {
    lookups: lookupsOf(run, input),
    lookup(name): Definition | undefined {
      const local = input.local
      if (local && Object.hasOwn(local, name)) return { value: local[name], template: false }
      if (Object.hasOwn(magic, name)) {
        const value = magic[name]?.()
        if (value !== undefined) return { value, template: false }
      }
      for (const layer of layers) if (Object.hasOwn(layer.vars, name)) return { value: layer.vars[name], template: layer.template }
      return systemFact(run, host, input, name)
    },
    names: () => new Set([...Object.keys(input.local ?? {}), ...Object.keys(magic), ...layers.flatMap((layer) => Object.keys(layer.vars))]),
  }
  return scope
}

/** Highest precedence first. */
function layersOf(run: RunState, host: HostState, input: ScopeInput): Layer[] {
  const { play, effective, role } = input
  const template = (vars: Record<string, unknown> | undefined): Layer[] => (vars && Object.keys(vars).length ? [{ vars, template: true }] : [])
  const data = (vars: Record<string, unknown>): Layer[] => [{ vars, template: false }]
  const otherRoles = play ? play.play.roles.filter((other) => other !== role) : []
  return [
    ...template(run.options.extraVars),
    ...[...(effective?.params ?? [])].reverse().flatMap(template),
    ...template(role?.params),
    ...data(host.facts),
    ...template(host.included),
    ...[...(effective?.vars ?? [])].reverse().flatMap(template),
    ...template(role?.vars),
    ...otherRoles.flatMap((other) => template(other.vars)),
    ...[...(play?.fileVars.get(host.name) ?? [])].reverse().flatMap(template),
    ...(play ? data(play.promptVars) : []),
    ...template(play?.play.vars),
    systemLayer(host),
    ...template(inventoryVars(run, host)),
    ...template(role?.defaults),
    ...otherRoles.flatMap((other) => template(other.defaults)),
  ]
}

/** Looked at when it is used: facts may be gathered while a task is at work. */
function systemLayer(host: HostState): Layer {
  return {
    get vars() {
      return host.systemFacts ? prefixed(host.systemFacts) : {}
    },
    template: false,
  }
}

const prefixedFacts = new WeakMap<object, Record<string, unknown>>()
function prefixed(facts: Record<string, unknown>): Record<string, unknown> {
  let result = prefixedFacts.get(facts)
  if (!result) {
    result = Object.fromEntries(Object.entries(facts).map(([key, value]) => [`ansible_${key}`, value]))
    prefixedFacts.set(facts, result)
  }
  return result
}

/** ansible_facts and ansible_X of a host whose facts nobody has asked for yet. */
function systemFact(run: RunState, host: HostState, input: ScopeInput, name: string): Definition | undefined {
  if (host.systemFacts) return undefined
  const gather = input.play ? input.play.play.gatherFacts : false
  if (!gather || host.unreachable || !isSystemFactName(name)) return undefined
  if (host.name !== 'localhost' && !run.options.inventory.find(host.name)) return undefined
  throw new NeedsSystemFacts(host.name)
}

const connectionVariable =
  /^ansible_(connection|host|port|user|password|ssh_.*|become.*|sudo.*|python_interpreter|shell_.*|exec_.*|remote_tmp|loop.*|failed_.*|search_path|delegated_vars|timeout|private_key_file|paramiko.*|pipelining|index_var|group_priority|async_dir|no_log)$/
function isSystemFactName(name: string): boolean {
  return name.startsWith('ansible_') && !connectionVariable.test(name)
}

export function inventoryVars(run: RunState, host: HostState): Record<string, unknown> {
  if (!host.inventoryVars) {
    const merged: Record<string, unknown> = {}
    // Keeps what is encrypted encrypted until something asks for it.
    for (const layer of run.options.inventory.layers(host.name)) assignVars(merged, layer.vars)
    host.inventoryVars = merged
  }
  return host.inventoryVars
}

/** Magic variables, each computed when it is asked for. */
function magicOf(run: RunState, host: HostState, input: ScopeInput): Record<string, () => unknown> {
  const { play, role } = input
  const { options } = run
  const known: Record<string, () => unknown> = {
    omit: () => omit,
    inventory_hostname: () => host.name,
    inventory_hostname_short: () => host.name.split('.')[0],
    inventory_dir: () => options.inventory.dirOf(host.name),
    inventory_file: () => options.inventory.fileOf(host.name) ?? options.inventory.sources[0],
    aarun_package_dir: () => options.packageDir,
    group_names: () => options.inventory.groupNames(host.name),
    groups: () => options.inventory.groups(),
    hostvars: () => hostvars(run, play),
    ansible_facts: () => host.systemFacts ?? needFacts(run, host, input),
    ansible_check_mode: () => options.check,
    ansible_diff_mode: () => options.diff,
    ansible_verbosity: () => options.verbosity,
    ansible_version: () => version,
    ansible_run_tags: () => (options.tags.length ? options.tags : ['all']),
    ansible_skip_tags: () => options.skipTags,
    ansible_limit: () => options.limit,
    ansible_forks: () => options.forks,
    ansible_inventory_sources: () => options.inventory.sources,
    ansible_managed: () => 'Managed by aarun: changes made here by hand are overwritten',
    ansible_playbook_python: () => '',
  }
  if (play) {
    const hosts = () => play.all.filter((name) => !hostState(run, name).failed && !hostState(run, name).unreachable)
    known.playbook_dir = () => play.play.directory
    known.ansible_play_name = () => play.play.name
    known.ansible_play_hosts = hosts
    known.play_hosts = hosts
    known.ansible_play_hosts_all = () => play.all
    known.ansible_play_batch = () => play.batch
    known.ansible_play_role_names = () => play.play.roles.map((each) => each.name)
    known.ansible_role_names = known.ansible_play_role_names
    known.role_names = known.ansible_play_role_names
  }
  if (role) {
    known.role_name = () => role.name
    known.ansible_role_name = () => role.name
    known.role_path = () => role.path
  }
  return known
}

function needFacts(run: RunState, host: HostState, input: ScopeInput): unknown {
  systemFact(run, host, input, 'ansible_facts')
  return {}
}

/** Ansible's version whose semantics are followed; roles test it. */
const version = { full: '2.18.0', major: 2, minor: 18, revision: 0, string: '2.18.0' }

/** Other hosts' variables, each resolved in its own host's scope. */
function hostvars(run: RunState, play: PlayState | undefined): LazyObject {
  const names = () => [...new Set([...run.options.inventory.hosts().map((host) => host.name), ...(play?.all ?? [])])]
  return {
    keys: names,
    get(name) {
      if (!run.options.inventory.find(name) && name !== 'localhost' && !run.hosts.has(name)) return undefined
      const scope = scopeOf(run, { host: name, play: play ? { ...play, play: { ...play.play, vars: {} } } : undefined })
      const object: LazyObject = {
        keys: () => [...scope.names()],
        get(key) {
          const found = scope.lookup(key)
          return found && { ...found, scope }
        },
      }
      return { value: object, template: false }
    },
  }
}
