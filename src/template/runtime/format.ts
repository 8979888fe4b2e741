import { numberText, pythonRepr, pythonStr, typeName } from './print.ts'
import { getKey, isDict, Tuple } from './values.ts'

/** Python's `'%s' % value`. */
export function formatPercent(template: string, value: unknown): string {
  const values = value instanceof Tuple ? [...value] : [value]
  let used = 0
  const next = () => {
    if (used >= values.length) throw new Error('not enough arguments for the format string')
    return values[used++]
  }
  const pattern = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([\s\S]?)/g
  const text = template.replace(pattern, (_whole, key, flags, width, precision, type) => {
    if (type === '%') return '%'
    const size = width === '*' ? Number(next()) : width === undefined ? 0 : Number(width)
    const digits = precision === '*' ? Number(next()) : precision === undefined ? undefined : Number(precision)
    const argument = key === undefined ? next() : named(value, key)
    const body = percentBody(type, argument, digits, flags)
    const signed = 'diuxXofeEFgG'.includes(type)
    return pad(body, size, flags.includes('-') ? '<' : flags.includes('0') && signed ? '=' : '>', flags.includes('0') && signed ? '0' : ' ')
  })
  if (used < values.length && !isDict(value) && (used > 0 || value instanceof Tuple || !Array.isArray(value))) {
    throw new Error('not all arguments converted by the format string')
  }
  return text
}

function named(value: unknown, key: string): unknown {
  if (!isDict(value) || !Object.hasOwn(value, key)) throw new Error(`the format string needs a dict with '${key}'`)
  return getKey(value, key)
}

function percentBody(type: string, value: unknown, digits: number | undefined, flags: string): string {
  const sign = (text: string) => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : flags.includes(' ') && !text.startsWith('-') ? ` ${text}` : text)
  switch (type) {
    case 's': return pythonStr(value).slice(0, digits)
    case 'r': case 'a': return pythonRepr(value).slice(0, digits)
    case 'c': return typeof value === 'number' ? String.fromCodePoint(value) : pythonStr(value)
    case 'd': case 'i': case 'u': return sign(numberText(Math.trunc(numeric(value, type))).padStart(digits ?? 0, '0'))
    case 'x': return (flags.includes('#') ? '0x' : '') + numeric(value, type).toString(16)
    case 'X': return (flags.includes('#') ? '0X' : '') + numeric(value, type).toString(16).toUpperCase()
    case 'o': return (flags.includes('#') ? '0o' : '') + numeric(value, type).toString(8)
    case 'f': case 'F': case 'e': case 'E': case 'g': case 'G': return sign(floatText(numeric(value, type), type, digits))
  }
  throw new Error(`unsupported format character '%${type}'`)
}

function numeric(value: unknown, type: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  throw new Error(`'%${type}' needs a number, not ${typeName(value)}`)
}

function floatText(value: number, type: string, digits = 6): string {
  const exponent = (text: string) => text.replace(/e([+-])(\d)$/, 'e$10$2')
  const lower = type.toLowerCase()
  let text: string
  if (lower === 'f') text = fixed(value, digits)
  else if (lower === 'e') text = exponent(value.toExponential(digits))
  else {
    const precision = Math.max(1, digits)
    const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
    text = power < -4 || power >= precision ? exponent(value.toExponential(precision - 1)) : value.toFixed(Math.max(0, precision - 1 - power))
    if (text.includes('.')) text = text.replace(/\.?0+(?=e|$)/, '')
  }
  return type === lower ? text : text.toUpperCase()
}

