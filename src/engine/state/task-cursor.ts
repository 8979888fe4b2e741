/** Where a run stands in a list of tasks, and what comes after it. */
import type { Item, Task } from '../../playbook/index.ts'
import { type Effective, inherit } from './inherited-keywords.ts'

/** A place in a list of tasks, and the places in the lists around it. */
export interface TaskCursor {
  items: Item[]
  /** Index of the item that comes next. */
  next: number
  effective: Effective
  /** What comes after this list. */
  parent?: TaskCursor
}

export interface Coming { task: Task; effective: Effective }

/** The tasks that follow, in order, as far as they are written down (not what includes will bring). */
export function* upcoming(cursor: TaskCursor): Generator<Coming> {
  for (let at: TaskCursor | undefined = cursor; at; at = at.parent) {
    for (let index = at.next; index < at.items.length; index++) yield* flatten(at.items[index] as Item, at.effective)
  }
}

export function* flatten(item: Item, parent: Effective): Generator<Coming> {
  const effective = inherit(parent, item.keywords)
  if (item.kind === 'task') yield { task: item, effective }
  if (item.kind !== 'block' || item.loop) return
  for (const inner of [...item.block, ...item.always]) yield* flatten(inner, effective)
}

/** Does any task, block or include below these items satisfy the condition? */
export function some(items: Item[], parent: Effective, condition: (effective: Effective) => boolean): boolean {
  return items.some((item) => {
    const effective = inherit(parent, item.keywords)
    if (item.kind !== 'block') return condition(effective)
    return [...item.block, ...item.rescue, ...item.always].some((inner) => some([inner], effective, condition))
  })
}
