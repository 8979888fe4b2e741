/**
 * From a deployment.toml to what the templates see, in the order of ConfigParser.parse: keys get other names, values
 * follow from values, defaults come in, placeholders are resolved, times are converted, all is validated, and dotted keys
 * become tables. Facts and names are those of wso2/config-mapper v1.0.18 to v1.1.0.
 */
import { copy, type Table, type Value } from '../jinjava/value.ts'
import { infer } from './inference.ts'
import { inHashOrder, placesAtOnce, placesFor, textHash } from '../jinjava/java-order.ts'
import { mapKeys } from './key-mapping.ts'
import { aliasesOf, MapperError, resolvePlaceholders, type Surroundings } from './placeholders.ts'
import type { Rules } from './rules.ts'
import { settings as settingsOf, splitKey, type Tree } from './toml.ts'
import { resolveUnits } from './units.ts'
import { violations } from './validation.ts'

/** All settings by their dotted keys, before templates. A MapperError where the mapper would stop. */
export function effectiveSettings(tree: Tree, rules: Rules, given: Surroundings = {}): Table {
  const written = settingsOf(tree)
  const aliases = aliasesOf(written)
  // The table of the mapper is filled in one go, and keeps its size from then on.
  let places = placesAtOnce(written.size)
  const mapped = mapKeys(ordered(written, places), rules.mappings)
  places = placesFor(mapped.size, places)
  const inferred = infer(ordered(mapped, places), rules.inferences)
  places = placesFor(inferred.size, places)
  const all = ordered(inferred, places)
  for (const [key, value] of rules.defaults) if (!all.has(key)) all.set(key, copy(value))
  const complete = ordered(all, placesFor(all.size, places))
  resolvePlaceholders(complete, aliases, given)
  resolveUnits(complete, rules.units)
  for (const key of complete.keys()) if (key.split("'").length % 2 === 0) throw new MapperError(`the rules of the pack give it the name ${key}, in which a quote is never closed`, key)
  const [wrong] = violations(complete, rules.validations)
  if (wrong) throw new MapperError(wrong.message, wrong.key)
  return complete
}

function ordered(table: Table, places: number): Table {
  return new Map(inHashOrder([...table], ([key]) => textHash(key), places))
}

/** `a.b = 1` becomes a table in a table (JinjaParser.getHierarchicalDottedKeyMap). */
export function asTables(settings: Table): Table {
  const root: Table = new Map()
  for (const [key, value] of settings) {
    const names = splitKey(key)
    const last = names.pop()
    if (last === undefined) continue
    let table = root
    for (const name of names) {
      const there = table.get(name)
      const next: Table = there instanceof Map ? there : new Map<string, Value>()
      if (next !== there) table.set(name, next)
      table = next
    }
    table.set(last, Array.isArray(value) ? listOf(value) : value)
  }
  return root
}

function listOf(list: Value[]): Value[] {
  return list.map((item) => (item instanceof Map ? asTables(item) : Array.isArray(item) ? listOf(item) : item))
}