/** A number with so many decimals. Halves go to the even neighbour, as in Python. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  const rest = Math.abs(value).toFixed(Math.min(100, digits + 30)).split('.')[1]!.slice(digits)
  if (!/^50*$/.test(rest)) return text
  const exact = Math.abs(value).toFixed(Math.min(100, digits + 30)).slice(0, -rest.length).replace(/\.$/, '')
  // The digit kept decides: an even one stays.
  return '02468'.includes(exact.at(-1)!) ? (value < 0 ? '-' : '') + exact : text
}

function pad(text: string, width: number, align: string, fill: string): string {
  const missing = width - text.length
  if (missing <= 0) return text
  if (align === '<') return text + fill.repeat(missing)
  if (align === '^') return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2))
  const sign = align === '=' ? /^[-+ ]?/.exec(text)![0] : ''
  return sign + fill.repeat(missing) + text.slice(sign.length)
}

/** Python's `'{}'.format(...)`. Fields reach items and keys, never the inside of objects. */
export function formatBraces(template: string, args: unknown[], kwargs: Record<string, unknown>): string {
  let automatic = 0
  const field = (path: string): unknown => {
    const [, first, rest] = /^([^.[]*)([\s\S]*)$/.exec(path)!
    let value: unknown
    if (first === '' || /^\d+$/.test(first!)) {
      const index = first === '' ? automatic++ : Number(first)
      if (index >= args.length) throw new Error(`the format string needs ${index + 1} arguments, there are ${args.length}`)
      value = args[index]
    } else {
      if (!Object.hasOwn(kwargs, first!)) throw new Error(`the format string needs an argument '${first}'`)
      value = kwargs[first!]
    }
    for (const [, attribute, key] of rest!.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
      const name = attribute ?? key!
      if (Array.isArray(value) && /^\d+$/.test(name)) value = value[Number(name)]
      else if (isDict(value) && Object.hasOwn(value, name)) value = getKey(value, name)
      else throw new Error(`the format string needs '${name}' in ${typeName(value)}`)
    }
    return value
  }
  return template.replace(/\{\{|\}\}|\{((?:[^{}]|\{[^{}]*\})*)\}/g, (whole, inside: string | undefined) => {
    if (inside === undefined) return whole[0]!
    const [, path, conversion, spec = ''] = /^([^!:]*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(inside) ?? [undefined, inside]
    const value = field(path!)
    const converted = conversion === 'r' ? pythonRepr(value) : conversion ? pythonStr(value) : value
    return formatSpec(converted, spec.replace(/\{([^{}]*)\}/g, (_, nested) => pythonStr(field(nested))))
  })
}

/** Python's format mini language, the part after the colon. */
function formatSpec(value: unknown, spec: string): string {
  if (spec === '') return pythonStr(value)
  const match = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/.exec(spec)
  if (!match) throw new Error(`invalid format '${spec}'`)
  const [, fill, align, sign, alternate, zero, width, group, precision, type] = match
  const size = Number(width ?? 0)
  if (typeof value === 'string' || (typeof value !== 'number' && typeof value !== 'boolean') || type === 's') {
    if (type !== undefined && type !== 's') throw new Error(`the format '${type}' needs a number, not ${typeName(value)}`)
    return pad(pythonStr(value).slice(0, precision === undefined ? undefined : Number(precision)), size, align ?? '<', fill ?? ' ')
  }
  const number = Number(value)
  const digits = precision === undefined ? undefined : Number(precision)
  let body = numberBody(number, type, digits, alternate === '#')
  if (group) body = body.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+(?!\d))/g, group))
  if (sign && sign !== '-' && number >= 0) body = sign + body
  return pad(body, size, align ?? (zero ? '=' : '>'), fill ?? (zero ? '0' : ' '))
}

function numberBody(value: number, type: string | undefined, digits: number | undefined, alternate: boolean): string {
  switch (type) {
    case undefined: return digits === undefined ? numberText(value) : floatText(value, 'g', digits)
    case 'd': case 'n': return numberText(Math.trunc(value))
    case 'b': return (alternate ? '0b' : '') + value.toString(2)
    case 'o': return (alternate ? '0o' : '') + value.toString(8)
    case 'x': return (alternate ? '0x' : '') + value.toString(16)
    case 'X': return (alternate ? '0X' : '') + value.toString(16).toUpperCase()
    case 'c': return String.fromCodePoint(value)
    case '%': return `${floatText(value * 100, 'f', digits)}%`
    default: return floatText(value, type, digits)
  }
}
