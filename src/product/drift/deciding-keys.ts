/**
 * Which keys decide what a rendered file says in some places: those whose value, when it is another, makes it say
 * something else there. Found by trying, so that conditions, loops and macros of a template need no rule of their own.
 */
import type { Template } from '../../template/language/ast.ts'
import { TemplateError } from '../../template/language/errors.ts'
import { render } from '../jinjava/render.ts'
import type { Table, Value } from '../jinjava/value.ts'
import { isRead, noReads } from '../lint/reads.ts'
import { addTemplateReads } from '../lint/template-reads.ts'
import { asTables } from '../mapper/effective.ts'
import { splitKey } from '../mapper/toml.ts'
import { statementsOf, type Statements } from './statements.ts'

/** For each of the places, the keys that decide there. */
export function decidingKeys(template: Template, file: string, settings: Table, said: Statements, places: string[]): string[][] {
  const reads = noReads()
  addTemplateReads(template, reads)
  const found: { says: string[]; is: string[] }[] = places.map(() => ({ says: [], is: [] }))
  for (const [key, value] of settings) {
    if (!isRead(reads, splitKey(key))) continue
    const other = saidWith(template, file, new Map(settings).set(key, another(value)))
    if (!other) continue
    for (const [i, place] of places.entries()) {
      const [before, after] = [said.get(place), other.get(place)]
      if (before && after && before.value !== after.value) found[i]!.says.push(key)
      else if (!before !== !after) found[i]!.is.push(key)
    }
  }
  // Those that decide what stands there, else those that decide whether it does: a name of what is around it, a condition.
  return found.map(({ says, is }) => (says.length > 0 ? says : is))
}

function saidWith(template: Template, file: string, settings: Table): Statements | undefined {
  try {
    return statementsOf(file, render(template, asTables(settings), file))
  } catch (error) {
    // A template that can't do with that value tells nothing.
    if (error instanceof TemplateError) return undefined
    throw error
  }
}

function another(value: Value): Value {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'bigint') return value + 1n
  if (typeof value === 'number') return value + 1
  if (typeof value === 'string') return /^(?:true|false)$/.test(value) ? String(value === 'false') : /^\d+$/.test(value) ? String(Number(value) + 1) : `${value}~`
  if (Array.isArray(value)) return value.length > 0 ? value.map(another) : ['~']
  return value instanceof Map ? new Map([...value].map(([key, member]) => [key, another(member)])) : '~'
}
