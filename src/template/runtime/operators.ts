import type { BinaryOperator, CompareOperator } from '../language/ast.ts'
import { formatPercent } from './format.ts'
import { pythonRepr, typeName } from './print.ts'
import { getKey, isDict, NativeObject, omit, Tuple } from './values.ts'

/** Python's truth of a value: empty text, list or dict, zero and null are false. */
export function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isDict(value)) return Object.keys(value).length > 0
  if (value === omit) return false
  return Boolean(value)
}

/** Python's `==`: by value, true equals 1, and a string never equals a number. */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b)
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => equals(item, b[index]))
  if (isDict(a)) {
    if (!isDict(b)) return false
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equals(getKey(a, key), getKey(b, key)))
  }
  if (a instanceof NativeObject && b instanceof NativeObject) {
    const [left, right] = [a.valueOf(), b.valueOf()]
    return typeof left === 'number' && left === right
  }
  return (a === undefined || a === null) && (b === undefined || b === null)
}

/** Python's order: negative, zero or positive; different kinds can not be compared. */
export function order(a: unknown, b: unknown, operator = '<'): number {
  const left = orderable(a)
  const right = orderable(b)
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      if (!equals(left[i], right[i])) return order(left[i], right[i], operator)
    }
    return left.length - right.length
  }
  throw new Error(`'${operator}' can not compare ${typeName(a)} with ${typeName(b)}: ${short(a)} and ${short(b)}`)
}

function orderable(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return value instanceof NativeObject ? value.valueOf() : value
}

export function compare(operator: CompareOperator, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==': return equals(left, right)
    case '!=': return !equals(left, right)
    case '<': return order(left, right, operator) < 0
    case '<=': return order(left, right, operator) <= 0
    case '>': return order(left, right, operator) > 0
    case '>=': return order(left, right, operator) >= 0
    case 'in': return contains(right, left)
    case 'not in': return !contains(right, left)
  }
}

/** Python's `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') throw new Error(`'in' needs a string to look for in a string, not ${typeName(item)}`)
    return container.includes(item)
  }
  if (Array.isArray(container)) return container.some((member) => equals(member, item))
  if (isDict(container)) return (typeof item === 'string' || typeof item === 'number') && Object.hasOwn(container, String(item))
  throw new Error(`'in' needs a list, dict or string, not ${typeName(container)}`)
}

export function binary(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  if (isNumeric(left) && isNumeric(right)) return arithmetic(operator, Number(left), Number(right))
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right
    if (Array.isArray(left) && Array.isArray(right)) {
      return left instanceof Tuple && right instanceof Tuple ? Tuple.make([...left, ...right]) : [...left, ...right]
    }
  }
  if (operator === '*') {
    if (isNumeric(left) && !isNumeric(right)) return repeat(right, Number(left))
    if (isNumeric(right)) return repeat(left, Number(right))
  }
  if (operator === '%' && typeof left === 'string') return formatPercent(left, right)
  if (left instanceof NativeObject && 'operate' in left) {
    return (left as unknown as { operate(operator: string, right: unknown): unknown }).operate(operator, right)
  }
  const hint = operator === '+' && (typeof left === 'string' || typeof right === 'string') ? "; join text with '~'" : ''
  throw new Error(`'${operator}' does not work on ${typeName(left)} and ${typeName(right)}: ${short(left)} and ${short(right)}${hint}`)
}

function isNumeric(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}

function arithmetic(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+': return a + b
    case '-': return a - b
    case '*': return a * b
    case '**': return a ** b
  }
  if (b === 0) throw new Error('division by zero')
  switch (operator) {
    case '/': return a / b
    case '//': return Math.floor(a / b)
    // The sign of the result is the divisor's, as in Python.
    case '%': return ((a % b) + b) % b
  }
}

function repeat(value: unknown, times: number): unknown {
  const count = Math.max(0, Math.trunc(times))
  if (typeof value === 'string') return value.repeat(count)
  if (Array.isArray(value)) return Array.from({ length: count }, () => value).flat()
  throw new Error(`'*' does not work on ${typeName(value)} and int`)
}

export function negate(value: unknown, operator: '-' | '+'): number {
  if (!isNumeric(value)) throw new Error(`'${operator}' does not work on ${typeName(value)}: ${short(value)}`)
  return operator === '-' ? -Number(value) : Number(value)
}

/** Python's `value[start:stop:step]`. */
export function slice(value: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error(`a slice works on a list or string, not ${typeName(value)}`)
  const size = value.length
  const stride = step === null || step === undefined ? 1 : bound(step)
  if (stride === 0) throw new Error('the step of a slice can not be 0')
  const clamp = (index: unknown, otherwise: number) => {
    if (index === null || index === undefined) return otherwise
    const at = bound(index) < 0 ? bound(index) + size : bound(index)
    return stride > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1)
  }
  const from = clamp(start, stride > 0 ? 0 : size - 1)
  const to = clamp(stop, stride > 0 ? size : -1)
  if (typeof value === 'string' && stride === 1) return value.slice(from, Math.max(from, to))
  const picked: unknown[] = []
  for (let at = from; stride > 0 ? at < to : at > to; at += stride) picked.push(value[at])
  return typeof value === 'string' ? picked.join('') : picked
}

function bound(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Error(`the bounds of a slice are integers, not ${typeName(value)}`)
  return value
}

function short(value: unknown): string {
  const text = pythonRepr(value)
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}
