import { Unknown } from '../../remote/unknown.ts'

/** Plain data, as YAML and JSON know it. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }

/** Any data of a dict: what JSON calls an object. */
export type Dict = Record<string, unknown>

/** A value which check mode can't know: every operation on it gives an Unknown again; the first reason wins. */
export { Unknown }

/** YAML `!unsafe`: text that is never a template. Unwrapped when used. */
export { Unsafe } from '../../yaml/index.ts'

/** The `omit` variable: an argument with this value is as if it were not written. */
export const omit: unique symbol = Symbol('omit')
export type Omit = typeof omit

/** A Python tuple: a list, but printed and %-formatted differently. Plain lists leave this folder. */
export class Tuple extends Array<unknown> {
  static make(items: Iterable<unknown>): Tuple {
    const tuple = new Tuple()
    for (const item of items) tuple.push(item)
    return tuple
  }
  // Deriving methods (map, slice, ...) give plain arrays.
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** The definition of a name: the raw value, and whether strings inside may be templates. */
export interface Definition {
  value: unknown
  template: boolean
  /** The scope in which templates inside are resolved; default: the one that was asked. */
  scope?: Scope
}

/** Where names come from. */
export interface Scope {
  lookup(name: string): Definition | undefined
  /** All names, for "did you mean" and the `varnames` lookup. */
  names(): Iterable<string>
  /** What lookups need from outside; default: the context given to `createTemplar`. */
  lookups?: LookupContext
}

/** A dict whose members are looked up on use, such as `hostvars`. */
export interface LazyObject {
  get(key: string): Definition | undefined
  keys(): string[]
}

/** What becomes of a password that the `password` lookup makes up. */
export interface PasswordKeeper {
  /** False in check mode: nothing is written, the password lives as long as the run. */
  store: boolean
  /** Passwords of this run that were not stored, by path. */
  made: Map<string, string>
  /** Told each password, so that it can be masked. */
  secret(password: string): void
}

/** What lookup plugins need from the engine. Everything is synchronous. */
export interface LookupContext {
  /** Absolute path of a file searched as Ansible does; throws if there is none. */
  file(kind: 'files' | 'templates' | 'vars', name: string): string
  readFile(path: string): string
  env(name: string): string | undefined
  /** Runs a shell command on this machine, returns its stdout; throws if it fails. */
  run(command: string): string
  /** Host names that match an inventory pattern. */
  hostNames(pattern: string): string[]
  /** How passwords are made up; default: stored at once. */
  passwords?: PasswordKeeper
}

/** An object with attributes of our own making (loop, namespace, cycler, dates). Never data. */
export abstract class NativeObject {
  abstract attribute(name: string): unknown
  /** What this becomes outside of a template. */
  plain(): unknown {
    return this.toString()
  }
}

/** Something a template can call: a macro, a global function. */
export class Callable extends NativeObject {
  readonly name: string
  readonly call: (args: unknown[], kwargs: Dict) => unknown
  constructor(name: string, call: (args: unknown[], kwargs: Dict) => unknown) {
    super()
    this.name = name
    this.call = call
  }
  attribute(name: string): unknown {
    return name === 'name' ? this.name : undefined
  }
  override toString(): string {
    return `<function ${this.name}>`
  }
}

export function isLazyObject(value: unknown): value is LazyObject {
  if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof NativeObject) return false
  const object = value as Partial<LazyObject>
  return typeof object.get === 'function' && typeof object.keys === 'function'
}

/** True for a plain dict: only these have keys a template can see. */
export function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (isLazyObject(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Own members only: a template must never reach JavaScript's prototypes. */
export function getKey(dict: Dict, key: string): unknown {
  return Object.hasOwn(dict, key) ? dict[key] : undefined
}

/** Sets a key as data; `__proto__` is a key like any other. */
export function setKey(dict: Dict, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(dict, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    dict[key] = value
  }
}

/** A new dict from entries. */
export function dictOf(entries: Iterable<readonly [string, unknown]>): Dict {
  const dict: Dict = {}
  for (const [key, value] of entries) setKey(dict, key, value)
  return dict
}

/** The first Unknown among arguments. */
export function findUnknownArgument(values: Iterable<unknown>): Unknown | undefined {
  for (const value of values) if (value instanceof Unknown) return value
  return undefined
}
