/**
 * Reads a variable of the data model key by key. What can't be told yet (a password that only another step needs, from an
 * environment variable that is not set) does not keep anybody from reading the rest.
 */
import { type Context, Unknown, z } from '../../../src/module/index.ts'

/** A value that can't be told, and why. */
export class Untold {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

export type Tree = Record<string, unknown>

/** The mapping that the expression means, as deep as the schema knows keys; undefined: there is no such variable. */
export function readTree(expression: string, schema: z.ZodObject, context: Context): unknown {
  if (!holds(`${expression} is defined`, context)) return undefined
  return read(expression, schema, context)
}

function read(expression: string, schema: z.ZodType | undefined, context: Context): unknown {
  const object = objectOf(schema)
  if (!object || !holds(`${expression} is mapping`, context)) return tell(expression, context)
  const keys = tell(`${expression}.keys() | list`, context)
  if (!Array.isArray(keys)) return keys
  return Object.fromEntries(keys.map((key) => [String(key), read(`${expression}[${JSON.stringify(String(key))}]`, object.shape[String(key)] as z.ZodType | undefined, context)]))
}

/** The keys of a schema that is a mapping, or may be one. */
export function objectOf(schema: z.ZodType | undefined): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema
  return schema instanceof z.ZodOptional ? objectOf(schema.unwrap() as z.ZodType) : undefined
}

function holds(condition: string, context: Context): boolean {
  return tell(condition, context) === true
}

function tell(expression: string, context: Context): unknown {
  try {
    const value = context.evaluate(expression)
    return value instanceof Unknown ? new Untold(value.reason) : value
  } catch (error) {
    return new Untold((error as Error).message)
  }
}

/** What is at a path; undefined also where it can't be told. */
export function valueAt(tree: Tree, path: string): unknown {
  const value = path.split('.').reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Tree)[key] : undefined), tree)
  return value instanceof Untold ? undefined : value
}

export const textAt = (tree: Tree, path: string): string => String(valueAt(tree, path) ?? '')
