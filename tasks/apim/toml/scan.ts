/**
 * A TOML document as pieces of text that join to exactly what was read: sections, and in them entries, comments and empty
 * lines. It only finds where things are; what the values are is decided by a real parser, which has accepted the text before.
 */

/** Keys, and the index of an element of an array of tables. */
export type Path = (string | number)[]

export interface Entry {
  kind: 'entry'
  /** Below the path of its section; longer than one for a dotted key. */
  key: string[]
  /** Indent, key and equals sign. */
  head: string
  value: string
  /** What follows on the line: blanks, a comment, the line end. */
  tail: string
}
/** A comment or an empty line, with its line end. */
export interface Other {
  kind: 'other'
  text: string
}
export type Item = Entry | Other

export interface Section {
  /** Undefined: what comes before the first header. */
  header?: { keys: string[]; array: boolean; text: string }
  path: Path
  items: Item[]
}

/** Splits a valid document. */
export function scan(text: string): Section[] {
  const sections: Section[] = [{ path: [], items: [] }]
  let at = 0
  const bom = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    const start = at
    at = skip(text, at + (start === 0 ? bom : 0), /[ \t]*/y)
    if (text[at] === '[') {
      const array = text[at + 1] === '['
      const [keys] = readKey(text, at + (array ? 2 : 1))
      at = lineEnd(text, at)
      sections.push({ header: { keys, array, text: text.slice(start, at) }, path: [], items: [] })
      continue
    }
    const item = at >= text.length || '#\r\n'.includes(text[at]!) ? undefined : readEntry(text, start, at)
    at = item ? start + item.head.length + item.value.length + item.tail.length : lineEnd(text, at)
    sections.at(-1)!.items.push(item ?? { kind: 'other', text: text.slice(start, at) })
  }
  return number(sections)
}

/** Gives every section its path: `[a.b]` after `[[a]]` belongs to the last element of a. */
export function number(sections: Section[]): Section[] {
  const counts = new Map<string, number>()
  for (const section of sections) {
    if (!section.header) continue
    const { keys, array } = section.header
    const path: Path = []
    keys.forEach((key, i) => {
      path.push(key)
      const id = JSON.stringify(path)
      if (array && i === keys.length - 1) counts.set(id, (counts.get(id) ?? 0) + 1)
      const count = counts.get(id)
      if (count !== undefined) path.push(count - 1)
    })
    section.path = path
  }
  return sections
}

/** Joins the pieces; `show` may give another text for a value or a comment. */
export function join(sections: Section[], show: (item: Item, section: Section) => string = textOf): string {
  return sections
    .map((section) => (section.header?.text ?? '') + section.items.map((item) => show(item, section)).join(''))
    .join('')
}

export function textOf(item: Item): string {
  return item.kind === 'entry' ? item.head + item.value + item.tail : item.text
}

function readEntry(text: string, start: number, at: number): Entry {
  const [key, afterKey] = readKey(text, at)
  const valueStart = skip(text, afterKey, /=[ \t]*/y)
  const valueEnd = skipValue(text, valueStart)
  const end = lineEnd(text, valueEnd)
  return {
    kind: 'entry',
    key,
    head: text.slice(start, valueStart),
    value: text.slice(valueStart, valueEnd),
    tail: text.slice(valueEnd, end),
  }
}

/** A dotted key, and where it ends (blanks behind it included). */
export function readKey(text: string, at: number): [string[], number] {
  const keys: string[] = []
  do {
    if (keys.length > 0) at++
    at = skip(text, at, /[ \t]*/y)
    const end = '"\''.includes(text[at] ?? ' ') ? skipString(text, at) : skip(text, at, /[A-Za-z0-9_-]+/y)
    keys.push(keyOf(text.slice(at, end)))
    at = skip(text, end, /[ \t]*/y)
  } while (text[at] === '.')
  return [keys, at]
}

function keyOf(raw: string): string {
  if (raw.startsWith("'")) return raw.slice(1, -1)
  if (!raw.startsWith('"')) return raw
  return raw
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (_all, short?: string, long?: string, char?: string) => {
      const code = short ?? long
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      return ({ b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' } as Record<string, string>)[char!] ?? char!
    })
}

/** Where a value ends. */
export function skipValue(text: string, at: number): number {
  const char = text[at]!
  if (char === '"' || char === "'") return skipString(text, at)
  if (char !== '[' && char !== '{') return at + text.slice(at).search(/[ \t]*(?:[,\]}#\r\n]|$)/)
  const close = char === '[' ? ']' : '}'
  at++
  while (at < text.length && text[at] !== close) {
    if (text[at] === '#') at = lineEnd(text, at)
    else if ('"\'[{'.includes(text[at]!)) at = skipValue(text, at)
    else at++
  }
  return at + 1
}

function skipString(text: string, at: number): number {
  const quote = text[at]!
  const long = text.startsWith(quote.repeat(3), at)
  const close = long ? quote.repeat(3) : quote
  at += close.length
  while (at < text.length && !text.startsWith(close, at)) at += quote === '"' && text[at] === '\\' ? 2 : 1
  at += close.length
  // Up to two quotes may stand right before the closing three.
  if (long) for (let i = 0; i < 2 && text[at] === quote; i++) at++
  return at
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}
