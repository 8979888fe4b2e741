/**
 * `$secret{}`, `$sys{}`, `$env{}` and `$ref{}` (ReferenceResolver.java). A secret stays as it is written: the product's
 * vault puts it in at runtime. What the environment and the JVM hold is known on the host only, so these two stay as they
 * are written unless a value is given.
 */
import { toText, type Table, type Value } from '../jinjava/value.ts'

export interface Surroundings {
  environment?: Record<string, string>
  system?: Record<string, string>
  /** Aliases that `[secrets]` lacks are no error: they may be written later. */
  anySecret?: boolean
}

/** Something stops the mapper, and with it the server; `key` is where. */
export class MapperError extends Error {
  readonly key: string | undefined
  /** `reference`: to something that is not there. `rule`: a value that is refused. `template`: nothing that a key could mend. */
  readonly kind: 'secret' | 'reference' | 'rule' | 'template'
  constructor(message: string, key?: string, kind: MapperError['kind'] = 'rule') {
    super(message)
    this.key = key
    this.kind = kind
  }
}

export function resolvePlaceholders(settings: Table, aliases: ReadonlySet<string> | undefined, given: Surroundings): void {
  if (aliases && !given.anySecret) for (const { key, alias } of secretsIn(settings)) if (!aliases.has(alias)) throw new MapperError(`\`$secret{${alias}}\` has no alias in [secrets]`, key, 'secret')
  replaceAll(settings, 'sys', given.system ?? {})
  replaceAll(settings, 'env', given.environment ?? {})
  resolveReferences(settings)
}

/** Every use of a secret: in a value, a list, or a table of a list. */
export function secretsIn(settings: Table): { key: string; alias: string }[] {
  const found: { key: string; alias: string }[] = []
  const look = (key: string, value: Value) => {
    if (typeof value === 'string') for (const [, alias] of value.matchAll(/\$secret\{([^}]*)\}/g)) found.push({ key, alias: alias! })
    else if (Array.isArray(value)) for (const item of value) look(key, item)
    else if (value instanceof Map) for (const item of value.values()) look(key, item)
  }
  for (const [key, value] of settings) look(key, value)
  return found
}

/** The aliases of [secrets]; undefined where `[runtime_secrets] enable` lets any alias be. */
export function aliasesOf(settings: Table): ReadonlySet<string> | undefined {
  if (settings.get('runtime_secrets.enable') === 'true') return undefined
  const names = [...settings.keys()].filter((key) => key.startsWith('secrets.'))
  return new Set(names.map((key) => key.slice('secrets.'.length).replace(/^'(.*)'$/, '$1')))
}

function replaceAll(table: Table, kind: string, values: Record<string, string>): void {
  const pattern = new RegExp(`\\$${kind}\\{([^}]*)\\}`, 'g')
  const change = (value: Value): Value => {
    if (typeof value === 'string') return value.replace(pattern, (whole, name: string) => values[name] ?? whole)
    if (Array.isArray(value)) return value.map((item) => (typeof item === 'string' ? change(item) : (inTable(item), item)))
    inTable(value)
    return value
  }
  const inTable = (value: Value) => value instanceof Map && replaceAll(value, kind, values)
  for (const [key, value] of table) table.set(key, change(value))
}

/** References go to keys, which may hold references themselves. In the tables of a list none is resolved. */
function resolveReferences(settings: Table): void {
  const waiting = new Map<string, Set<string>>()
  for (const [key, value] of settings) {
    const refs = [value].flat().flatMap((item) => (typeof item === 'string' ? referencesIn(item) : []))
    if (refs.length > 0) waiting.set(key, new Set(refs))
  }
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, refs]) => ![...refs].some((ref) => waiting.has(ref)))
    if (ready.length === 0) throw new MapperError(`the references go round in a circle: ${[...waiting.keys()].join(', ')}`, [...waiting.keys()][0], 'reference')
    for (const [key, refs] of ready) {
      for (const ref of refs) settings.set(key, putIn(settings.get(key)!, ref, referenced(settings, ref, key)))
      waiting.delete(key)
    }
  }
}

export function referencesIn(text: string): string[] {
  return [...text.matchAll(/\$ref\{([^}]*)\}/g)].map(([, name]) => name!)
}

function referenced(settings: Table, name: string, key: string): Exclude<Value, null> {
  const value = settings.get(name) ?? null
  if (value === null) throw new MapperError(`\`$ref{${name}}\` refers to a key that is not there`, key, 'reference')
  return value
}

/** A list or a boolean takes the place of the whole text. */
function putIn(text: Value, name: string, value: Exclude<Value, null>): Value {
  if (Array.isArray(value) || typeof value === 'boolean') return value
  const fill = (item: Value) => (typeof item === 'string' ? item.replaceAll(`$ref{${name}}`, () => toText(value)) : item)
  return Array.isArray(text) ? text.map(fill) : fill(text)
}
