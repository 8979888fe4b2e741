import { TemplateError } from '../language/errors.ts'
import { UnknownSignal } from './unknown-signal.ts'
import { parseTemplate } from '../language/parser.ts'
import { typeName } from './print.ts'
import { runTemplate } from './execute.ts'
import { type Session, Undefined } from './session.ts'
import {
  type Definition, type Dict, getKey, isDict, isLazyObject, NativeObject, omit, type Scope, setKey, Tuple, Unknown, Unsafe,
} from './values.ts'

/** True if a string has template markers and must be rendered. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#')
}

/** A list or dict of a definition, whose members are resolved when they are used. */
export class Pending {
  readonly raw: unknown[] | Dict
  private readonly session: Session
  private readonly template: boolean
  private readonly scope: Scope
  private readonly label: string
  private readonly members = new Map<string | number, unknown>()
  private readonly busy = new Set<string | number>()
  private forced: unknown[] | Dict | undefined

  constructor(session: Session, raw: unknown[] | Dict, template: boolean, scope: Scope, label: string) {
    this.session = session
    this.raw = raw
    this.template = template
    this.scope = scope
    this.label = label
  }

  get isList(): boolean {
    return Array.isArray(this.raw)
  }

  private get current(): unknown[] | Dict {
    return this.forced ?? this.raw
  }

  keys(): string[] {
    return Object.keys(this.current)
  }

  get length(): number {
    return Array.isArray(this.current) ? this.current.length : this.keys().length
  }

  has(key: string | number): boolean {
    return Object.hasOwn(this.current, key)
  }

  member(key: string | number): unknown {
    if (this.forced) return (this.forced as Dict)[key]
    if (this.members.has(key)) return this.members.get(key)
    const label = typeof key === 'number' ? `${this.label}[${key}]` : `${this.label}.${key}`
    if (this.busy.has(key)) throw new TemplateError(`recursive: ${label} -> ${label}`, { text: '' }, 0)
    this.busy.add(key)
    try {
      const value = use(this.session, (this.raw as Dict)[key], this.template, this.scope, label)
      this.members.set(key, value)
      return value
    } finally {
      this.busy.delete(key)
    }
  }

  items(): unknown[] {
    return Array.from({ length: this.length }, (_, index) => this.member(index))
  }

  /** The plain list or dict. Always the same object, so that a template can change it; never the definition itself. */
  force(): unknown[] | Dict {
    if (this.forced) return this.forced
    if (Array.isArray(this.raw)) return (this.forced = this.items().map((item) => force(item, this.session)))
    const dict: Dict = {}
    for (const key of Object.keys(this.raw)) setKey(dict, key, force(this.member(key), this.session))
    return (this.forced = dict)
  }
}

/** A raw value, ready to be used in a template: strings rendered, containers still lazy. */
export function use(session: Session, value: unknown, template: boolean, scope: Scope, label: string): unknown {
  if (typeof value === 'string') return template && isTemplate(value) ? renderNative(session, value, scope, label) : value
  if (value instanceof Unsafe) return use(session, value.value, false, scope, label)
  if (value instanceof Unknown) {
    session.sawUnknown = true
    return value
  }
  if (value === undefined) return null
  if (Array.isArray(value) || isDict(value)) return new Pending(session, value, template, scope, label)
  return value
}

/** Resolves what a scope or lazy object says about a name. */
export function useDefinition(session: Session, definition: Definition, scope: Scope, label: string): unknown {
  return use(session, definition.value, definition.template, definition.scope ?? scope, label)
}

/** Jinja drops the last newline, so that `{{ list }}` in a YAML block is still a list. */
export function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

/** Ansible puts newlines back that the end of a template lost, be it there or after a tag. */
export function restoreNewlines(template: string, result: string): string {
  const count = (text: string) => text.length - text.replace(/\n+$/, '').length
  const lost = count(template) - count(result)
  return lost > 0 ? result + '\n'.repeat(lost) : result
}

const deepest = 100

