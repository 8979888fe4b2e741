/** All keys that the rules of a pack read: its templates, what follows from values, and references in shipped values. */
import type { Template } from '../../template/language/ast.ts'
import type { Value } from '../jinjava/value.ts'
import { referencesIn } from '../mapper/placeholders.ts'
import type { Rules } from '../mapper/rules.ts'
import { splitKey } from '../mapper/toml.ts'
import { markRead, noReads, type Read } from './reads.ts'
import { addTemplateReads } from './template-reads.ts'

export function readsOf(templates: Iterable<Template>, rules: Rules): Read {
  const reads = noReads()
  for (const template of templates) addTemplateReads(template, reads)
  for (const [key, values] of Object.entries(rules.inferences)) {
    markRead(reads, splitKey(key).map((name) => (/^\$\d+$/.test(name) ? '*' : name)))
    for (const follows of Object.values(values)) addReferences([...follows.values()], reads)
  }
  for (const [key, checks] of Object.entries(rules.validations))
    for (const check of checks) {
      // A rule without `regex` checks nothing (mapper/validation.ts).
      if (typeof check.regex !== 'string') continue
      for (const name of [key, ...Object.keys(check.if ?? {})]) markRead(reads, splitKey(name.replace(':', ".'[]'.")))
    }
  addReferences([...rules.defaults.values()], reads)
  return reads
}

/** `$ref{a.b}` reads `a.b`. */
export function addReferences(values: Value[], reads: Read): void {
  for (const value of values) {
    if (typeof value === 'string') for (const name of referencesIn(value)) markRead(reads, splitKey(name))
    else if (Array.isArray(value)) addReferences(value, reads)
  }
}
