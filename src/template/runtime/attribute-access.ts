import type { Expression } from '../language/ast.ts'
import { iterate, lazyMember, Pending } from './lazy.ts'
import { typeName } from './print.ts'
import { Undefined, type Env } from './session.ts'
import { didYouMean } from '../../text/similar.ts'
import { getKey, isDict, isLazyObject, NativeObject, Unknown } from './values.ts'

/** Sentinel: the object has no such member. */
export const missing: unique symbol = Symbol('missing')

/** A member of a value by key or index. Reaches data only, never JavaScript's own properties. */
export function lookMember(object: unknown, key: unknown, env: Env): unknown {
  if (object instanceof Pending) {
    if (object.isList) return inList(object, key)
    const name = dictKey(key)
    return name !== undefined && object.has(name) ? object.member(name) : missing
  }
  if (Array.isArray(object)) return inList(object, key)
  if (isDict(object)) {
    const name = dictKey(key)
    return name !== undefined && Object.hasOwn(object, name) ? getKey(object, name) : missing
  }
  if (typeof object === 'string') {
    if (typeof key !== 'number') return missing
    return object.at(key) === undefined ? missing : object.at(key)
  }
  if (object instanceof NativeObject) {
    const found = object.attribute(String(key))
    return found === undefined ? missing : found
  }
  if (isLazyObject(object)) {
    const found = lazyMember(object, String(key), env.session, env.scope)
    return found === undefined ? missing : found
  }
  return missing
}

function dictKey(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  return typeof key === 'number' || typeof key === 'boolean' ? String(key) : undefined
}

function inList(list: unknown[] | Pending, key: unknown): unknown {
  if (typeof key !== 'number' || !Number.isInteger(key)) return missing
  const index = key < 0 ? key + list.length : key
  if (index < 0 || index >= list.length) return missing
  return list instanceof Pending ? list.member(index) : list[index]
}

/** `object.key` or `object[key]`: Undefined, with the path in words, if there is none. */
export function member(object: unknown, key: unknown, env: Env, at: number, node: Expression): unknown {
  if (object instanceof Unknown || object instanceof Undefined) return object
  const found = lookMember(object, key, env)
  if (found !== missing) return found
  const path = pathOf(node, key)
  const near = typeof key === 'string' && !Array.isArray(object) && typeof object !== 'string' ? didYouMean(key, keysOf(object)) : undefined
  const why = isContainer(object) ? '' : `: ${object === null ? 'the value is null' : `the value is a ${typeName(object)}`}`
  const parent = path.slice(0, path.length - String(key).length - 1)
  return new Undefined(path, `'${path}' is undefined${why}`, env.source, at, near && `did you mean '${parent ? `${parent}.` : ''}${near}'?`)
}

function isContainer(object: unknown): boolean {
  return object instanceof Pending || Array.isArray(object) || (typeof object === 'object' && object !== null)
}

function keysOf(object: unknown): string[] {
  try {
    return iterate(object).filter((key) => typeof key === 'string')
  } catch {
    return []
  }
}

/** The dotted path an expression spells, for messages: `hostvars['a'].b`. */
export function pathOf(node: Expression, key?: unknown): string {
  switch (node.type) {
    case 'name': return node.name
    case 'attribute': return `${pathOf(node.object)}.${node.name}`
    case 'item': {
      const index = node.index.type === 'literal' ? node.index.value : (key ?? '...')
      const name = typeof index === 'string' && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(index) ? `.${index}` : `[${typeof index === 'string' ? `'${index}'` : String(index)}]`
      return pathOf(node.object) + name
    }
    case 'call': return `${pathOf(node.callee)}()`
    case 'filter': return node.input ? `(${pathOf(node.input)} | ${node.name})` : node.name
    case 'literal': return JSON.stringify(node.value)
    default: return '(...)'
  }
}
