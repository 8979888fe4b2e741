/** Where a new section or entry of a TOML document goes, with the empty lines around it. */
import { encode, encodeKey, isTable, isTables, type Table } from './values.ts'
import { number, textOf, type Entry, type Item, type Path, type Section } from './scan.ts'

export interface Document {
  sections: Section[]
  /** Its line end. */
  newline: string
  /** First keys of the sections that stay at the end. */
  last: string[]
}

export const startsWith = (path: Path, prefix: Path): boolean =>
  path.length >= prefix.length && prefix.every((part, i) => part === path[i])
export const entryPath = (section: Section, entry: Entry): Path => [...section.path, ...entry.key]
const isEntry = (item: Item): item is Entry => item.kind === 'entry'
const isBlank = (item: Item | undefined): boolean => item?.kind === 'other' && item.text.trim() === ''
const isComment = (item: Item | undefined): boolean => item?.kind === 'other' && item.text.trim() !== ''

/** Adds a value that is not there: tables become sections, all else entries. */
export function add(doc: Document, path: Path, value: unknown): void {
  const parent = path.slice(0, -1)
  const asSection = (isTable(value) || isTables(value)) && !dottedHome(doc, parent)
  if (asSection) insertSections(doc, sectionIndex(doc, path), build(doc, path, value))
  else addEntry(doc, parent, String(path.at(-1)), value)
}

/** The section in which a table exists only by dotted keys. */
function dottedHome(doc: Document, table: Path): Section | undefined {
  if (table.length === 0 || doc.sections.some((section) => section.header && startsWith(section.path, table))) return undefined
  return doc.sections.find((section) =>
    section.items.some((item) => isEntry(item) && startsWith(entryPath(section, item), table)),
  )
}

function addEntry(doc: Document, table: Path, key: string, value: unknown): void {
  const own = doc.sections.find(
    (section) =>
      (section.header !== undefined || table.length === 0) &&
      section.path.length === table.length &&
      startsWith(section.path, table),
  )
  const home = own ?? dottedHome(doc, table)
  if (!home) {
    insertSections(doc, sectionIndex(doc, table), build(doc, table, { [key]: value }))
    return
  }
  const keys = [...table.slice(home.path.length).map(String), key]
  const index = entryIndex(home, table, keys)
  const sibling = home.items.find(isEntry)
  const indent = sibling ? /^[ \t]*/.exec(sibling.head)![0] : ''
  endLine(home, index, doc)
  home.items.splice(index, 0, entryOf(keys, value, doc, indent))
  if (!home.header && !home.items.slice(0, index).some(isEntry) && home.items.length > 1 && !isBlank(home.items[index + 1]))
    home.items.splice(index + 1, 0, blank(doc))
  if (!home.header && index === home.items.length - 1 && doc.sections.length > 1) home.items.push(blank(doc))
}

/** Behind its commented-out twin, behind the entries of the same table, or first in the section. */
function entryIndex(section: Section, table: Path, keys: string[]): number {
  const { items } = section
  const twin = new RegExp(`^[ \\t]*#+[ \\t]*${keys.map((key) => encodeKey(key).replace(/[^\w]/g, '\\$&')).join('\\.')}[ \\t]*=`)
  const commented = items.findLastIndex((item) => item.kind === 'other' && twin.test(item.text))
  if (commented !== -1 && items.slice(0, commented).every((item) => !isBlank(item))) return commented + 1
  const last = items.findLastIndex((item) => isEntry(item) && startsWith(entryPath(section, item), table))
  if (last !== -1) return last + 1
  if (section.header) return 0
  // Behind the comment at the top of the file, unless it belongs to the first section.
  const top = items.findIndex((item) => !isComment(item))
  return top === -1 ? 0 : items.findIndex((item, i) => i >= top && !isBlank(item)) === -1 ? items.length : top + 1
}

/** Where the sections of a path go: before its own sub-tables, behind its relatives, before what stays last. */
export function sectionIndex(doc: Document, path: Path): number {
  const child = doc.sections.findIndex((section) => section.header && startsWith(section.path, path))
  if (child !== -1) return child
  for (let length = path.length - 1; length > 0; length--) {
    const relative = doc.sections.findLastIndex((section) => section.header && startsWith(section.path, path.slice(0, length)))
    if (relative !== -1) return relative + 1
  }
  if (doc.last.includes(String(path[0]))) return doc.sections.length
  const end = doc.sections.findLastIndex((section) => !section.header || !doc.last.includes(section.header.keys[0]!))
  return end + 1
}

/** Sections for a table or a list of tables: its own entries first, then its sub-tables. */
export function build(doc: Document, path: Path, value: unknown): Section[] {
  if (isTables(value)) return value.flatMap((table) => buildTable(doc, path, table, true))
  return buildTable(doc, path, value as Table, typeof path.at(-1) === 'number')
}

function buildTable(doc: Document, path: Path, table: Table, array: boolean): Section[] {
  const keys = path.filter((part) => typeof part === 'string')
  const members = Object.entries(table)
  const simple = members.filter(([, value]) => !isTable(value) && !isTables(value))
  const nested = members.filter(([, value]) => isTable(value) || isTables(value))
  const header = { keys, array, text: `${array ? '[[' : '['}${keys.map(encodeKey).join('.')}${array ? ']]' : ']'}${doc.newline}` }
  const own: Section = { header, path, items: simple.map(([key, value]) => entryOf([key], value, doc, '')) }
  const needed = array || simple.length > 0 || nested.length === 0
  return [...(needed ? [own] : []), ...nested.flatMap(([key, value]) => build(doc, [...keys, key], value))]
}

export function insertSections(doc: Document, index: number, sections: Section[]): void {
  const before = doc.sections[index - 1]!
  const next = doc.sections[index]
  endLine(before, before.items.length, doc)
  const comments = next ? takeComments(before) : []
  if ((before.header || before.items.length > 0) && !isBlank(before.items.at(-1))) before.items.push(blank(doc))
  for (const section of next ? sections : sections.slice(0, -1)) section.items.push(blank(doc))
  sections.at(-1)!.items.push(...comments)
  doc.sections.splice(index, 0, ...sections)
  number(doc.sections)
}

/** Comments right above the next header belong to it, not to the section in which they stand. */
export function takeComments(section: Section): Item[] {
  const { items } = section
  const start = items.findLastIndex((item) => !isComment(item)) + 1
  const apart = start === 0 ? !section.header : isBlank(items[start - 1])
  return apart ? items.splice(start) : []
}

/** The line before `index` ends with a line end. */
function endLine(section: Section, index: number, doc: Document): void {
  const item = section.items[index - 1]
  if (item) {
    if (textOf(item).endsWith('\n')) return
    if (item.kind === 'entry') item.tail += doc.newline
    else item.text += doc.newline
  } else if (section.header && !section.header.text.endsWith('\n')) {
    section.header.text += doc.newline
  }
}

function entryOf(keys: string[], value: unknown, doc: Document, indent: string): Entry {
  return {
    kind: 'entry',
    key: keys,
    head: `${indent}${keys.map(encodeKey).join('.')} = `,
    value: encode(value),
    tail: doc.newline,
  }
}

const blank = (doc: Document): Item => ({ kind: 'other', text: doc.newline })
export { isBlank, isEntry }
