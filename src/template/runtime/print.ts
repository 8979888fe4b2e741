import { getKey, isDict, NativeObject, omit } from './values.ts'

/** What `{{ value }}` writes into text: Python's spelling, except that null and omit write nothing, as in Ansible. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || value === omit) return ''
  return pythonStr(value)
}

/** Python's `str()`. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** Python's `repr()`: strings quoted, True/False/None. Tuples are written as lists, as Ansible 2.19 does. */
export function pythonRepr(value: unknown): string {
  switch (typeof value) {
    case 'string': return quoteString(value)
    case 'number': return numberText(value)
    case 'boolean': return value ? 'True' : 'False'
  }
  if (value === null || value === undefined) return 'None'
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  if (isDict(value)) {
    return `{${Object.keys(value).map((key) => `${quoteString(key)}: ${pythonRepr(getKey(value, key))}`).join(', ')}}`
  }
  if (value instanceof NativeObject) return value.toString()
  if (value instanceof Date) return value.toISOString()
  return String(value)
}

/** A number as Python writes it. Integral numbers have no `.0`: JavaScript does not tell 2 from 2.0. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? BigInt(value).toString() : pythonExponent(String(value))
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  return size < 1e-4 ? pythonExponent(value.toExponential()) : String(value)
}

/** `1e-7` is `1e-07` in Python. */
function pythonExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function quoteString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = quote
  for (const char of text) {
    if (char === quote || char === '\\') out += `\\${char}`
    else if (char === '\n') out += '\\n'
    else if (char === '\r') out += '\\r'
    else if (char === '\t') out += '\\t'
    else if (char < ' ' || char === '\x7f') out += `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
    else out += char
  }
  return out + quote
}

/** Python's name of a value's type, for messages and `type_debug`. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string': return 'str'
    case 'boolean': return 'bool'
    case 'number': return Number.isInteger(value) ? 'int' : 'float'
  }
  if (value === null || value === undefined) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  if (isDict(value)) return 'dict'
  if (value instanceof NativeObject) return value.constructor.name.toLowerCase()
  return 'object'
}
