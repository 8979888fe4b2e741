/**
 * What a plain YAML scalar means, as PyYAML (YAML 1.1) reads it. On purpose unlike PyYAML: `0o17` is a number;
 * `12:30` (base 60) and dates stay text; a whole number beyond 2^53 stays text, since a float would change it.
 */
const booleans = new Map<string, boolean>()
for (const [words, value] of [
  [['yes', 'true', 'on'], true],
  [['no', 'false', 'off'], false],
] as const) {
  for (const word of words)
    for (const form of [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()]) booleans.set(form, value)
}

const nulls = new Set(['', '~', 'null', 'Null', 'NULL'])
const decimal = /^[-+]?(?:0|[1-9][0-9_]*)$/
const octal = /^[-+]?0o?[0-7_]+$/
const hexadecimal = /^[-+]?0x[0-9a-fA-F_]+$/
const binary = /^[-+]?0b[01_]+$/
const float = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/
const infinity = /^([-+]?)\.(?:inf|Inf|INF)$/
const notNumber = /^\.(?:nan|NaN|NAN)$/

export function resolvePlain(text: string): string | number | boolean | null {
  if (nulls.has(text)) return null
  const truth = booleans.get(text)
  if (truth !== undefined) return truth
  const first = text.charCodeAt(0)
  // Only a digit, sign or dot can start a number.
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)) return text
  return resolveNumber(text) ?? text
}

/** A whole number written with a leading 0, such as 0644. */
export function isOctal(text: string): boolean {
  return octal.test(text) && text.length > 1
}

function resolveNumber(text: string): number | undefined {
  const sign = text[0] === '-' ? -1 : 1
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  if (decimal.test(text)) return safe(Number(digits) * sign)
  if (octal.test(text)) return safe(Number.parseInt(digits.replace(/^0o?/, '') || '0', 8) * sign)
  if (hexadecimal.test(text)) return safe(Number.parseInt(digits.slice(2), 16) * sign)
  if (binary.test(text)) return safe(Number.parseInt(digits.slice(2), 2) * sign)
  if (float.test(text)) return Number(digits) * sign
  const infinite = infinity.exec(text)
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity
  return notNumber.test(text) ? Number.NaN : undefined
}

function safe(value: number): number | undefined {
  if (!Number.isSafeInteger(value)) return undefined
  return value === 0 ? 0 : value
}
