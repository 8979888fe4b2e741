import { type Source, TemplateError, UndefinedError } from '../language/errors.ts'
import type { Dict, LookupContext, Scope } from './values.ts'

/** Everything templates can call, fixed when a templar is made. */
export interface Services {
  filters: FilterTable
  tests: TestTable
  lookups: LookupTable
  globals: GlobalTable
  context: LookupContext | undefined
  now: () => Date
  managed: string
}

/** Finds the text of `{% include %}`, `{% import %}` and `{% extends %}`. */
export type Loader = (name: string, from?: string) => { text: string; file?: string } | undefined

/** One call of a templar from outside. Values resolved once are kept for its duration. */
export class Session {
  readonly services: Services
  readonly resolved = new Map<Scope, Map<string, unknown>>()
  /** Names being resolved, to find circles. */
  readonly resolving: { scope: Scope; name: string }[] = []
  /** How deep templates are nested in the values of names. */
  depth = 0
  /** Set once an Unknown was met: only then containers are searched for more. */
  sawUnknown = false
  loader: Loader | undefined
  render: { trimBlocks: boolean; lstripBlocks: boolean } = { trimBlocks: true, lstripBlocks: false }

  constructor(services: Services) {
    this.services = services
  }
}

/** Names set inside a template: loop variables, `set`, macro parameters. */
export class Frame {
  readonly parent: Frame | undefined
  readonly names = new Map<string, unknown>()
  constructor(parent?: Frame) {
    this.parent = parent
  }

  find(name: string): { value: unknown } | undefined {
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) {
      if (frame.names.has(name)) return { value: frame.names.get(name) }
    }
    return undefined
  }
}

/** Where an expression is evaluated. */
export interface Env {
  readonly session: Session
  readonly scope: Scope
  readonly source: Source
  readonly frame: Frame | undefined
}

/** What a filter, test or lookup learns besides its arguments. */
export interface Call {
  env: Env
  /** Offset in the template, for errors. */
  at: number
  /** Keyword arguments that are no named parameter; only with a `**` parameter. */
  rest: Dict
}

/** What an author of templates gives: anything. A filter or method converts what it uses, or says what it expected. */
// biome-ignore lint/suspicious/noExplicitAny: the filters check it while they run, there is nothing to tell before
export type Given = any

/** A filter or test. Arguments arrive in the order of `params`, undefined where not given. */
export interface Plugin {
  params: string[]
  run(input: Given, args: Given[], call: Call): unknown
  /** Takes lazy, undefined and unknown values as they are, instead of plain data. */
  lazy: boolean
}

export type FilterTable = Map<string, Plugin>
export type TestTable = Map<string, Plugin>
export type GlobalTable = Map<string, (args: unknown[], kwargs: Dict, env: Env, at: number) => unknown>
/** A lookup plugin: from terms to a list of results. */
export type LookupPlugin = (terms: unknown[], kwargs: Dict, call: { env: Env; at: number }) => unknown[]
export type LookupTable = Map<string, LookupPlugin>

/** A name nobody defined. Only using it is an error, so that `default` and `is defined` work. */
export class Undefined {
  /** The first missing part, such as `apim.hots`. */
  readonly path: string
  readonly message: string
  readonly source: Source
  readonly at: number
  readonly hint: string | undefined
  /** Writes nothing into text instead of being an error: what `a if b` is when b is false. */
  readonly silent: boolean

  constructor(path: string, message: string, source: Source, at: number, hint?: string, silent = false) {
    this.silent = silent
    this.path = path
    this.message = message
    this.source = source
    this.at = at
    this.hint = hint
  }

  error(): UndefinedError {
    return new UndefinedError(this.path, this.message, this.source, this.at, this.hint)
  }
}

/** Runs code of a filter, operator or method, and points its errors at the template. */
export function at<T>(env: Env, position: number, what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof TemplateError || !(error instanceof Error)) throw error
    const message = error instanceof RangeError && /call stack/i.test(error.message) ? 'nested too deeply' : error.message
    throw new TemplateError(what ? `${what}: ${message}` : message, env.source, position)
  }
}
