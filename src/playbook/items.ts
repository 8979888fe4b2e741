/** Lists of tasks: tasks, blocks, and what imports or includes others. */
import { InputError, setPosition } from '../yaml/index.ts'
import { readControl } from './import.ts'
import { keywordsOf, readKeywords, unknownKeyword } from './keywords.ts'
import { readLoop } from './loop.ts'
import { expectList, isMapping, kindOf, listOf, type Mapping, nowhere, placeOf } from './mapping.ts'
import type { Block, Item } from './model.ts'
import type { Reading } from './reading.ts'
import { controlActionOf, findAction, readTask, taskPosition } from './task.ts'

/** The items of a list; a wrong one is remembered, and the others are read all the same. */
export function readItems(list: unknown[], reading: Reading): Item[] {
  const items: Item[] = []
  list.forEach((from, index) => {
    const item = reading.errors.try(() => readItem(list, from, index, reading))
    if (item) items.push(...item)
  })
  return items
}

function readItem(list: unknown[], from: unknown, index: number, reading: Reading): Item[] {
  const position = placeOf(list, index)
  if (from === null) return []
  if (!isMapping(from))
    throw new InputError(`expected a task, got ${kindOf(from)}`, {
      position,
      hint: 'a task is a mapping: `- name: ...` and a module',
    })
  if (Object.hasOwn(from, 'block')) return [readBlock(from, reading)]
  const stray = ['rescue', 'always'].find((key) => Object.hasOwn(from, key))
  if (stray) throw new InputError(`\`${stray}\` without a \`block\``, { position: placeOf(from, stray) })
  if (Object.hasOwn(from, 'hosts') && (Object.hasOwn(from, 'tasks') || Object.hasOwn(from, 'roles'))) {
    throw new InputError('this is a play, but tasks are expected here', {
      position,
      hint: 'plays are imported with import_playbook',
    })
  }
  const action = findAction(from, reading, position)
  const control = controlActionOf(action.name)
  return control ? readControl(control, from, action, reading) : [readTask(from, action, reading, taskPosition(from, position))]
}

function readBlock(from: Mapping, reading: Reading): Block {
  for (const key of Object.keys(from)) {
    if (!keywordsOf.block.has(key) && !key.startsWith('with_')) throw unknownKeyword(from, key, 'block')
  }
  const block: Block = {
    kind: 'block',
    position: taskPosition(from, nowhere),
    keywords: readKeywords(from),
    directory: reading.directory,
    block: readItems(expectList(from, 'block'), reading),
    rescue: readItems(expectList(from, 'rescue'), reading),
    always: readItems(expectList(from, 'always'), reading),
    notify: listOf(from, 'notify'),
  }
  setPosition(block, from)
  if (reading.role) block.role = reading.role
  const loop = readLoop(from)
  if (loop) block.loop = loop
  return block
}
