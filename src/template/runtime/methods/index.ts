import { force, Pending } from '../lazy.ts'
import { lookMember, missing } from '../attribute-access.ts'
import type { Given } from '../plugins.ts'
import { typeName } from '../print.ts'
import type { Env } from '../session.ts'
import { didYouMean } from '../../../text/similar.ts'
import { type Dict, findUnknownArgument, isDict, isLazyObject, NativeObject, Tuple, Unknown } from '../values.ts'
import { dictMethods } from './dict.ts'
import { listMethods } from './list.ts'
import { stringMethods } from './string.ts'

/** A Python method. `self` and arguments are plain data. */
export type Method = (self: Given, args: Given[], kwargs: Dict) => unknown

/** These only store their arguments, so an unknown one may be among them. */
const storing = new Set(['append', 'extend', 'insert', 'update', 'setdefault'])

/** Calls a Python method of a string, list or dict. There are only the ones listed here, never JavaScript's. */
export function callMethod(object: unknown, name: string, args: unknown[], kwargs: Dict, env: Env): unknown {
  const lazy = lazyDictMethod(object, name, args, env)
  if (lazy) return lazy.result
  const self = force(object, env.session)
  const methods = methodsOf(self)
  if (!methods || !Object.hasOwn(methods, name)) {
    const near = methods && didYouMean(name, Object.keys(methods))
    throw new Error(`${typeName(self)} has no method '${name}'${near ? `, did you mean '${near}'?` : ''}`)
  }
  const plain = args.map((argument) => force(argument, env.session))
  const plainKwargs = force(kwargs, env.session) as Dict
  const unknown = storing.has(name) ? undefined : findUnknownArgument([...plain, ...Object.values(plainKwargs)])
  return unknown ?? methods[name]!(self, plain, plainKwargs)
}

/** The table of methods a value has. */
export function methodsOf(value: unknown): Record<string, Method> | undefined {
  if (typeof value === 'string') return stringMethods
  if (Array.isArray(value)) return listMethods
  if (isDict(value)) return dictMethods
  if (value instanceof NativeObject && 'methods' in value) return (value as unknown as { methods: Record<string, Method> }).methods
  return undefined
}

/** get, keys, values and items leave the other members of a dict unresolved. */
function lazyDictMethod(object: unknown, name: string, args: unknown[], env: Env): { result: unknown } | undefined {
  const isPending = object instanceof Pending && !object.isList
  if (!isPending && !isLazyObject(object)) return undefined
  const member = (key: unknown) => lookMember(object, key, env)
  switch (name) {
    case 'get': {
      const key = force(args[0], env.session)
      if (key instanceof Unknown) return { result: key }
      const found = member(key)
      return { result: found === missing ? (args[1] ?? null) : found }
    }
    case 'keys': return { result: object.keys() }
    case 'values': return { result: object.keys().map(member) }
    case 'items': return { result: object.keys().map((key) => Tuple.make([key, member(key)])) }
  }
  return undefined
}

