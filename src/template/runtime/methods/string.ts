import { formatBraces } from '../format.ts'
import { pythonRepr, typeName } from '../print.ts'
import { slice } from '../operators.ts'
import { Tuple } from '../values.ts'
import type { Method } from './index.ts'

/** Methods of Python's str. */
export const stringMethods: Record<string, Method> = {
  upper: (self: string) => self.toUpperCase(),
  lower: (self: string) => self.toLowerCase(),
  casefold: (self: string) => self.toLowerCase().replaceAll('ß', 'ss'),
  capitalize: (self: string) => capitalize(self),
  title: (self: string) => self.replace(/\p{L}+/gu, capitalize),
  swapcase: (self: string) => [...self].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join(''),
  strip: (self: string, [chars]) => strip(self, chars, 'both'),
  lstrip: (self: string, [chars]) => strip(self, chars, 'start'),
  rstrip: (self: string, [chars]) => strip(self, chars, 'end'),
  split: (self: string, [sep, max], kwargs) => split(self, sep ?? kwargs['sep'], Number(max ?? kwargs['maxsplit'] ?? -1)),
  rsplit: (self: string, [sep, max], kwargs) => splitFromEnd(self, sep ?? kwargs['sep'], Number(max ?? kwargs['maxsplit'] ?? -1)),
  splitlines: (self: string, [keep], kwargs) => splitLines(self, Boolean(keep ?? kwargs['keepends'])),
  partition(self: string, [sep]) {
    const at = self.indexOf(text(sep))
    return Tuple.make(at === -1 ? [self, '', ''] : [self.slice(0, at), sep, self.slice(at + sep.length)])
  },
  rpartition(self: string, [sep]) {
    const at = self.lastIndexOf(text(sep))
    return Tuple.make(at === -1 ? ['', '', self] : [self.slice(0, at), sep, self.slice(at + sep.length)])
  },
  join(self: string, [items]) {
    const list: unknown[] = typeof items === 'string' ? [...items] : Array.isArray(items) ? items : Object.keys(items)
    return list.map((item) => text(item, 'join')).join(self)
  },
  replace: (self: string, [from, to, count = -1]) => replace(self, text(from), text(to), count),
  startswith: (self: string, [prefix, start = 0, end]) => anyOf(prefix, (p) => self.slice(start, end).startsWith(p)),
  endswith: (self: string, [suffix, start = 0, end]) => anyOf(suffix, (p) => self.slice(start, end).endsWith(p)),
  removeprefix: (self: string, [prefix]) => (self.startsWith(text(prefix)) ? self.slice(prefix.length) : self),
  removesuffix: (self: string, [suffix]) => (suffix !== '' && self.endsWith(text(suffix)) ? self.slice(0, -suffix.length) : self),
  find: (self: string, [part, start, end]) => position(self, text(part), 'indexOf', start, end),
  rfind: (self: string, [part, start, end]) => position(self, text(part), 'lastIndexOf', start, end),
  index: (self: string, [part, start, end]) => found(position(self, text(part), 'indexOf', start, end), part),
  rindex: (self: string, [part, start, end]) => found(position(self, text(part), 'lastIndexOf', start, end), part),
  count(self: string, [part, start = 0, end]) {
    const searched = slice(self, start, end, 1) as string
    return part === '' ? searched.length + 1 : searched.split(text(part)).length - 1
  },
  ljust: (self: string, [width, fill = ' ']) => self.padEnd(width, fill),
  rjust: (self: string, [width, fill = ' ']) => self.padStart(width, fill),
  center: (self: string, [width, fill = ' ']) => center(self, width, fill),
  zfill(self: string, [width]) {
    const sign = /^[-+]?/.exec(self)![0]
    return sign + self.slice(sign.length).padStart(width - sign.length, '0')
  },
  expandtabs: (self: string, [size = 8]) => self.split('\n').map((line) => expandTabs(line, size)).join('\n'),
  format: (self: string, args, kwargs) => formatBraces(self, args, kwargs),
  format_map: (self: string, [dict]) => formatBraces(self, [], dict),
  isdigit: (self: string) => /^\p{Nd}+$/u.test(self),
  isdecimal: (self: string) => /^\p{Nd}+$/u.test(self),
  isnumeric: (self: string) => /^\p{N}+$/u.test(self),
  isalpha: (self: string) => /^\p{L}+$/u.test(self),
  isalnum: (self: string) => /^[\p{L}\p{N}]+$/u.test(self),
  isspace: (self: string) => /^\s+$/.test(self),
  islower: (self: string) => self === self.toLowerCase() && self !== self.toUpperCase(),
  isupper: (self: string) => self === self.toUpperCase() && self !== self.toLowerCase(),
  istitle: (self: string) => /\p{L}/u.test(self) && self === self.replace(/\p{L}+/gu, capitalize),
  isidentifier: (self: string) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(self),
  isascii: (self: string) => /^[\x00-\x7f]*$/.test(self),
  encode: (self: string) => self,
  decode: (self: string) => self,
}

