/** unit-resolve.json: `"15m"` where a template wants seconds becomes `"900"` (UnitResolver.java). */
import { doubleText, type Table } from '../jinjava/value.ts'
import { MapperError } from './placeholders.ts'

const milliseconds: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function resolveUnits(settings: Table, units: Record<string, string>): void {
  for (const [key, expected] of Object.entries(units)) {
    const value = settings.get(key)
    if (value === undefined) continue
    if (typeof value === 'bigint') settings.set(key, String(value))
    else if (typeof value === 'number') settings.set(key, doubleText(value))
    else if (typeof value === 'string') settings.set(key, convert(key, value, expected))
    else throw new MapperError(`${key} must be a time, such as 15 or "15m"`, key)
  }
}

function convert(key: string, text: string, expected: string): string {
  const [, amount, unit = ''] = /(\d+(?:\.\d+)?)\s*(\w*)/.exec(text) ?? []
  if (amount === undefined) throw new MapperError(`${key} must be a time, such as 15 or "15m"`, key)
  if (unit === '') return text
  const from = milliseconds[unit]
  const to = milliseconds[expected]
  if (from === undefined || to === undefined) throw new MapperError(`${key}: unknown unit '${from === undefined ? unit : expected}', expected ms, s, m, h or d`, key)
  const whole = Math.trunc(Number(amount))
  const converted = Math.trunc((whole * from) / to)
  if (converted === 0 && whole !== 0) throw new MapperError(`${key}: ${text} is less than one ${expected}`, key)
  return String(converted)
}
