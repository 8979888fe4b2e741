/** include_tasks and include_role: files that are only known while the play runs. */
import { type Include, type Item, loadRole, loadTaskFile, find, type Task } from '../../playbook/index.ts'
import { type Effective, inherit, selected } from '../state/inherited-keywords.ts'
import type { TaskCursor } from '../state/task-cursor.ts'
import { nothing } from '../state/inherited-keywords.ts'
import { withFacts } from '../reconcile/gather-facts.ts'
import type { Failures, Stage } from './items.ts'
import { messageOf } from '../state/error-message.ts'
import { prepare } from '../values/prepare.ts'
import { standIn } from '../values/stand-in.ts'
import { hostState } from '../state/run-state.ts'
import { scopeOf } from '../values/variables.ts'

type RunItems = (stage: Stage, cursor: TaskCursor, hosts: string[]) => Promise<Failures>
interface Part { key: string; items: Item[]; handlers: Item[]; params: Record<string, unknown>; hosts: string[] }

export async function runInclude(stage: Stage, cursor: TaskCursor, include: Include, effective: Effective, hosts: string[], runItems: RunItems): Promise<Failures> {
  const { run } = stage
  if (!selected(effective.tags, run.options.tags, run.options.skipTags)) return new Map()
  const failures: Failures = new Map()
  const parts: Part[] = []
  const task = await standIn(run, include)
  for (const host of hosts) {
    try {
      await collect(stage, cursor, include, task, effective, host, parts)
    } catch (error) {
      failures.set(host, fail(stage, include, host, messageOf(error)))
    }
  }
  await run.options.registry.load()
  for (const part of parts) {
    const left = part.hosts.filter((host) => !failures.has(host))
    const inner = included(effective, include, part.params)
    stage.handlers.add(part.handlers, inner)
    const inside: TaskCursor = { items: part.items, next: 0, effective: inner, parent: cursor }
    for (const [host, failure] of await runItems(stage, inside, left)) failures.set(host, failure)
  }
  return failures
}

/** Tags and conditions of an include are its own; what is inside gets only `apply` and vars (as in Ansible). */
function included(effective: Effective, include: Include, params: Record<string, unknown>): Effective {
  const base: Effective = { ...effective, tags: nothing.tags, when: nothing.when }
  const own = inherit(base, { when: [], tags: [], vars: {} }, { ...include.keywords.vars, ...params })
  return include.apply ? inherit(own, include.apply) : own
}

/** Hosts for which the same file with the same items comes next go together. */
async function collect(stage: Stage, cursor: TaskCursor, include: Include, task: Task, effective: Effective, host: string, parts: Part[]): Promise<void> {
  const { run, play } = stage
  const preparation = await withFacts({ run, play, host, cursor, effective }, () => prepare({ run, play, host, task, effective }))
  for (const [index, entry] of preparation.entries.entries()) {
    if (entry.error) throw new Error(entry.error)
    if (entry.skip) continue
    if (entry.unknown) {
      run.emit({ event: 'warning', message: `${host}: what would be included can't be told in check mode: ${entry.unknown}`, path: include.position.file, line: include.position.line })
      continue
    }
    const target = String(run.templar.resolve(include.target, entry.scope))
    const from = include.tasksFrom === undefined ? undefined : String(run.templar.resolve(include.tasksFrom, entry.scope))
    const key = JSON.stringify([index, target, from, entry.local])
    const known = parts.find((part) => part.key === key)
    if (known) known.hosts.push(host)
    else parts.push({ key, ...load(stage, include, target, from), params: entry.local, hosts: [host] })
  }
}

function load(stage: Stage, include: Include, target: string, tasksFrom?: string): { items: Item[]; handlers: Item[] } {
  const { load: context } = stage.run.options
  const playbookDir = stage.play.play.directory
  if (include.what === 'role') {
    const { items, handlers } = loadRole(target, context, { directory: include.directory, playbookDir, ...(include.role ? { role: include.role } : {}), ...(tasksFrom ? { tasksFrom } : {}), ...namedFiles(stage, include), position: include.position })
    return { items, handlers }
  }
  const file = find('tasks', target, { directory: include.directory, playbookDir, ...(include.role ? { role: include.role } : {}) })
  return { items: loadTaskFile(file, context, { playbookDir, ...(include.role ? { role: include.role } : {}) }), handlers: [] }
}

/** vars_from, defaults_from and handlers_from of an included role. */
function namedFiles(stage: Stage, include: Include): { varsFrom?: string; defaultsFrom?: string; handlersFrom?: string } {
  const { varsFrom, defaultsFrom, handlersFrom } = include
  const given = Object.entries({ varsFrom, defaultsFrom, handlersFrom }).filter(([, value]) => value !== undefined)
  const scope = scopeOf(stage.run, { host: stage.play.batch[0] ?? 'localhost', play: stage.play })
  return Object.fromEntries(given.map(([key, value]) => [key, String(stage.run.templar.resolve(value, scope))]))
}

function fail(stage: Stage, include: Include, name: string, message: string) {
  const { run, play } = stage
  const id = ++run.ids
  const host = hostState(run, name)
  host.recap.failed++
  const result = { failed: true, changed: false, msg: message }
  const { file, line } = include.position
  run.emit({ event: 'task', id, play: play.id, name: include.keywords.name ?? `include_${include.what}`, module: `include_${include.what}`, action: `include_${include.what}`, tags: [], hosts: [name], path: file, line })
  run.emit({ event: 'result', task: id, host: name, status: 'failed', message, changes: [], result, ms: 0 })
  return { task: include, result, unreachable: false }
}
