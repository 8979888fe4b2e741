/** Helpers to take values of a YAML mapping apart, with errors that point at them. */
import { InputError, type Position, positions, setPosition, copyPosition } from '../yaml/index.ts'
import type { Located } from './model.ts'

export type Mapping = Record<string, unknown>

export function isMapping(value: unknown): value is Mapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Where an entry was written: its value, or its key where the value is empty. */
export function placeOf(container: object, key: string | number): Position {
  return positions.value(container, key) ?? positions.of(container) ?? nowhere
}

export function keyPlace(container: object, key: string): Position {
  return positions.key(container, key) ?? positions.of(container) ?? nowhere
}

export const nowhere: Position = { file: '', line: 1, column: 1 }

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return `the text \`${value.length > 40 ? `${value.slice(0, 37)}...` : value}\``
  return `\`${String(value)}\``
}

/** A list of something; a single one is a list of one; nothing is an empty list. */
export function listOf(container: Mapping, key: string): unknown[] {
  const value = container[key]
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** As listOf, each with its place; the places inside texts can be looked up under the key `value`. */
export function locatedList(container: Mapping, key: string): Located<unknown>[] {
  const value = container[key]
  if (value === undefined) return []
  if (!Array.isArray(value)) return [located(container, key)]
  return value.map((_, index) => located(value as unknown as Mapping, index))
}

export function located(container: object, key: string | number): Located<unknown> {
  const result = { value: (container as Record<string | number, unknown>)[key], position: placeOf(container, key) }
  setPosition(result, container, key)
  copyPosition(container, key, result, 'value')
  return result
}

export function expectMapping(container: Mapping, key: string, what = key): Mapping {
  const value = container[key]
  if (value === undefined || value === null) return {}
  if (isMapping(value)) return value
  throw new InputError(`${what}: expected a mapping, got ${kindOf(value)}`, { position: placeOf(container, key) })
}

/** A list of mappings or other things; anything else is an error. */
export function expectList(container: Mapping, key: string): unknown[] {
  const value = container[key]
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new InputError(`${key}: expected a list, got ${kindOf(value)}`, {
    position: placeOf(container, key),
    hint: 'its items begin with `- `',
  })
}

/** True if the text holds a template. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('{{') || value.includes('{%'))
}

export function isVariableName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}