/** Renders the template text of a value: one expression keeps its type. */
export function renderNative(session: Session, text: string, scope: Scope, label?: string): unknown {
  const source = { text }
  if (session.depth >= deepest) throw new TemplateError(`recursive: ${label ?? text}`, source, 0)
  session.depth++
  try {
    const template = parseTemplate({ text: withoutLastNewline(text) }, { trimBlocks: true, lstripBlocks: false, rawStrings: true })
    const value = runTemplate(template, { session, scope, source, frame: undefined }, true)
    return typeof value === 'string' ? restoreNewlines(text, value) : value
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown
    if (error instanceof TemplateError && label !== undefined) error.trail.unshift(label)
    throw error
  } finally {
    session.depth--
  }
}

/** Plain data for filters and operators: lazy values resolved, undefined ones an error. Unknown members stay. */
export function force(value: unknown, session: Session, lazy: Set<unknown> = new Set()): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Pending) return value.force()
  if (value instanceof Undefined) throw value.error()
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined
    for (let i = 0; i < value.length; i++) {
      const member = force(value[i], session, lazy)
      if (member !== value[i]) copy ??= value instanceof Tuple ? Tuple.make(value) : [...value]
      if (copy) copy[i] = member
    }
    return copy ?? value
  }
  if (isDict(value)) {
    let copy: Dict | undefined
    for (const key of Object.keys(value)) {
      const member = force(value[key], session, lazy)
      if (member !== value[key]) setKey((copy ??= { ...value }), key, member)
    }
    return copy ?? value
  }
  if (isLazyObject(value)) {
    const dict: Dict = {}
    // An object that contains itself (hostvars in vars) leaves the inner one out.
    if (lazy.has(value)) return dict
    lazy.add(value)
    for (const key of value.keys()) setKey(dict, key, force(lazyMember(value, key, session), session, lazy))
    lazy.delete(value)
    return dict
  }
  return value
}

const noScope: Scope = { lookup: () => undefined, names: () => [] }

/** A member of a lazy object, resolved in that object's scope. */
export function lazyMember(object: { get(key: string): Definition | undefined }, key: string, session: Session, scope: Scope = noScope): unknown {
  const definition = object.get(key)
  if (!definition) return undefined
  return useDefinition(session, definition, definition.scope ?? scope, key)
}

/** What leaves the folder: plain data; dict entries and list items that are `omit` are dropped. */
export function finalize(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value
  if (value instanceof Unknown) return value
  if (Array.isArray(value)) {
    if (!(value instanceof Tuple) && value.every((item) => typeof item !== 'object' && item !== omit && item !== undefined)) return value
    return value.filter((item) => item !== omit).map(finalize)
  }
  if (isDict(value)) {
    const dict: Dict = {}
    for (const key of Object.keys(value)) if (value[key] !== omit) setKey(dict, key, finalize(getKey(value, key)))
    return dict
  }
  if (value instanceof NativeObject) return finalize(value.plain())
  if (value instanceof Unsafe) return finalize(value.value)
  return value
}

/** The first Unknown inside plain data. */
export function findUnknown(value: unknown): Unknown | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Unknown) return value
  const members = Array.isArray(value) ? value : isDict(value) ? Object.values(value) : []
  for (const member of members) {
    const found = findUnknown(member)
    if (found) return found
  }
  return undefined
}

/** The members of a list, the keys of a dict, the characters of a string; members stay lazy. */
export function iterate(value: unknown): unknown[] {
  if (value instanceof Pending) return value.isList ? value.items() : value.keys()
  if (Array.isArray(value)) return value
  if (value instanceof Undefined) throw value.error()
  if (value instanceof Unknown) throw new UnknownSignal(value)
  if (typeof value === 'string') return [...value]
  if (isDict(value)) return Object.keys(value)
  if (isLazyObject(value)) return value.keys()
  if (value instanceof NativeObject && Symbol.iterator in value) return [...(value as unknown as Iterable<unknown>)]
  throw new Error(`${typeName(value)} is not a list`)
}
