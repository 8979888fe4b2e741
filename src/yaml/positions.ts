/**
 * Where values were written. One weak table for all files: a container that came from YAML knows the place of itself,
 * of its keys and of its values, for as long as it lives; nothing has to be passed around.
 */
import { offsetInSource, type Style } from './align.ts'
import type { Position } from './position.ts'
import { positionAt, type Source } from './source.ts'

/** Offsets of one entry of a container. A text that is a part of another one points into that (`base`). */
export interface Entry {
  source: Source
  key: number
  value: number
  valueEnd: number
  style?: Style
  /** The value is text that starts at this offset of the decoded text of the entry. */
  skip?: number
  /** The decoded text to which `skip` counts. */
  whole?: string
}

interface Table {
  source: Source
  start: number
  entries: Map<string, Entry>
}

const tables = new WeakMap<object, Table>()

export interface Positions {
  /** Where the container itself starts. */
  of(container: object): Position | undefined
  key(container: object, key: string | number): Position | undefined
  value(container: object, key: string | number): Position | undefined
  /** The place of a line and column (from 1) inside a text value. */
  inText(container: object, key: string | number, line: number, column: number): Position | undefined
}

export const positions: Positions = {
  of(container) {
    const table = tables.get(container)
    return table && positionAt(table.source, table.start)
  },
  key(container, key) {
    const entry = entryOf(container, key)
    return entry && positionAt(entry.source, entry.key)
  },
  value(container, key) {
    const entry = entryOf(container, key)
    if (!entry) return undefined
    return entry.skip ? inEntry(entry, entry.whole ?? '', 0) : positionAt(entry.source, entry.value)
  },
  inText(container, key, line, column) {
    const entry = entryOf(container, key)
    if (!entry) return undefined
    const text = (container as Record<string | number, unknown>)[key]
    if (typeof text !== 'string') return positionAt(entry.source, entry.value)
    let offset = 0
    for (let i = 1; i < line; i++) offset = text.indexOf('\n', offset) + 1
    return inEntry(entry, entry.whole ?? text, offset + column - 1)
  },
}

/** The place of a container, or of a key or value in it; undefined if it did not come from a file. */
export function positionOf(container: object, key?: string | number, what: 'key' | 'value' = 'value'): Position | undefined {
  if (key === undefined) return positions.of(container)
  return what === 'key' ? positions.key(container, key) : positions.value(container, key)
}

/** `to[toKey]` was written where `from[key]` was. */
export function copyPosition(from: object, key: string | number, to: object, toKey: string | number = key): void {
  const entry = entryOf(from, key)
  const table = tables.get(from)
  if (entry && table) tableFor(to, table).entries.set(String(toKey), entry)
}

/** All entries of `from` (some of them renamed) also describe `to`. */
export function copyPositions(from: object, to: object, renamed: Record<string, string> = {}): void {
  const table = tables.get(from)
  if (!table) return
  const target = tableFor(to, table)
  for (const [key, entry] of table.entries) target.entries.set(renamed[key] ?? key, entry)
}

/** Adds variables with their positions; what is still encrypted stays so until it is read. */
export function assignVars<T extends Record<string, unknown>>(into: T, from: Record<string, unknown>): T {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from)))
    Object.defineProperty(into, key, descriptor)
  copyPositions(from, into)
  return into
}

/** `to[toKey]` is the part of the text `from[key]` that starts at `offset` of that text. */
export function setPartPosition(from: object, key: string | number, offset: number, to: object, toKey: string): void {
  const entry = entryOf(from, key)
  const table = tables.get(from)
  const text = (from as Record<string | number, unknown>)[key]
  if (!entry || !table || typeof text !== 'string') return
  const whole = entry.whole ?? text
  tableFor(to, table).entries.set(toKey, { ...entry, skip: (entry.skip ?? 0) + offset, whole })
}

/** Declares a container that a parser made. */
export function setTable(container: object, source: Source, start: number): Map<string, Entry> {
  const table: Table = { source, start, entries: new Map() }
  tables.set(container, table)
  return table.entries
}

/** Gives an object of our own the position of the container (or entry) it was made from. */
export function setPosition(object: object, from: object, key?: string | number): void {
  const table = tables.get(from)
  if (!table) return
  const entry = key === undefined ? undefined : entryOf(from, key)
  tables.set(object, {
    source: table.source,
    start: entry?.value ?? table.start,
    entries: tables.get(object)?.entries ?? new Map(),
  })
}

export function entryOf(container: object, key: string | number): Entry | undefined {
  return tables.get(container)?.entries.get(String(key))
}

function inEntry(entry: Entry, whole: string, offset: number): Position {
  const at = offset + (entry.skip ?? 0)
  if (!entry.style) return positionAt(entry.source, entry.value)
  return positionAt(entry.source, offsetInSource(entry.source.text, entry.value, entry.valueEnd, entry.style, whole, at))
}

function tableFor(container: object, like: Table): Table {
  let table = tables.get(container)
  if (!table) tables.set(container, (table = { source: like.source, start: like.start, entries: new Map() }))
  return table
}
