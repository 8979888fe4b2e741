/** key-mappings.json: keys get the names that the templates know (KeyMapper.java). */
import type { Table, Value } from '../jinjava/value.ts'

export function mapKeys(settings: Table, mappings: Record<string, string | string[]>): Table {
  const mapped: Table = new Map()
  for (const [key, value] of settings) for (const name of targetsOf(key, mappings)) mapped.set(name, value)
  for (const [from, to] of Object.entries(mappings)) {
    const [list = '', member, ...more] = from.split(':')
    if (member === undefined || more.length > 0) continue
    const items = mapped.get(list)
    if (Array.isArray(items)) for (const item of items) if (item instanceof Map) rename(item, member, [to].flat())
  }
  return mapped
}

/** The names under which templates find a key. */
export function targetsOf(key: string, mappings: Record<string, string | string[]>): string[] {
  return Object.hasOwn(mappings, key) ? [mappings[key]!].flat() : [key]
}

/** `"list:key": "list:other"` renames a key in each table of a list. */
function rename(item: Table, member: string, targets: string[]): void {
  const value: Value | undefined = item.get(member)
  if (value === undefined || value === null) return
  item.delete(member)
  for (const target of targets) item.set(target.split(':')[1] ?? target, value)
}
