/** Host names with ranges: `web[01:20:2].example.com`, `db-[a:c]`, and `host:port`. */
import { InputError, type Position } from '../yaml/index.ts'

export interface NamedHost {
  name: string
  port?: number
}

const range = /\[(?:(\d+):(\d+)|([a-zA-Z]):([a-zA-Z]))(?::(\d+))?\]/

export function expandRange(text: string, position?: Position): NamedHost[] {
  const { name, port } = splitPort(text)
  return expand(name, position).map((one) => (port === undefined ? { name: one } : { name: one, port }))
}

function splitPort(text: string): { name: string; port?: number } {
  // [2001:db8::1]:22 is an address in brackets; web[1:3]:2222 a range.
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::(\d+))?$/.exec(text)
  if (bracketed && !range.test(text))
    return bracketed[2] ? { name: bracketed[1]!, port: Number(bracketed[2]) } : { name: bracketed[1]! }
  const match = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text)
  return match ? { name: match[1]!, port: Number(match[2]) } : { name: text }
}

function expand(text: string, position: Position | undefined): string[] {
  const match = range.exec(text)
  if (!match) {
    if (/\[.*:.*\]/.test(text))
      throw new InputError(`this is not a range of hosts: ${text}`, {
        position,
        hint: 'expected something like web[01:20] or db-[a:c]',
      })
    return [text]
  }
  const [whole, first, last, from, to, step = '1'] = match
  const before = text.slice(0, match.index)
  const rest = expand(text.slice(match.index + whole.length), position)
  const parts = first !== undefined ? numbers(first, last!, Number(step)) : letters(from!, to!, Number(step))
  if (parts.length === 0)
    throw new InputError(`this range of hosts is empty: ${text}`, { position, hint: 'the first must not be above the last' })
  return parts.flatMap((part) => rest.map((end) => before + part + end))
}

function numbers(first: string, last: string, step: number): string[] {
  // [01:10] keeps its width.
  const width = first.length > 1 && first.startsWith('0') ? first.length : 0
  const result: string[] = []
  for (let n = Number(first); step > 0 && n <= Number(last); n += step) result.push(String(n).padStart(width, '0'))
  return result
}

function letters(first: string, last: string, step: number): string[] {
  const result: string[] = []
  for (let code = first.charCodeAt(0); step > 0 && code <= last.charCodeAt(0); code += step) {
    const letter = String.fromCharCode(code)
    if (/[a-zA-Z]/.test(letter)) result.push(letter)
  }
  return result
}
