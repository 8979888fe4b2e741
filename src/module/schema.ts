/** What a zod schema says about its arguments: names, aliases, types, defaults. */
import type { z } from 'zod'

export interface Argument {
  name: string
  schema: z.ZodType
  aliases: string[]
  required: boolean
  secret: boolean
  description: string
}

/** The parts of zod's definitions that are read here. */
interface Definition {
  type: string
  innerType?: z.ZodType
  in?: z.ZodType
  out?: z.ZodType
  options?: z.ZodType[]
  shape?: Record<string, z.ZodType>
  catchall?: z.ZodType
  element?: z.ZodType
  values?: unknown[]
  entries?: Record<string, unknown>
  defaultValue?: unknown
  valueType?: z.ZodType
}

export function definitionOf(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition
}

const cache = new WeakMap<z.ZodType, Argument[]>()

/** The declared arguments of a module's schema; those of a union of objects together. */
export function argumentsOf(schema: z.ZodType): Argument[] {
  let found = cache.get(schema)
  if (!found) cache.set(schema, (found = readArguments(schema)))
  return found
}

function readArguments(schema: z.ZodType): Argument[] {
  const definition = definitionOf(schema)
  if (definition.shape) return Object.entries(definition.shape).map(([name, one]) => readArgument(name, one))
  if (definition.options) {
    const all = definition.options.flatMap(readArguments)
    return all.filter((one, index) => all.findIndex((other) => other.name === one.name) === index)
  }
  const inner = definition.innerType ?? definition.in
  return inner ? readArguments(inner) : []
}

/** The keys of a value that is a mapping or a list of mappings; none for anything else. */
export function membersOf(schema: z.ZodType): Argument[] {
  const { shape, options, innerType, element, type, in: input } = definitionOf(schema)
  if (shape) return argumentsOf(schema)
  if (options) {
    const all = options.flatMap(membersOf)
    return all.filter((one, index) => all.findIndex((other) => other.name === one.name) === index)
  }
  const inner = innerType ?? element ?? (type === 'pipe' ? input : undefined)
  return inner ? membersOf(inner) : []
}

function readArgument(name: string, schema: z.ZodType): Argument {
  const meta = metaOf(schema)
  const description = typeof meta.description === 'string' ? meta.description : ''
  const aliases = Array.isArray(meta.aliases) ? meta.aliases.map(String) : []
  return { name, schema, aliases, required: !schema.safeParse(undefined).success, secret: meta.secret === true, description }
}

/** Metadata, also of what `.optional()` and the like wrap. The outermost wins. */
export function metaOf(schema: z.ZodType): Record<string, unknown> {
  const definition = definitionOf(schema)
  const inner = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined)
  return { ...(inner ? metaOf(inner) : {}), ...(schema.meta() ?? {}) }
}

/** A value for a reader: 'text', 'boolean', 'list of text' ... */
export function typeName(schema: z.ZodType): string {
  const definition = definitionOf(schema)
  switch (definition.type) {
    case 'string':
      return 'text'
    case 'number':
      return 'number'
    case 'int':
      return 'whole number'
    case 'array':
      return definition.element ? `list of ${typeName(definition.element)}` : 'list'
    case 'object':
    case 'record':
      return 'mapping'
    case 'enum':
      return Object.values(definition.entries ?? {})
        .map(String)
        .join(' | ')
    case 'literal':
      return (definition.values ?? []).map(String).join(' | ')
    case 'any':
    case 'unknown':
      return 'any'
    case 'union':
      return unionName(definition.options ?? [])
    case 'pipe': {
      // The input side says what is written, unless it is a bare transform.
      const outer = definition.in!
      return definitionOf(outer).type === 'transform'
        ? typeName(definition.out!)
        : definition.out && definitionOf(definition.out).type === 'boolean'
          ? 'boolean'
          : typeName(outer)
    }
    default:
      return definition.innerType ? typeName(definition.innerType) : definition.type
  }
}

/** Unions of one meaning get that meaning's name: text that may be a number is text. */
function unionName(options: z.ZodType[]): string {
  const names = [
    ...new Set(
      options
        .map(typeName)
        .map((name) => (name === 'true' || name === 'false' || name === '0' || name === '1' ? 'boolean' : name)),
    ),
  ]
  if (names[0] === 'boolean' && names.every((name) => name === 'boolean')) return 'boolean'
  if (names[0]?.startsWith('list')) return names[0]
  if (names.every((name) => ['text', 'number', 'boolean'].includes(name)) && names.includes('text'))
    return names[0] === 'number' ? 'number' : 'text'
  return names.join(' or ')
}

/** The default that is filled in, if there is one. */
export function defaultOf(schema: z.ZodType): unknown {
  const definition = definitionOf(schema)
  if (definition.type === 'default' || definition.type === 'prefault') return definition.defaultValue
  if (definition.innerType) return defaultOf(definition.innerType)
  return definition.type === 'pipe' && definition.in ? defaultOf(definition.in) : undefined
}

/** The words one can choose from, if there are only certain ones. */
export function choicesOf(schema: z.ZodType): string[] | undefined {
  const definition = definitionOf(schema)
  if (definition.type === 'enum') return Object.values(definition.entries ?? {}).map(String)
  if (definition.type === 'literal') return (definition.values ?? []).map(String)
  if (definition.innerType) return choicesOf(definition.innerType)
  if (definition.type === 'pipe') return definition.in && choicesOf(definition.in)
  if (definition.type === 'union') {
    const all = definition.options!.map(choicesOf)
    return all.every((one) => one !== undefined) ? [...new Set(all.flat())] : undefined
  }
  return undefined
}
