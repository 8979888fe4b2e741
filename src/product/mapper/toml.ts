/**
 * A deployment.toml as the mapper reads it (TomlParser.java): a list of dotted keys, in the order of Java's hash tables,
 * with a value each; names that are not plain words stand in single quotes. Tables in arrays are such lists themselves.
 */
import { parse } from '@decimalturn/toml-patch'
import type { Table, Value } from '../jinjava/value.ts'
import { inHashOrder, listHash, textHash } from '../jinjava/java-order.ts'

/** The text is no TOML. */
export class TomlSyntaxError extends Error {
  readonly line: number
  readonly column: number
  constructor(message: string, line: number, column: number) {
    super(message)
    this.line = line
    this.column = column
  }
}

export type Tree = { [key: string]: unknown }

/** The document as plain objects; integers are `bigint`. */
export function parseToml(text: string): Tree {
  try {
    return parse(text, { integersAsBigInt: true }) as Tree
  } catch (error) {
    throw syntaxError(error)
  }
}

export function syntaxError(error: unknown): TomlSyntaxError {
  const { message, line = 1, column = 0 } = error as Error & { line?: number; column?: number }
  const detail = message.split('\n').filter((part) => part.trim() !== '').at(-1) ?? 'not valid TOML'
  return new TomlSyntaxError(detail, line, column + 1)
}

/** All values by their dotted keys. */
export function settings(tree: Tree): Table {
  const table: Table = new Map()
  for (const path of keyPaths(tree)) table.set(path.key, convert(path.value))
  return table
}

interface Leaf {
  path: string[]
  value: unknown
}

function keyPaths(tree: Tree): { key: string; value: unknown }[] {
  const named = leaves(tree).map(({ path, value }) => ({ key: joinKey(path), value }))
  return inHashOrder(named, ({ key }) => textHash(key.replaceAll("'", '"')))
}

/** Each table is a hash table, and so is the set of the paths in it (cava's MutableTomlTable). */
function leaves(tree: Tree): Leaf[] {
  const found = inHashOrder(Object.keys(tree), textHash).flatMap((key): Leaf[] => {
    const value = tree[key]
    return isTree(value) ? leaves(value).map((leaf) => ({ ...leaf, path: [key, ...leaf.path] })) : [{ path: [key], value }]
  })
  return inHashOrder(found, ({ path }) => listHash(path))
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function convert(value: unknown): Value {
  if (Array.isArray(value)) return value.map((item) => (isTree(item) ? settings(item) : convert(item)))
  if (isTree(value)) return settings(value)
  if (value instanceof Date) return value.toISOString()
  return value === undefined ? null : (value as Value)
}

/** `a.b`, and `a.'b.c'` where a name holds more than letters, digits, `_` and `-`. */
export function joinKey(path: readonly string[]): string {
  return path.map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : `'${name}'`)).join('.')
}

/** The names in a dotted key: quotes around one are not part of it, empty ones are none. */
export function splitKey(key: string): string[] {
  return [...key.matchAll(/'([^']*)'|([^.']+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
}
