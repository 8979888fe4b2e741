/** A text that was read, with its line starts: turns offsets into lines and columns. */
import { readFileSync } from 'node:fs'
import type { Position } from './position.ts'

export interface Source {
  readonly name: string
  readonly text: string
  /** Offset at which each line starts. */
  readonly starts: number[]
}

/** Sources by name, so that an error that only knows its position can show its line. */
const known = new Map<string, Source>()

/** `secret`: a decrypted file; its lines are never shown. */
export function makeSource(name: string, text: string, secret = false): Source {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const source: Source = { name, text, starts }
  known.set(name, secret ? { name, text: '', starts: [] } : source)
  return source
}

export function positionAt(source: Source, offset: number): Position {
  const line = lineOf(source.starts, offset)
  return { file: source.name, line: line + 1, column: offset - source.starts[line]! + 1 }
}

/** The text of the line at a position, if it is known. */
export function lineAt(position: Position): string | undefined {
  let source = known.get(position.file)
  if (source === undefined) {
    try {
      source = makeSource(position.file, readFileSync(position.file, 'utf8'))
    } catch {
      return undefined
    }
  }
  const start = source.starts[position.line - 1]
  if (start === undefined) return undefined
  const end = source.text.indexOf('\n', start)
  return source.text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '')
}

/** Index of the last line that starts at or before the offset. */
function lineOf(starts: number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low
}
