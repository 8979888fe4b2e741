/** Runs a list of tasks, blocks and includes over a set of hosts, a task at a time (Ansible's linear strategy). */
import type { Block, Include, Item, Task } from '../../playbook/index.ts'
import type { TaskCursor } from '../state/task-cursor.ts'
import { inherit } from '../state/inherited-keywords.ts'
import type { Handlers } from './handlers.ts'
import { runInclude } from './include.ts'
import { standIn } from '../values/stand-in.ts'
import { prepare } from '../values/prepare.ts'
import { alive, hostState, type PlayState, type RunState } from '../state/run-state.ts'
import { stepTask } from './step.ts'

/** What a play's tasks share. */
export interface Stage { run: RunState; play: PlayState; handlers: Handlers }

export interface Failure { task: Task | Include; result: Record<string, unknown>; unreachable: boolean }
export type Failures = Map<string, Failure>

/** Hosts that fail drop out of the rest of the list; they are returned with the reason. */
export async function runItems(stage: Stage, cursor: TaskCursor, hosts: string[]): Promise<Failures> {
  const failures: Failures = new Map()
  let { amnesties } = stage.play
  for (; cursor.next < cursor.items.length; ) {
    const item = cursor.items[cursor.next++] as Item
    const able = hosts.filter((host) => !failures.has(host) && alive(stage.run, host))
    const left = able.filter((host) => !item.role || !hostState(stage.run, host).endedRoles.has(item.role))
    if (able.length > 0 && left.length === 0) continue
    if (left.length === 0 || stage.run.interrupted || stage.play.ended) break
    for (const [host, failure] of await runItem(stage, cursor, item, left)) failures.set(host, failure)
    // meta: clear_host_errors: those that had failed take part again from here on.
    if (amnesties !== stage.play.amnesties) failures.clear()
    amnesties = stage.play.amnesties
  }
  return failures
}

function runItem(stage: Stage, cursor: TaskCursor, item: Item, hosts: string[]): Promise<Failures> {
  if (item.kind === 'block') return item.loop ? runLoopedBlock(stage, cursor, item, hosts) : runBlock(stage, cursor, item, hosts)
  const effective = inherit(cursor.effective, item.keywords)
  if (item.kind === 'include') return runInclude(stage, cursor, item, effective, hosts, runItems)
  return stepTask(stage, cursor, item, effective, hosts)
}

async function runBlock(stage: Stage, cursor: TaskCursor, block: Block, hosts: string[], params: Record<string, unknown> = {}): Promise<Failures> {
  const effective = inherit(cursor.effective, block.keywords, params)
  const always: TaskCursor = { items: block.always, next: 0, effective, parent: cursor }
  const main: TaskCursor = { items: block.block, next: 0, effective, parent: always }
  let failures = await runItems(stage, main, hosts)
  if (block.rescue.length) failures = await rescue(stage, { items: block.rescue, next: 0, effective, parent: always }, failures)
  if (block.always.length) {
    const able = hosts.filter((host) => alive(stage.run, host))
    for (const [host, failure] of await runItems(stage, always, able)) failures.set(host, failure)
  }
  return failures
}

async function rescue(stage: Stage, cursor: TaskCursor, failures: Failures): Promise<Failures> {
  const left: Failures = new Map()
  const hosts: string[] = []
  for (const [name, failure] of failures) {
    if (failure.unreachable) {
      left.set(name, failure)
      continue
    }
    const host = hostState(stage.run, name)
    host.recap.failed--
    host.recap.rescued++
    host.facts.ansible_failed_task = { name: failure.task.keywords.name, action: failure.task.kind === 'task' ? failure.task.action : 'include' }
    host.facts.ansible_failed_result = failure.result
    stage.run.emit({ event: 'rescue', task: stage.run.ids, host: name, name: failure.task.keywords.name ?? '' })
    hosts.push(name)
  }
  if (hosts.length) for (const [host, failure] of await runItems(stage, cursor, hosts)) left.set(host, failure)
  return left
}

/** A loop on a block (more than Ansible has): the block once for each item, hosts with the same items together. */
async function runLoopedBlock(stage: Stage, cursor: TaskCursor, block: Block, hosts: string[]): Promise<Failures> {
  const failures: Failures = new Map()
  const groups = new Map<string, { items: Record<string, unknown>[]; hosts: string[] }>()
  const { loop: _taken, ...plain } = block
  const task = await standIn(stage.run, block)
  for (const host of hosts) {
    const { entries } = prepare({ run: stage.run, play: stage.play, host, task, effective: inherit(cursor.effective, block.keywords) })
    const items = entries.filter((entry) => !entry.skip).map((entry) => entry.local)
    const key = JSON.stringify(items)
    const group = groups.get(key) ?? { items, hosts: [] }
    group.hosts.push(host)
    groups.set(key, group)
  }
  for (const group of groups.values()) {
    for (const local of group.items) {
      const left = group.hosts.filter((host) => !failures.has(host) && alive(stage.run, host))
      for (const [host, failure] of await runBlock(stage, cursor, plain as Block, left, local)) failures.set(host, failure)
    }
  }
  return failures
}
