/** All that is wrong with a deployment.toml, by the rules of a pack. */
import { asTables, effectiveSettings } from '../mapper/effective.ts'
import { aliasesOf, MapperError, referencesIn, secretsIn } from '../mapper/placeholders.ts'
import type { Rules } from '../mapper/rules.ts'
import { joinKey, parseToml, settings as settingsOf, splitKey, TomlSyntaxError, type Tree } from '../mapper/toml.ts'
import { mapKeys, targetsOf } from '../mapper/key-mapping.ts'
import type { Table, Value } from '../jinjava/value.ts'
import { blocksOf, leavesOf, leavesOfValue, type Leaf, type Node, type Section } from './leaves.ts'
import { refusals } from './older-toml.ts'
import { textOf, type UnreadKeys } from './unread.ts'

export interface Finding {
  kind: 'syntax' | 'unread' | 'table' | 'quote' | 'lost' | 'secrets-last' | 'secret' | 'reference' | 'rule'
  /** The key, as one would write it. */
  path: string
  line: number | undefined
  column: number | undefined
  message: string
  /** The key that was probably meant. */
  nearest: string | undefined
}

export function lintText(text: string, rules: Rules, unread: UnreadKeys): Finding[] {
  let tree: Tree
  let blocks: Node[]
  try {
    tree = parseToml(text)
    blocks = blocksOf(text)
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error
    return [syntax(error)]
  }
  const document = leavesOf(blocks)
  const found = [...unreadKeys(document.leaves, referencesOf(tree), unread), ...secretsLast(document.sections)]
  found.push(...refusals(text, blocks).map(syntax), ...problems(tree, rules, document.leaves))
  return found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

/** The first thing for which the product's parser would refuse the text. */
export function refusal(text: string): TomlSyntaxError | undefined {
  return refusals(text, blocksOf(text))[0]
}

function syntax({ line, column, message }: TomlSyntaxError): Finding {
  return { kind: 'syntax', path: '', line, column, message, nearest: undefined }
}

/** Keys of values that nothing reads. Names at the top may be dotted: `a.b.'c.d'`. `document`: where they are written. */
export function lintValues(values: Record<string, unknown>, unread: UnreadKeys, document: Record<string, unknown> = values): Finding[] {
  const leaves = Object.entries(values).flatMap(([key, value]) => leavesOfValue(value, splitKey(key)))
  return unreadKeys(leaves, referencesOf(document as Tree), unread)
}

function unreadKeys(leaves: Leaf[], also: ReadonlySet<string>, unread: UnreadKeys): Finding[] {
  const seen = new Set<string>()
  return leaves.flatMap((leaf) => {
    const path = textOf(leaf.path)
    const wrong = unread.check(leaf, also)
    // The tables of a list have the same keys: the first one is told.
    if (!wrong || seen.has(path)) return []
    seen.add(path)
    return [{ kind: wrong.kind, path, line: leaf.line, column: leaf.column, message: wrong.message, nearest: wrong.nearest }]
  })
}

/** Keys that the document's own values refer to. */
function referencesOf(tree: Tree): Set<string> {
  const names = new Set<string>()
  const look = (value: unknown): void => {
    if (typeof value === 'string') for (const name of referencesIn(value)) names.add(textOf(splitKey(name)))
    else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) look(member)
  }
  look(tree)
  return names
}

/** The cipher tool cuts the file behind [secrets] (product-apim issues 8021 and 9127). */
function secretsLast(sections: Section[]): Finding[] {
  const at = sections.findIndex(({ path }) => path.length === 1 && path[0] === 'secrets')
  const after = at === -1 ? undefined : sections.slice(at + 1).find(({ path }) => path[0] !== 'secrets')
  if (!after) return []
  const { line, column } = sections[at]!
  const message = `[secrets] must be the last section: the cipher tool cuts off what follows, such as [${textOf(after.path)}]`
  return [{ kind: 'secrets-last', path: 'secrets', line, column, message, nearest: undefined }]
}

/** What stops the mapper: a secret without alias, a reference to nothing, a value that a rule forbids. */
function problems(tree: Tree, rules: Rules, leaves: Leaf[]): Finding[] {
  const at = (key: string | undefined): Pick<Finding, 'path' | 'line' | 'column'> => {
    const leaf = key === undefined ? undefined : leafOf(key, leaves, rules)
    return { path: key ?? '', line: leaf?.line, column: leaf?.column }
  }
  const settings = settingsOf(tree)
  const aliases = aliasesOf(settings)
  const missing = aliases ? secretsIn(settings).filter(({ alias }) => !aliases.has(alias)) : []
  const found: Finding[] = missing.map(({ key, alias }) => ({ kind: 'secret', ...at(key), message: `\`$secret{${alias}}\` has no alias in [secrets]`, nearest: undefined }))
  if (found.length > 0) return found
  try {
    found.push(...lost(effectiveSettings(tree, rules), leaves, rules))
  } catch (error) {
    if (!(error instanceof MapperError)) throw error
    found.push({ kind: error.kind === 'reference' ? 'reference' : 'rule', ...at(error.key), message: error.message, nearest: undefined })
  }
  return found
}

/**
 * A default for a whole table and a key below it are put into one by the order of their hashes: where the table comes
 * later, it takes the place of the key, whether it holds one of that name or not (3.0.0 has such defaults for the
 * parameters of the passthru transports).
 */
function lost(settings: Table, leaves: Leaf[], rules: Rules): Finding[] {
  const tables = asTables(settings)
  const arrives = (key: string) => {
    let at: Value | undefined = tables
    for (const name of splitKey(key)) at = at instanceof Map ? at.get(name) : undefined
    return at !== undefined && sameValue(at, settings.get(key))
  }
  return leaves
    .filter(({ path }) => !path.includes('[]') && !targetsOf(joinKey(path), rules.mappings).some(arrives))
    .map(({ path, line, column }) => ({ kind: 'lost', path: textOf(path), line, column, message: `${textOf(path)} is lost: the rules have a default for a whole table that takes its place`, nearest: undefined }))
}

/** Lists are copied on their way into tables, so they are compared by what is in them. */
function sameValue(a: Value, b: Value | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => item instanceof Map || sameValue(item, b[i]))
  return a === b
}

/** Where a key stands that has another name by now. */
function leafOf(key: string, leaves: Leaf[], rules: Rules): Leaf | undefined {
  const named = (leaf: Leaf) => [...mapKeys(new Map<string, Value>([[textOf(leaf.path), '']]), rules.mappings).keys()]
  return leaves.find((leaf) => named(leaf).includes(key) || textOf(leaf.path) === key)
}

