/** Edits a TOML document so that its values become others, and leaves every byte alone that does not have to change. */
import { patch } from '@decimalturn/toml-patch'
import { encode, isTable, isTables, parse, same, type Table } from './values.ts'
import { keepLast, parentsFirst } from './section-order.ts'
import { add, build, entryPath, insertSections, isBlank, isEntry, startsWith, type Document } from './placement.ts'
import { join, number, scan, type Entry, type Path, type Section } from './scan.ts'

export interface EditOptions {
  /** Tables that must be the last sections, without comments inside. */
  last: string[]
  /** A table is put before its sub-tables. */
  parentsFirst: boolean
}

/** The document with the desired values. Throws when that can't be done without a doubt. */
export function edit(text: string, desired: Table, options: EditOptions): string {
  const doc: Document = { sections: scan(text), newline: text.includes('\r\n') ? '\r\n' : '\n', last: options.last }
  sync(doc, [], parse(text), desired)
  if (options.parentsFirst) parentsFirst(doc)
  keepLast(doc)
  const edited = join(doc.sections)
  if (edited !== text && !same(parse(edited), desired)) {
    throw new Error('this edit can not be made in place without changing other values: rewrite the file with the template module')
  }
  return edited
}

function sync(doc: Document, path: Path, current: Table, desired: Table): void {
  for (const key of Object.keys(current)) if (!Object.hasOwn(desired, key)) remove(doc, [...path, key])
  // A table that was there only by what was in it.
  if (Object.keys(desired).length === 0 && path.length > 0 && !isWritten(doc, path)) add(doc, path, desired)
  for (const [key, value] of Object.entries(desired)) {
    if (!Object.hasOwn(current, key)) add(doc, [...path, key], value)
    else if (!same(current[key], value)) change(doc, [...path, key], current[key], value)
  }
}

function isWritten(doc: Document, path: Path): boolean {
  return doc.sections.some(
    (section) =>
      startsWith(section.path, path) || section.items.some((item) => isEntry(item) && startsWith(entryPath(section, item), path)),
  )
}

/** Is the table `keys` there by a header or a key of its own, not only by what is in it? */
export function isExplicit(text: string, keys: string[]): boolean {
  const id = JSON.stringify(keys)
  return scan(text).some((section) => {
    const base = section.header?.keys ?? []
    return (
      JSON.stringify(base) === id || section.items.some((item) => isEntry(item) && JSON.stringify([...base, ...item.key]) === id)
    )
  })
}

function change(doc: Document, path: Path, current: unknown, desired: unknown): void {
  const entry = findEntry(doc, path)
  if (entry && (!(isTable(desired) || isTables(desired)) || isTable(current) || isTables(current)))
    setValue(entry, current, desired)
  else if (!entry && isTable(current) && isTable(desired)) sync(doc, path, current, desired)
  else if (!entry && isTables(current) && isTables(desired)) syncTables(doc, path, current, desired)
  else {
    remove(doc, path)
    add(doc, path, desired)
  }
}

/** Elements that are equal at both ends stay; those between are changed in order, then added or removed. */
function syncTables(doc: Document, path: Path, current: Table[], desired: Table[]): void {
  const limit = Math.min(current.length, desired.length)
  let head = 0
  while (head < limit && same(current[head], desired[head])) head++
  let tail = 0
  while (tail < limit - head && same(current.at(-1 - tail), desired.at(-1 - tail))) tail++
  const [old, wanted] = [current.length - tail, desired.length - tail]
  const both = Math.min(old, wanted)
  for (let i = head; i < both; i++) sync(doc, [...path, i], current[i]!, desired[i]!)
  for (let i = old - 1; i >= both; i--) remove(doc, [...path, i])
  for (let i = both; i < wanted; i++) {
    const before = doc.sections.findLastIndex((section) => startsWith(section.path, [...path, i - 1]))
    const index = before === -1 ? doc.sections.findIndex((section) => startsWith(section.path, path)) : before + 1
    insertSections(doc, index, build(doc, [...path, i], desired[i]))
  }
}

function findEntry(doc: Document, path: Path): Entry | undefined {
  for (const section of doc.sections) {
    for (const item of section.items) {
      if (isEntry(item) && section.path.length + item.key.length === path.length && startsWith(entryPath(section, item), path))
        return item
    }
  }
  return undefined
}

/** Writes another value; a list or inline table over several lines keeps its layout and comments. */
function setValue(entry: Entry, current: unknown, desired: unknown): void {
  entry.value =
    (entry.value.includes('\n') && typeof current === 'object' ? patched(entry.value, desired) : undefined) ??
    inStyle(entry.value, desired)
}

function patched(value: string, desired: unknown): string | undefined {
  try {
    const text = patch(`k = ${value}\n`, { k: desired })
    const entries = scan(text).flatMap((section) => section.items.filter(isEntry))
    return entries.length === 1 && same(parse(text), { k: desired }) ? entries[0]!.value : undefined
  } catch {
    return undefined
  }
}

/** A text that was written in single quotes stays so where it can. */
function inStyle(old: string, desired: unknown): string {
  const literal = old.startsWith("'") && !old.startsWith("'''") && typeof desired === 'string'
  return literal && !/['\u0000-\u0008\u000a-\u001f\u007f]/.test(desired) ? `'${desired}'` : encode(desired)
}

/** Removes a value however it is written; comments behind an empty line stay. */
function remove(doc: Document, path: Path): void {
  for (let i = doc.sections.length - 1; i >= 0; i--) {
    const section = doc.sections[i]!
    if (section.header && startsWith(section.path, path)) dropSection(doc, i)
    else section.items = section.items.filter((item) => !isEntry(item) || !startsWith(entryPath(section, item), path))
  }
  number(doc.sections)
}

function dropSection(doc: Document, index: number): void {
  const [section] = doc.sections.splice(index, 1) as [Section]
  const lastEntry = section.items.findLastIndex(isEntry)
  const end = section.items.findIndex((item, i) => i > lastEntry && isBlank(item))
  const kept = end === -1 ? [] : section.items.slice(end)
  const { items } = doc.sections[index - 1]!
  if (isBlank(items.at(-1)) && isBlank(kept[0])) kept.shift()
  items.push(...kept)
}
