/** infer.json: what follows from a value, unless the user says otherwise (ValueInferrer.java). */
import { copy, toText, type Table } from '../jinjava/value.ts'

type Inferences = Record<string, Record<string, Table>>

export function infer(settings: Table, inferences: Inferences): Table {
  const inferred: Table = new Map()
  for (const [key, value] of settings) {
    const rule = ruleFor(key, inferences)
    const follows = rule === undefined ? undefined : own(inferences[rule]!, value === null ? 'null' : toText(value))
    if (!follows) continue
    const named = fillIn(rule!, key, follows)
    followOn(inferred, named, inferences)
    for (const [name, member] of named) inferred.set(name, member)
  }
  // A whole Double becomes an Integer here, and only here.
  for (const [name, member] of inferred) if (typeof member === 'number' && Number.isInteger(member)) inferred.set(name, BigInt(member))
  for (const [key, value] of settings) inferred.set(key, value)
  return inferred
}

/** The rule for a key: of its name, or with `$1` in place of a part of it. */
export function ruleFor(key: string, inferences: Inferences): string | undefined {
  if (Object.hasOwn(inferences, key)) return key
  return Object.keys(inferences).find((rule) => rule.includes('$') && new RegExp(`^(?:${rule.replace(/\$\d+/g, '\\w+')})$`).test(key))
}

/** Puts the parts of the key that `$1` stood for into names and texts. */
function fillIn(rule: string, key: string, follows: Table): Table {
  const parts = key.split('.')
  const values = new Map(rule.split('.').flatMap((part, i) => (/^\$\d+$/.test(part) ? [[part, parts[i] ?? ''] as const] : [])))
  const fill = (text: string) => [...values].reduce((result, [name, value]) => result.replaceAll(name, () => value), text)
  const filled: Table = new Map()
  for (const [name, value] of follows) filled.set(fill(name), typeof value === 'string' ? fill(value) : copy(value))
  return filled
}

/** What follows from a text that followed itself. */
function followOn(all: Table, values: Table, inferences: Inferences): void {
  for (const [key, value] of values) {
    const rule = ruleFor(key, inferences)
    const follows = rule !== undefined && typeof value === 'string' ? own(inferences[rule]!, value) : undefined
    if (!follows) continue
    for (const [name, member] of follows) all.set(name, copy(member))
    followOn(all, follows, inferences)
  }
}

function own<T>(object: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