function text(value: unknown, method = 'the method'): string {
  if (typeof value !== 'string') throw new Error(`${method} needs a string, not ${typeName(value)}`)
  return value
}

export function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
}

/** Removes whitespace, or the given characters, from the ends. */
export function strip(value: string, chars: unknown, side: 'both' | 'start' | 'end'): string {
  const drop = chars === undefined || chars === null ? (c: string) => /\s/.test(c) : (c: string) => text(chars, 'strip').includes(c)
  let start = 0
  let end = value.length
  if (side !== 'end') while (start < end && drop(value[start]!)) start++
  if (side !== 'start') while (end > start && drop(value[end - 1]!)) end--
  return value.slice(start, end)
}

/** Python's split: by runs of whitespace without a separator, at most `max` times. */
export function split(value: string, sep: unknown, max = -1): string[] {
  if (sep === undefined || sep === null) {
    const trimmed = value.trimStart()
    if (max < 0) return trimmed.split(/\s+/).filter(Boolean)
    const match = max > 0 ? /^(\S+)\s+([\s\S]+)$/.exec(trimmed) : null
    return match ? [match[1]!, ...split(match[2]!, undefined, max - 1)] : trimmed === '' ? [] : [max === 0 ? trimmed : trimmed.trimEnd()]
  }
  if (sep === '') throw new Error('split: the separator is empty')
  const parts = value.split(text(sep, 'split'))
  return max < 0 || parts.length <= max ? parts : [...parts.slice(0, max), parts.slice(max).join(sep as string)]
}

function splitFromEnd(value: string, sep: unknown, max: number): string[] {
  if (sep === undefined || sep === null) return split([...value].reverse().join(''), sep, max).map((part) => [...part].reverse().join('')).reverse()
  if (sep === '') throw new Error('rsplit: the separator is empty')
  const parts = value.split(text(sep, 'rsplit'))
  if (max < 0 || parts.length <= max + 1) return parts
  return [parts.slice(0, parts.length - max).join(sep as string), ...parts.slice(parts.length - max)]
}

export function splitLines(value: string, keep = false): string[] {
  const lines = value.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
  return keep ? lines : lines.map((line) => line.replace(/(?:\r\n|\r|\n)$/, ''))
}

/** Replaces up to `count` occurrences; a negative count means all. */
export function replace(value: string, from: string, to: string, count: number): string {
  // Between all characters and at both ends, if nothing is to be replaced.
  const parts = from === '' ? ['', ...value, ''] : value.split(from)
  if (count < 0) return parts.join(to)
  return parts.slice(0, count + 1).join(to) + (parts.length > count + 1 ? from + parts.slice(count + 1).join(from) : '')
}

export function center(value: string, width: number, fill = ' '): string {
  const missing = Math.max(0, width - value.length)
  const left = Math.floor(missing / 2) + (missing & width & 1)
  return fill.repeat(left) + value + fill.repeat(missing - left)
}

function anyOf(parts: unknown, holds: (part: string) => boolean): boolean {
  return Array.isArray(parts) ? parts.some((part) => holds(text(part))) : holds(text(parts))
}

function position(value: string, part: string, search: 'indexOf' | 'lastIndexOf', start = 0, end = value.length): number {
  const from = start < 0 ? Math.max(0, start + value.length) : start
  const at = (slice(value, start, end, 1) as string)[search](part)
  return at === -1 ? -1 : at + from
}

function found(at: number, part: unknown): number {
  if (at === -1) throw new Error(`${pythonRepr(part)} is not in the string`)
  return at
}

function expandTabs(line: string, size: number): string {
  return line.split('\t').reduce((done, part) => done + ' '.repeat(size - (done.length % size)) + part)
}
