import { invokeFilter, invokeTest } from '../../runtime/invoke.ts'
import { force, iterate, Pending } from '../../runtime/lazy.ts'
import { lookMember, missing } from '../../runtime/attribute-access.ts'
import { truthy } from '../../runtime/operators.ts'
import { type Call, plugin, type Plugin } from '../../runtime/plugins.ts'
import { typeName } from '../../runtime/print.ts'
import { Undefined } from '../../runtime/session.ts'
import { UnknownSignal } from '../../runtime/unknown-signal.ts'
import { isDict, isLazyObject, omit, Tuple, Unknown } from '../../runtime/values.ts'

const lazy = { lazy: true }

const defaultTo = plugin('default_value boolean', (value, [otherwise, boolean], call) => {
  if (value instanceof Undefined) return otherwise === undefined ? '' : otherwise
  if (value instanceof Unknown) return value
  // `default(x, true)` replaces empty values as well.
  if (truthy(plain(boolean, call)) && !truthy(value instanceof Pending ? value.length : value)) return otherwise === undefined ? '' : otherwise
  return value
}, lazy)

const count = plugin('', (value) => {
  if (value instanceof Unknown) return value
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || value === omit) throw new Error(`${typeName(value)} has no length`)
  return iterate(value).length
}, lazy)

/** Filters that leave what they do not look at unresolved: choice, and work on each item. */
export const selectFilters: Record<string, Plugin> = {
  default: defaultTo,
  d: defaultTo,
  length: count,
  count,
  mandatory: plugin('msg', (value, [message], call) => {
    if (!(value instanceof Undefined)) return value
    throw message === undefined ? value.error() : new Error(String(plain(message, call)))
  }, lazy),
  ternary: plugin('true_val false_val none_val', (value, [yes, no, none], call) => {
    if (value instanceof Unknown) return value
    const condition = plain(value, call)
    return condition === null && none !== undefined && none !== null ? none : truthy(condition) ? yes : no
  }, lazy),
  first: plugin('', (value, _, call) => pick(value, call, 0), lazy),
  last: plugin('', (value, _, call) => pick(value, call, -1), lazy),
  map: plugin('*args **', (value, args, call) => map(value, args, call), lazy),
  select: plugin('*args **', (value, args, call) => filterItems(value, args, call, true, false), lazy),
  reject: plugin('*args **', (value, args, call) => filterItems(value, args, call, false, false), lazy),
  selectattr: plugin('*args **', (value, args, call) => filterItems(value, args, call, true, true), lazy),
  rejectattr: plugin('*args **', (value, args, call) => filterItems(value, args, call, false, true), lazy),
  extract: plugin('container morekeys', (key, [container, more], call) => extract(plain(key, call), container, plain(more, call), call), lazy),
  items: plugin('', (value, _, call) => {
    if (value instanceof Undefined) return []
    if (value instanceof Unknown) return value
    if (!isDict(value) && !isLazyObject(value) && !(value instanceof Pending)) throw new Error(`needs a dict, not ${typeName(value)}`)
    return iterate(value).map((key) => Tuple.make([key, lookMember(value, key, call.env)]))
  }, lazy),
}

function plain(value: unknown, call: Call): unknown {
  const result = force(value, call.env.session)
  if (result instanceof Unknown) throw new UnknownSignal(result)
  return result
}

function pick(value: unknown, call: Call, index: number): unknown {
  if (value instanceof Unknown) return value
  const found = iterate(value).at(index)
  return found === undefined ? new Undefined(index === 0 ? 'first' : 'last', 'the list is empty', call.env.source, call.at, "add | default(...) if that can happen") : found
}

/** A member by a dotted path; Undefined if there is none. */
function attribute(item: unknown, path: unknown, call: Call): unknown {
  let current = item
  const parts = typeof path === 'number' ? [path] : String(path).split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  for (const part of parts) {
    if (current instanceof Undefined || current instanceof Unknown) return current
    const found = lookMember(current, part, call.env)
    current = found === missing ? new Undefined(String(path), `an item has no '${String(path)}'`, call.env.source, call.at) : found
  }
  return current
}

function map(value: unknown, args: unknown[], call: Call): unknown {
  if (value instanceof Unknown) return value
  const items = iterate(value)
  if (args.length === 0 && Object.hasOwn(call.rest, 'attribute')) {
    const { attribute: path, default: otherwise, ...others } = call.rest
    const extra = Object.keys(others)[0]
    if (extra) throw new Error(`has no argument '${extra}' beside 'attribute'`)
    const key = plain(path, call)
    return items.map((item) => {
      const found = attribute(item, key, call)
      if (!(found instanceof Undefined)) return found
      if (otherwise !== undefined && otherwise !== null) return otherwise
      throw found.error()
    })
  }
  const name = plain(args[0], call)
  if (typeof name !== 'string') throw new Error("needs the name of a filter, or attribute='...'")
  return items.map((item) => invokeFilter(call.env, name, item, args.slice(1), call.rest, call.at))
}

function filterItems(value: unknown, args: unknown[], call: Call, wanted: boolean, byAttribute: boolean): unknown {
  if (value instanceof Unknown) return value
  const rest = [...args]
  const path = byAttribute ? plain(rest.shift(), call) : undefined
  if (byAttribute && path === undefined) throw new Error('needs the name of an attribute')
  const name = rest.length > 0 ? plain(rest.shift(), call) : undefined
  return iterate(value).filter((item) => {
    const tested = byAttribute ? attribute(item, path, call) : item
    const holds = name === undefined
      ? truthy(tested instanceof Undefined && byAttribute ? false : plain(tested, call))
      : invokeTest(call.env, String(name), tested, rest, call.rest, call.at)
    if (holds instanceof Unknown) throw new UnknownSignal(holds)
    return holds === wanted
  })
}

function extract(key: unknown, container: unknown, more: unknown, call: Call): unknown {
  let current = container
  for (const part of [key, ...(more === undefined || more === null ? [] : Array.isArray(more) ? more : [more])]) {
    if (current instanceof Unknown) return current
    const found = lookMember(current, part, call.env)
    if (found === missing) return new Undefined(String(part), `there is no '${String(part)}'`, call.env.source, call.at)
    current = found
  }
  return current
}

