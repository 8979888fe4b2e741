import { randomInt } from 'node:crypto'
import { fixed } from '../../runtime/format.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { typeName } from '../../runtime/print.ts'
import { truthy } from '../../runtime/operators.ts'
import { seededRandom } from '../random.ts'
import { asList, asNumber, asText } from './convert.ts'

/** Filters on numbers, booleans and types. */
export const numberFilters: Record<string, Plugin> = {
  int: plugin('default base', (value, [otherwise, base]) => toInt(value, otherwise ?? 0, base ?? 10)),
  float: plugin('default', (value, [otherwise]) => {
    const number = typeof value === 'string' ? decimal(value) : typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined
    return number ?? otherwise ?? 0
  }),
  bool: plugin('', toBool),
  abs: plugin('', (value) => Math.abs(asNumber(value))),
  round: plugin('precision method', (value, [precision, method]) => round(asNumber(value), precision ?? 0, method ?? 'common')),
  log: plugin('base', (value, [base]) => (base === 10 ? Math.log10(asNumber(value)) : base === undefined ? Math.log(asNumber(value)) : Math.log(asNumber(value)) / Math.log(asNumber(base)))),
  pow: plugin('y', (value, [y]) => asNumber(value) ** asNumber(y)),
  root: plugin('base', (value, [base]) => (base === undefined || base === 2 ? Math.sqrt(asNumber(value)) : asNumber(value) ** (1 / asNumber(base)))),
  random: plugin('start step seed', (value, [start, step, seed]) => random(value, start, step, seed)),
  shuffle: plugin('seed', (value, [seed]) => shuffle(asList(value), seed)),
  type_debug: plugin('', (value) => typeName(value)),
  filesizeformat: plugin('binary', (value, [binary]) => fileSize(asNumber(value), truthy(binary))),
  human_readable: plugin('isbits unit', (value, [bits, unit]) => humanReadable(asNumber(value), truthy(bits), unit)),
  human_to_bytes: plugin('default_unit isbits', (value, [unit, bits]) => humanToBytes(asText(value), unit, truthy(bits))),
}

function toInt(value: unknown, otherwise: unknown, base: number): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : otherwise
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return otherwise
  const text = value.trim().replaceAll('_', '')
  // Jinja tries float when int fails: '3.7' is 3.
  const number = decimal(value)
  const truncated = number === undefined || !Number.isFinite(number) ? otherwise : Math.trunc(number)
  const prefixed = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+))$/.exec(text)
  if (prefixed && [16, 8, 2, 0].includes(base)) {
    const [, sign, hex, octal, binary] = prefixed
    return Number(`${sign}1`) * Number.parseInt(hex ?? octal ?? binary!, hex ? 16 : octal ? 8 : 2)
  }
  if (base !== 10) {
    const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base)
    return new RegExp(`^[-+]?[${digits}]+$`, 'i').test(text) ? Number.parseInt(text, base) : truncated
  }
  return truncated
}

/** A number as Python's float reads it; undefined if it is none. */
function decimal(text: string): number | undefined {
  const plain = text.trim().replaceAll('_', '')
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return Number(plain)
  if (/^[-+]?inf(inity)?$/i.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity
  return /^[-+]?nan$/i.test(plain) ? Number.NaN : undefined
}

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : value
  return word === 1 || ['yes', 'on', '1', 'true'].includes(word as string)
}

function round(value: number, precision: number, method: string): number {
  const factor = 10 ** precision
  const scaled = value * factor
  if (method === 'ceil') return Math.ceil(scaled) / factor
  if (method === 'floor') return Math.floor(scaled) / factor
  if (method !== 'common') throw new Error(`unknown method '${method}', expected common, ceil or floor`)
  return precision >= 0 ? Number(fixed(value, precision)) : Number(fixed(scaled, 0)) / factor
}

function random(value: unknown, start: unknown, step: unknown, seed: unknown): unknown {
  const below = seed === undefined || seed === null ? (limit: number) => randomInt(limit) : seededRandom(asText(seed))
  if (typeof value === 'number') {
    const [from, stride] = [Number(start ?? 0) || 0, Number(step ?? 1) || 1]
    const count = Math.ceil((value - from) / stride)
    if (count <= 0) throw new Error('the range is empty')
    return from + below(count) * stride
  }
  if (start || step) throw new Error("'start' and 'step' are for numbers only")
  const items = asList(value)
  if (items.length === 0) throw new Error('the list is empty')
  return items[below(items.length)]
}

function shuffle(items: unknown[], seed: unknown): unknown[] {
  const below = seed ? seededRandom(asText(seed)) : (limit: number) => randomInt(limit)
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[mixed[i], mixed[j]] = [mixed[j], mixed[i]]
  }
  return mixed
}

const sizes = ['B', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

function humanReadable(size: number, bits: boolean, unit: unknown): string {
  const wanted = typeof unit === 'string' ? unit.toUpperCase() : undefined
  let index = wanted === undefined ? sizes.findLastIndex((_, power) => size >= 1024 ** power) : sizes.indexOf(wanted)
  if (index < 0) index = 0
  const suffix = index === 0 ? (bits ? 'bits' : 'Bytes') : `${sizes[index]}${bits ? 'b' : 'B'}`
  return `${(size / 1024 ** index).toFixed(2)} ${suffix}`
}

function humanToBytes(text: string, defaultUnit: unknown, bits: boolean): number {
  const match = /^(\d*\.?\d+)\s*([A-Za-z]+)?\s*$/.exec(text)
  if (!match) throw new Error(`can not read '${text}' as a size`)
  const unit = match[2] ?? (defaultUnit ? asText(defaultUnit) : undefined)
  if (unit === undefined) return Math.round(Number(match[1]))
  const index = sizes.indexOf(unit[0]!.toUpperCase())
  const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte', 'exabyte', 'zetabyte', 'yottabyte']
  const short = index === 0 ? (bits ? 'b' : 'B') : `${sizes[index]}${bits ? 'b' : 'B'}`
  const long = bits ? names[index]?.replace('byte', 'bit') : names[index]
  if (index === -1 || (unit.length > 1 && unit !== short && unit.toLowerCase() !== long)) throw new Error(`unknown unit '${unit}' in '${text}'`)
  return Math.round(Number(match[1]) * 1024 ** index)
}

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const power = Math.min(8, Math.floor(Math.log(bytes) / Math.log(base)))
  return `${(bytes / base ** power).toFixed(1)} ${['', binary ? 'K' : 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'][power]}${binary ? 'iB' : 'B'}`
}
