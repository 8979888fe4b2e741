/** A file that is a list of tasks or handlers. */
import { dirname } from 'node:path'
import { InputError, positionOf } from '../yaml/index.ts'
import { readYaml } from './cached.ts'
import { readItems } from './items.ts'
import { kindOf } from './mapping.ts'
import type { Item } from './model.ts'
import type { Reading } from './reading.ts'

/** Errors inside the list are collected; a file that is no list is an error itself. */
export function readTaskList(file: string, reading: Reading): Item[] {
  const value = readYaml(file, reading.context.vault)
  if (value === null) return []
  if (!Array.isArray(value)) {
    const position = (typeof value === 'object' ? positionOf(value) : undefined) ?? { file, line: 1, column: 1 }
    throw new InputError(`expected a list of tasks, got ${kindOf(value)}`, { position, hint: 'every task begins with `- `' })
  }
  return readItems(value, { ...reading, directory: dirname(file) })
}
