/** Handlers of a play: found by name or topic, run once per flush, in the order in which they are written. */
import type { Block, Include, Item, Task } from '../../playbook/index.ts'
import { type Effective, inherit, nothing } from '../state/inherited-keywords.ts'
import type { TaskCursor } from '../state/task-cursor.ts'
import { runInclude } from './include.ts'
import { type Failures, runItems, type Stage } from './items.ts'
import { alive, hostState, type PlayState, type RunState } from '../state/run-state.ts'
import { stepTask } from './step.ts'
import { scopeOf } from '../values/variables.ts'

export interface Handler { id: string; name: string; item: Task | Include; effective: Effective }

export class Handlers {
  readonly all: Handler[]
  private readonly run: RunState
  private readonly play: PlayState

  constructor(run: RunState, play: PlayState, items: Item[], effective: Effective) {
    this.run = run
    this.play = play
    this.all = []
    this.add(items, effective)
  }

  /** Handlers of the play, or of a role that was included while it runs. */
  add(items: Item[], parent: Effective): void {
    for (const item of items) {
      const effective = inherit(parent, item.keywords)
      if (item.kind === 'block') this.add((item as Block).block, effective)
      else {
        const name = item.keywords.name ?? (item.kind === 'task' ? item.action : 'include')
        const id = `${item.position.file}:${item.position.line}:${name}`
        if (!this.all.some((handler) => handler.id === id)) this.all.push({ id, name, item, effective })
      }
    }
  }

  /** The handlers that a task's notify means: those that listen to it, or the last one of that name. */
  named(notify: unknown[], host: string, effective: Effective): Handler[] {
    if (notify.length === 0) return []
    const scope = scopeOf(this.run, { host, play: this.play, effective })
    const names = notify.flatMap((each) => this.run.templar.resolve(each, scope)).flat().map(String)
    return names.flatMap((name) => {
      const listening = this.all.filter((handler) => handler.item.listen.includes(name))
      const own = this.all.findLast((handler) => handler.name === name || `${handler.item.role?.name} : ${handler.name}` === name)
      return own ? [...new Set([...listening, own])] : listening
    })
  }

  /**
   * What an earlier run left undone. It waits for a task that would have notified it: at a flush before that, what the
   * handler works with may not be there yet.
   */
  restore(hosts: string[]): void {
    for (const host of hosts) {
      const names = this.run.pending.of(this.play.play.name, host)
      hostState(this.run, host).left = new Set(this.all.filter((handler) => names.includes(handler.name)).map((handler) => handler.id))
    }
  }

  /** A task was passed: notifies those of its handlers that an earlier run left, whether or not it changed anything. */
  passed(notify: unknown[], host: string, effective: Effective): void {
    const { left, notified } = hostState(this.run, host)
    if (left.size === 0) return
    for (const handler of this.named(notify, host, effective)) if (left.delete(handler.id)) notified.add(handler.id)
  }

  /** The play ends: what was left and met no task (one that is gone, or has another tag) is not left again. */
  recall(hosts: string[]): void {
    for (const host of hosts) {
      const { left, notified } = hostState(this.run, host)
      for (const id of left) notified.add(id)
      left.clear()
    }
  }

  async flush(stage: Stage, hosts = stage.play.batch): Promise<Failures> {
    const failures: Failures = new Map()
    const force = stage.run.options.forceHandlers || stage.play.play.forceHandlers === true
    // A handler may notify another one, also one that is written before it: pass until nobody is notified.
    for (let pass = 0; pass < 100; pass++) {
      let ran = false
      for (const handler of this.all) {
        const notified = hosts.filter((host) => this.ready(stage, host, handler, force) && !failures.has(host))
        if (notified.length === 0) continue
        ran = true
        for (const host of notified) hostState(this.run, host).notified.delete(handler.id)
        for (const [host, failure] of await this.runOne(stage, handler, notified)) failures.set(host, failure)
        for (const host of notified) if (!failures.has(host) && !this.run.options.check) this.run.pending.done(this.play.play.name, handler.name, host)
      }
      if (!ran) break
    }
    for (const host of failures.keys()) hostState(this.run, host).failed = true
    return failures
  }

  private ready(stage: Stage, name: string, handler: Handler, force: boolean): boolean {
    const host = hostState(stage.run, name)
    if (!host.notified.has(handler.id) || host.unreachable) return false
    return alive(stage.run, name) || (host.failed && force)
  }

  private runOne(stage: Stage, handler: Handler, hosts: string[]): Promise<Failures> {
    const cursor: TaskCursor = { items: [], next: 0, effective: nothing }
    const { item, effective } = handler
    if (item.kind === 'include') return runInclude(stage, cursor, item, effective, hosts, runItems)
    return stepTask(stage, cursor, item, effective, hosts, true)
  }
}
