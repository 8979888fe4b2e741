/** The edits of lineinfile, on lines that keep their line ends. The order of the rules is Ansible's. */
import { expandTemplate, pythonRegex } from '../../src/module/index.ts'
import { bare } from '../lib/edit-file.ts'

export interface LineWish {
  line: string
  regexp?: string
  searchString?: string
  insertAfter?: string
  insertBefore?: string
  backrefs: boolean
  firstMatch: boolean
}

/** 'line added', 'line replaced', or '' when the file is as wanted. */
export type LineMessage = 'line added' | 'line replaced' | ''

/** Edits `lines` in place, once. */
export function putLine(lines: string[], wish: LineWish): LineMessage {
  const { line } = wish
  const found = findMatch(lines, wish)
  const exact = found ? -1 : lastIndex(lines, (other) => bare(other) === line)
  const index = found?.index ?? exact
  if (index !== -1) {
    const text = wish.backrefs && found?.match ? expandTemplate(line, found.match) : line
    return replaceLine(lines, index, text.endsWith('\n') ? text : `${text}\n`)
  }
  if (wish.backrefs) return ''
  return insertLine(lines, wish)
}

function findMatch(lines: string[], wish: LineWish): { index: number; match?: RegExpExecArray } | undefined {
  const { regexp, searchString } = wish
  if (regexp !== undefined) {
    const compiled = pythonRegex(regexp)
    const index = indexOf(lines, (line) => compiled.test(line), wish.firstMatch)
    return index === -1 ? undefined : { index, match: compiled.exec(lines[index]!)! }
  }
  if (searchString !== undefined) {
    const index = indexOf(lines, (line) => line.includes(searchString), wish.firstMatch)
    return index === -1 ? undefined : { index }
  }
  return undefined
}

/** The last match, or the first when asked for. */
function indexOf(lines: string[], matches: (line: string) => boolean, first: boolean): number {
  return first ? lines.findIndex(matches) : lastIndex(lines, matches)
}

function lastIndex(lines: string[], matches: (line: string) => boolean): number {
  return lines.findLastIndex(matches)
}

function replaceLine(lines: string[], index: number, line: string): LineMessage {
  if (lines[index] === line) return ''
  lines[index] = line
  return 'line replaced'
}

function insertLine(lines: string[], wish: LineWish): LineMessage {
  const { line, insertBefore, firstMatch } = wish
  const insertAfter = wish.insertAfter ?? (insertBefore === undefined ? 'EOF' : undefined)
  if (insertBefore === 'BOF' || insertAfter === 'BOF') return insertAt(lines, 0, line)
  const pattern = insertAfter === undefined ? insertBefore : insertAfter === 'EOF' ? undefined : insertAfter
  const compiled = pattern === undefined ? undefined : pythonRegex(pattern)
  const index = compiled ? indexOf(lines, (other) => compiled.test(other), firstMatch) : -1
  if (index === -1) return insertAt(lines, lines.length, line)
  return insertAt(lines, insertAfter === undefined ? index : index + 1, line)
}

function insertAt(lines: string[], index: number, line: string): LineMessage {
  if (index === lines.length && lines.length > 0 && !/[\n\r]$/.test(lines.at(-1)!)) lines[lines.length - 1] += '\n'
  lines.splice(index, 0, `${line}\n`)
  return 'line added'
}

/** Removes every line that matches; gives how many. */
export function dropLines(lines: string[], wish: { line?: string; regexp?: string; searchString?: string }): number {
  const { line, regexp, searchString } = wish
  const compiled = regexp === undefined ? undefined : pythonRegex(regexp)
  const matches = (other: string): boolean =>
    compiled ? compiled.test(other) : searchString !== undefined ? other.includes(searchString) : bare(other) === line
  const kept = lines.filter((other) => !matches(other))
  const count = lines.length - kept.length
  lines.splice(0, lines.length, ...kept)
  return count
}
