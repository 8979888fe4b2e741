/**
 * validator.json (Validator.java). A rule holds a regular expression under `regex`; the many rules of shipped files that
 * say `match_regex` are read by nothing in the mapper, and so not here either; but their keys must be texts.
 */
import { namesSecret } from '../../text/secret-names.ts'
import { toText, type Table, type Value } from '../jinjava/value.ts'
import type { Validation } from './rules.ts'
import { splitKey } from './toml.ts'

export interface Violation {
  key: string
  message: string
}

export function violations(settings: Table, validations: Record<string, Validation[]>): Violation[] {
  return Object.entries(validations).flatMap(([key, rules]) => rules.flatMap((rule) => check(key, rule, settings)))
}

function check(key: string, rule: Validation, settings: Table): Violation[] {
  const applies = Object.entries(rule.if ?? {}).every(([other, value]) => settings.has(other) && settings.get(other) === value)
  if (!applies) return []
  const values = valuesOf(key, settings)
  // The mapper takes the value for a text before it looks for a regular expression.
  if (values.some((value) => typeof value !== 'string')) return [{ key: key.split(':')[0]!, message: `${key} must be a text, in quotes` }]
  if (typeof rule.regex !== 'string') return []
  const pattern = new RegExp(`^(?:${rule.regex.replace(/\\[AZz]/g, '')})$`)
  const message = typeof rule.error_message === 'string' ? rule.error_message : undefined
  return values
    .filter((value) => !pattern.test(value as string))
    .map((value) => ({
      key: key.split(':')[0]!,
      message: message ?? `${key} must match \`${rule.regex as string}\`, and is ${value === '' ? 'empty' : namesSecret(splitKey(key)) ? '********' : toText(value)}`,
    }))
}

/** `list:key` means the key in each table of the list. */
function valuesOf(key: string, settings: Table): Value[] {
  const [list = '', member] = key.split(':')
  if (member === undefined) return [settings.get(key) ?? '']
  const items = settings.get(list)
  return Array.isArray(items) ? items.flatMap((item) => (item instanceof Map ? [item.get(member) ?? ''] : [])) : []
}
