/** Operators of Java's expression language (JUEL's BooleanOperations and NumberOperations), with jinjava's own truth. */
import { inHashOrder, placesAtOnce, textHash } from './java-order.ts'
import { Entry, toText, truth, type Value } from './value.ts'

/** `==`: equal after the right side was made what the left one is, or the other way round. */
export function equal(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b
  if (typeof a === 'number' || typeof b === 'number') return toDouble(a) === toDouble(b)
  if (typeof a === 'bigint' || typeof b === 'bigint') return toLong(a) === toLong(b)
  if (typeof a === 'boolean' || typeof b === 'boolean') return truth(a) === truth(b)
  if (typeof a === 'string' || typeof b === 'string') return toText(a) === toText(b)
  return same(a, b)
}

/** `equals` of lists and tables. */
function same(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]!))
  if (a instanceof Map && b instanceof Map) return a.size === b.size && [...a].every(([key, item]) => b.has(key) && same(item, b.get(key)!))
  if (a instanceof Entry && b instanceof Entry) return a.key === b.key && same(a.value, b.value)
  return a === b
}

export function compare(operator: string, a: Value, b: Value): boolean {
  if (a === null || b === null) return (operator === '<=' || operator === '>=') && a === b
  const order = orderOf(a, b)
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

function orderOf(a: Value, b: Value): number {
  if (typeof a === 'number' || typeof b === 'number') return toDouble(a) - toDouble(b)
  if (typeof a === 'bigint' || typeof b === 'bigint') return Number(toLong(a) - toLong(b))
  const [left, right] = [toText(a), toText(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** `x in y`. */
export function contains(holder: Value, item: Value): boolean {
  if (typeof holder === 'string') return holder.includes(toText(item))
  if (Array.isArray(holder)) return holder.some((member) => same(member, item) || toText(member) === toText(item))
  return holder instanceof Map && holder.has(toText(item))
}

export function add(a: Value, b: Value): Value {
  if (Array.isArray(a)) return [...a, ...(Array.isArray(b) ? b : [b])]
  if (a instanceof Map && b instanceof Map) return new Map(inHashOrder([...new Map([...a, ...b])], ([key]) => textHash(key), placesAtOnce(a.size)))
  if (typeof a === 'string' || typeof b === 'string') return `${a === null ? 'null' : toText(a)}${b === null ? 'null' : toText(b)}`
  return arithmetic('+', a, b)
}

export function arithmetic(operator: string, a: Value, b: Value): Value {
  if (operator === '/') return toDouble(a) / toDouble(b)
  if (typeof a === 'number' || typeof b === 'number') {
    const [left, right] = [toDouble(a), toDouble(b)]
    switch (operator) {
      case '+': return left + right
      case '-': return left - right
      case '*': return left * right
      case '%': return left % right
      case '**': return left ** right
      default: return Math.floor(left / right)
    }
  }
  const [left, right] = [toLong(a), toLong(b)]
  switch (operator) {
    case '+': return left + right
    case '-': return left - right
    case '*': return left * right
    case '%': return left % right
    case '**': return left ** right
    default: return left / right
  }
}

function toLong(value: Value): bigint {
  if (value === null || value === '') return 0n
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(Math.trunc(value))
  if (typeof value === 'string' && /^[-+]?\d+$/.test(value)) return BigInt(value.replace('+', ''))
  throw new Error(`'${toText(value)}' is no whole number, and is compared or counted as one`)
}

function toDouble(value: Value): number {
  if (value === null || value === '') return 0
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  const number = typeof value === 'string' ? Number(value) : Number.NaN
  if (Number.isNaN(number)) throw new Error(`'${toText(value)}' is no number, and is compared or counted as one`)
  return number
}
