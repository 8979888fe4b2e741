/** What a module sees of the run while it observes and plans. */
import { isAbsolute } from 'node:path'
import type { Context, Facts, RenderOptions, TaskModule } from '../../module/contract.ts'
import { find, type Task } from '../../playbook/index.ts'
import type { Outcome } from '../../remote/action.ts'
import { type FileFact, probe } from '../../remote/probe.ts'
import type { Target } from '../../remote/index.ts'
import { type Scope, Unknown } from '../../template/index.ts'
import type { Reach } from '../state/connections.ts'
import { loadYaml, type Position, positionOf } from '../../yaml/index.ts'
import type { PlayState, RunState } from '../state/run-state.ts'
import { scopeOf } from './variables.ts'

export interface ContextInput {
  run: RunState
  play: PlayState
  task: Task
  module: TaskModule
  reach: Reach
  scope: Scope
  environment: Record<string, string>
  check: boolean
  diff: boolean
}

function isForeseen(reach: Reach, path: string): boolean {
  const nothing: FileFact = { exists: false }
  const fact = reach.controller.overlay.apply(probe.file({ path, follow: true }), nothing)
  return fact instanceof Unknown || (fact as FileFact).exists
}

export function contextOf(input: ContextInput, verifying?: { before: Facts; outcomes: Outcome[] }): Context {
  const { run, play, task, reach, scope } = input
  const { templar } = run
  const remoteShell = remoteShellOf(reach.target)
  return {
    check: input.check,
    diff: input.diff,
    host: {
      name: reach.host,
      address: reach.address,
      transport: reach.target.transport,
      ...(reach.target.transport === 'ssh' && reach.target.user ? { user: reach.target.user } : {}),
    },
    environment: input.environment,
    evaluate: (expression) => templar.expression(expression, scope),
    condition: (expression) => templar.condition(expression, scope),
    render: (text, options?: RenderOptions) => templar.render(text, scope, options),
    find: (kind, name) => {
      // In check mode also a file of this machine that an earlier task would make.
      if (input.check && isAbsolute(name) && isForeseen(reach, name)) return name
      return find(kind, name, { directory: task.directory, role: task.role, playbookDir: play.play.directory })
    },
    variable: (name) => {
      const found = scope.lookup(name)
      return found?.template ? templar.resolve(found.value, found.scope ?? scope) : found?.value
    },
    origin: (name, path, host) => originOf((host === undefined ? scope : scopeOf(run, { host, play })).lookup(name)?.value, path),
    loadYaml: (name, text) => loadYaml({ name, text }, run.options.vault ? { vault: run.options.vault } : {}).value,
    hosts: (pattern) => run.options.inventory.match(pattern),
    ...(remoteShell ? { remoteShell } : {}),
    ...(verifying ?? {}),
  }
}

/** Goes down the mappings as they were written; what a template makes has no place of its own. */
function originOf(value: unknown, [key, ...rest]: string[]): Position | undefined {
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return rest.length === 0 ? positionOf(value, key, 'key') : originOf((value as Record<string, unknown>)[key], rest)
}

/** How rsync reaches the host, with the same key, port and options as the tasks. */
function remoteShellOf(target: Target): Context['remoteShell'] {
  if (target.transport === 'exec') return { argv: target.prefix, target: '' }
  if (target.transport !== 'ssh') return undefined
  const checking = target.hostKeyChecking ?? 'yes'
  return {
    argv: [
      'ssh',
      ...(target.config ? ['-F', target.config] : []),
      '-o', 'BatchMode=yes',
      '-o', `StrictHostKeyChecking=${checking}`,
      ...(target.port ? ['-p', String(target.port)] : []),
      ...(target.identityFile ? ['-i', target.identityFile] : []),
      ...(target.options ?? []),
    ],
    target: target.user ? `${target.user}@${target.host}` : target.host,
  }
}
