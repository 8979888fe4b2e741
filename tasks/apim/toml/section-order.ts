/** The order of sections, where readers of a file depend on it. */
import { isBlank, isEntry, startsWith, takeComments, type Document } from './placement.ts'
import { number, type Item, type Section } from './scan.ts'

/** Moves a table that stands behind its sub-tables before them: some parsers fail on it. */
export function parentsFirst(doc: Document): void {
  for (let i = 1; i < doc.sections.length; i++) {
    const section = doc.sections[i]!
    if (section.header?.array) continue
    const child = doc.sections.findIndex(
      (other, j) => j < i && other.header && other.path.length > section.path.length && startsWith(other.path, section.path),
    )
    if (child !== -1) move(doc, i, child)
  }
}

/** Puts the sections that must be last at the end, and moves comments out of them. */
export function keepLast(doc: Document): void {
  for (const name of doc.last) {
    const isLast = (section: Section) => section.header?.keys[0] === name
    for (let done = doc.sections.findIndex(isLast); done !== -1; ) {
      const misplaced = doc.sections.findIndex(
        (section, i) =>
          isLast(section) &&
          doc.sections.slice(i + 1).some((other) => !other.header || !doc.last.includes(other.header.keys[0]!)),
      )
      if (misplaced === -1) break
      move(doc, misplaced, doc.sections.length)
      done = misplaced
    }
    for (const section of doc.sections.filter(isLast)) moveComments(doc, section)
  }
}

/** Moves a section, with the comments right above its header. */
function move(doc: Document, from: number, to: number): void {
  const comments = takeComments(doc.sections[from - 1]!)
  const next = doc.sections[from + 1]
  const own = doc.sections[from]!
  const ofNext = next ? takeComments(own) : []
  doc.sections.splice(from, 1)
  doc.sections[from - 1]!.items.push(...ofNext)
  const index = to > from ? to - 1 : to
  const before = doc.sections[index - 1]!
  const ofFollowing = doc.sections[index] ? takeComments(before) : []
  endWithBlank(before, doc)
  before.items.push(...comments)
  if (doc.sections[index]) endWithBlank(own, doc)
  own.items.push(...ofFollowing)
  doc.sections.splice(index, 0, own)
  const end = doc.sections.at(-1)!
  while ((!next || end === own) && isBlank(end.items.at(-1))) end.items.pop()
  number(doc.sections)
}

function endWithBlank(section: Section, doc: Document): void {
  const text = section.items.length > 0 ? section.items.at(-1)! : undefined
  if (isBlank(text) || (!section.header && !text)) return
  closeLine(section, doc)
  section.items.push({ kind: 'other', text: doc.newline })
}

/** A last line without line end gets one. */
function closeLine(section: Section, doc: Document): void {
  const item = section.items.at(-1)
  if (item?.kind === 'entry' && !/\n$/.test(item.tail)) item.tail += doc.newline
  else if (item?.kind === 'other' && !/\n$/.test(item.text)) item.text += doc.newline
  else if (!item && section.header && !/\n$/.test(section.header.text)) section.header.text += doc.newline
}

/** Comments in the section, also behind a value or the header, go above the header. */
function moveComments(doc: Document, section: Section): void {
  const found: Item[] = []
  const lift = (text: string): string => {
    const [, comment, end = ''] = /^[ \t]*(#.*?)(\r?\n)?$/s.exec(text) ?? []
    if (comment === undefined) return text
    found.push({ kind: 'other', text: comment + (end || doc.newline) })
    return end
  }
  const header = section.header!
  const close = header.text.search(/\][ \t]*(#.*)?\r?\n?$/) + 1
  header.text = header.text.slice(0, close) + lift(header.text.slice(close))
  section.items = section.items.filter((item) => {
    if (isEntry(item)) item.tail = lift(item.tail)
    return isEntry(item) || isBlank(item) || (lift(item.text), false)
  })
  if (found.length === 0) return
  const before = doc.sections[doc.sections.indexOf(section) - 1]!
  if (before.header && takeCommentsLength(before) === 0) endWithBlank(before, doc)
  before.items.push(...found)
}

/** How many comment lines stand right above the next header. */
function takeCommentsLength(section: Section): number {
  const items = takeComments(section)
  section.items.push(...items)
  return items.length
}
