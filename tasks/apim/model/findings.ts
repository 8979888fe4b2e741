/** What is wrong with a tree by its schema: keys that there are not, keys that are missing, values of another kind. */
import { nearest, type z } from '../../../src/module/index.ts'
import { objectOf, Untold } from './read.ts'

export interface Finding {
  /** `['apim', 'database', 'typ']`. */
  path: string[]
  /** Goes on after the path: 'is no key of the data model'. */
  text: string
  /** With it nothing can be planned: hosts need not be asked. */
  grave?: boolean
}

type Issue = z.core.$ZodIssue

export function findingsOf(root: string, tree: unknown, schema: z.ZodObject): Finding[] {
  const parsed = schema.safeParse(tree)
  if (parsed.success) return []
  return parsed.error.issues.flatMap((issue) => found(root, tree, schema, issue))
}

function found(root: string, tree: unknown, schema: z.ZodObject, issue: Issue): Finding[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [root, ...path, key], text: unknownKey(root, path, key, schema) }))
  const value = at(tree, path)
  if (value instanceof Untold) return []
  // A list is one value.
  const words = path.findIndex((word) => /^\d+$/.test(word))
  const key = words < 0 ? path : path.slice(0, words)
  const text = value === undefined ? `is missing: ${descriptionOf(schema, key)}` : `is ${shown(value, key)}: ${expected(issue)}`
  return [{ path: [root, ...key], text, grave: true }]
}

/** The nearest key beside it, or the same key elsewhere. */
function unknownKey(root: string, path: string[], key: string, schema: z.ZodObject): string {
  const own = keysAt(schema, path)
  const [near] = nearest(key, own)
  const elsewhere = allPaths(schema, [root]).filter((each) => each.at(-1) === key).map((each) => each.join('.'))
  const dotted = (name: string) => [root, ...path, name].join('.')
  const hint = near !== undefined ? `; did you mean ${dotted(near)}?` : elsewhere.length > 0 ? `; did you mean ${elsewhere.join(' or ')}?` : `: ${[root, ...path].join('.')} has ${own.join(', ')}`
  return `is no key of the data model${hint}`
}

function keysAt(schema: z.ZodObject, path: string[]): string[] {
  let object: z.ZodObject | undefined = schema
  for (const key of path) object = objectOf(object?.shape[key] as z.ZodType | undefined)
  return object ? Object.keys(object.shape) : []
}

/** Every key of a schema, as paths from its root. */
export function allPaths(schema: z.ZodObject, root: string[]): string[][] {
  return Object.entries(schema.shape).flatMap(([key, inner]) => {
    const object = objectOf(inner as z.ZodType)
    return [[...root, key], ...(object ? allPaths(object, [...root, key]) : [])]
  })
}

function descriptionOf(schema: z.ZodObject, path: string[]): string {
  let inner: z.ZodType | undefined = schema
  for (const key of path) inner = objectOf(inner)?.shape[key] as z.ZodType | undefined
  return inner?.description ?? 'it has to be given'
}

function at(tree: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null && !(value instanceof Untold) ? (value as Record<string, unknown>)[key] : value instanceof Untold ? value : undefined), tree)
}

/** Never a value that may be secret. */
function shown(value: unknown, path: string[]): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  const last = path.at(-1) ?? ''
  return /password|passphrase|secret|key$/.test(last) ? 'not of that kind' : `'${String(value)}'`
}

const words: Record<string, string> = { string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a mapping', record: 'a mapping' }

function expected(issue: Issue): string {
  const own = messageIn(issue)
  if (own !== undefined) return own
  const kinds = [...new Set(kindsIn(issue))]
  return `expected ${kinds.join(' or ')}`
}

/** A message of the schema's author says more than a kind. */
function messageIn(issue: Issue): string | undefined {
  if (issue.code === 'invalid_union') return issue.errors.flat().map(messageIn).find((message) => message !== undefined)
  return issue.message.startsWith('expected') ? issue.message : undefined
}

function kindsIn(issue: Issue): string[] {
  if (issue.code === 'invalid_union') {
    const kinds = issue.errors.flat().flatMap(kindsIn)
    // Text may be written as a number; a boolean as many words.
    return kinds.includes('true or false') && !kinds.includes('text') ? ['true or false'] : kinds.filter((kind) => !kinds.includes('text') || !/number|true/.test(kind))
  }
  if (issue.code === 'invalid_type') return [words[issue.expected] ?? issue.expected]
  if (issue.code === 'invalid_value') return [issue.values.every((value) => typeof value === 'string') && issue.values.length > 1 ? orList(issue.values.map(String)) : 'true or false']
  return ['something else']
}

const orList = (all: string[]) => `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
