/** Renders templates, evaluates conditions and resolves values: what the rest of the program uses of the rooms here. */
import { bareCondition } from './language/bare-condition.ts'
import { TemplateError } from './language/errors.ts'
import { UnknownSignal } from './runtime/unknown-signal.ts'
import { evaluate, truthOf } from './runtime/evaluate.ts'
import { runTemplate } from './runtime/execute.ts'
import { builtinFilters, builtinLookups, builtinTests, globals, lookupPlugin } from './library/index.ts'
import { finalize, force, isTemplate, renderNative, restoreNewlines, withoutLastNewline } from './runtime/lazy.ts'
import { parseBareExpression, parseTemplate } from './language/parser.ts'
import { type Given, type LookupPlugin, plugin, type Plugin } from './runtime/plugins.ts'
import { toText } from './runtime/print.ts'
import { type Env, type Loader, Session, type Services, Undefined } from './runtime/session.ts'
import { type Dict, isDict, type LookupContext, omit, type Scope, setKey, Unknown, Unsafe } from './runtime/values.ts'

export interface TemplarOptions {
  /** What lookups need, unless the scope brings its own. */
  context?: LookupContext
  /** Further filters: a function of the input and the positional arguments, or a plugin made with `plugin()`. */
  filters?: Record<string, Plugin | ((input: unknown, ...args: unknown[]) => unknown)>
  tests?: Record<string, Plugin | ((input: unknown, ...args: unknown[]) => boolean)>
  lookups?: Record<string, LookupPlugin>
  now?: () => Date
  /** The text of `ansible_managed`. */
  managed?: string
}

export interface RenderOptions {
  file?: string
  trimBlocks?: boolean
  lstripBlocks?: boolean
  keepTrailingNewline?: boolean
  /** Finds the templates that this one includes, imports or extends. */
  loader?: Loader
}

export interface ConditionOptions {
  /** Told about a result that is no boolean, before its truth is taken. */
  onNonBoolean?: (value: unknown) => void
}

export interface Templar {
  /** Resolves templates in a value, deep. One `{{ expression }}` keeps its type; entries that are `omit` are dropped. */
  resolve(value: unknown, scope: Scope): unknown
  /** Evaluates one bare expression. */
  expression(text: string, scope: Scope): unknown
  /** Evaluates a condition as `when` does. */
  condition(condition: unknown, scope: Scope, options?: ConditionOptions): boolean | Unknown
  /** Renders the text of a template file. */
  render(text: string, scope: Scope, options?: RenderOptions): string | Unknown
  /** Runs a lookup, as `with_X` does. Terms and options are resolved first. */
  runLookup(name: string, terms: unknown[], options: Dict, scope: Scope): unknown[] | Unknown
}

/** Makes a templar. It keeps no state between calls, except parsed templates. */
export function createTemplar(options: TemplarOptions = {}): Templar {
  const services: Services = {
    filters: new Map([...builtinFilters(), ...asPlugins(options.filters)]),
    tests: new Map([...builtinTests(), ...asPlugins(options.tests)]),
    lookups: new Map([...builtinLookups(), ...Object.entries(options.lookups ?? {})]),
    globals,
    context: options.context,
    now: options.now ?? (() => new Date()),
    managed: options.managed ?? 'Ansible managed',
  }
  return {
    resolve: (value, scope) => resolveIn(value, scope, new Session(services)),
    expression(text, scope) {
      const session = new Session(services)
      return known(() => finalize(force(bareValue(text, scope, session), session)))
    },
    condition: (condition, scope, conditionOptions = {}) => decide(condition, scope, new Session(services), conditionOptions),
    render: (text, scope, renderOptions = {}) => renderText(text, scope, new Session(services), renderOptions),
    runLookup(name, terms, lookupOptions, scope) {
      const session = new Session(services)
      return known(() => {
        const env: Env = { session, scope, source: { text: name }, frame: undefined }
        const plainTerms = resolveIn(terms, scope, session)
        if (plainTerms instanceof Unknown) return plainTerms
        return finalize(force(lookupPlugin(name, plainTerms as unknown[], resolveIn(lookupOptions, scope, session) as Dict, env, 0), session)) as unknown[]
      })
    },
  }
}

function asPlugins(extra: Record<string, Plugin | ((input: unknown, ...args: Given[]) => unknown)> = {}): [string, Plugin][] {
  return Object.entries(extra).map(([name, value]) => [name, typeof value === 'function' ? plugin('*args', (input, args) => value(input, ...args)) : value])
}

function resolveIn(value: unknown, scope: Scope, session: Session): unknown {
  if (typeof value === 'string') {
    if (!isTemplate(value)) return value
    return known(() => finalize(force(renderNative(session, value, scope), session)))
  }
  if (Array.isArray(value)) return value.map((item) => resolveIn(item, scope, session)).filter((item) => item !== omit)
  if (isDict(value)) {
    const dict: Dict = {}
    for (const key of Object.keys(value)) {
      const name = isTemplate(key) ? toText(resolveIn(key, scope, session)) : key
      const member = resolveIn(value[key], scope, session)
      if (member !== omit) setKey(dict, name, member)
    }
    return dict
  }
  if (value instanceof Unsafe) return value.value
  return value === undefined ? null : value
}

/** Runs code; an unknown value met by a statement becomes the result. */
function known<T>(run: () => T): T | Unknown {
  try {
    return run()
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw new TemplateError('nested too deeply', { text: '' }, 0)
    throw error
  }
}

function bareValue(text: string, scope: Scope, session: Session): unknown {
  const source = { text: bareCondition(text) }
  const value = evaluate(parseBareExpression(source), { session, scope, source, frame: undefined })
  if (value instanceof Undefined) throw value.error()
  return value
}

function decide(condition: unknown, scope: Scope, session: Session, options: ConditionOptions): boolean | Unknown {
  if (typeof condition === 'boolean') return condition
  if (condition instanceof Unknown) return condition
  const bare: unknown = condition instanceof Unsafe ? condition.value : condition
  // An empty `when` is none.
  if (bare === null || bare === undefined || bare === '') return true
  return known(() => {
    let value: unknown = bare
    if (typeof bare === 'string') {
      value = bare.includes('{%') ? renderNative(session, bare, scope) : bareValue(bare, scope, session)
      // Text of a template is read as Ansible reads a boolean, never evaluated a second time.
      if (bare.includes('{%') && typeof value === 'string') value = asBoolean(value.trim()) ?? value
    }
    if (value instanceof Unknown) return value
    if (typeof value !== 'boolean') options.onNonBoolean?.(finalize(force(value, session)))
    return truthOf(value, { session, scope, source: { text: String(bare) }, frame: undefined })
  })
}

function asBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' || word === '' ? false : undefined
}

const override = /^#jinja2:([^\n]*)(?:\n|$)/

function renderText(text: string, scope: Scope, session: Session, options: RenderOptions): string | Unknown {
  let [trimBlocks, lstripBlocks] = [options.trimBlocks ?? true, options.lstripBlocks ?? false]
  let keepNewline = options.keepTrailingNewline ?? true
  const header = override.exec(text)
  for (const pair of header ? header[1]!.split(',') : []) {
    const [name = '', value = ''] = pair.split(':').map((part) => part.trim())
    const on = /^(true|yes|1)$/i.test(value)
    if (name === 'trim_blocks') trimBlocks = on
    else if (name === 'lstrip_blocks') lstripBlocks = on
    else if (name === 'keep_trailing_newline') keepNewline = on
    else throw new TemplateError(`unknown option '${name}' of a template`, { text, ...(options.file && { file: options.file }) }, text.indexOf(name))
  }
  // The header becomes a comment line of nothing, so that positions stay those of the file.
  const body = header ? `{#${' '.repeat(Math.max(0, header[0].replace(/\n$/, '').length - 4))}#}${header[0].endsWith('\n') && !trimBlocks ? '{#\n#}' : header[0].endsWith('\n') ? '\n' : ''}${text.slice(header[0].length)}` : text
  const source = { text: withoutLastNewline(body), ...(options.file !== undefined && { file: options.file }) }
  if (!isTemplate(source.text)) return keepNewline ? body : source.text
  session.loader = options.loader
  session.render = { trimBlocks, lstripBlocks }
  return known(() => {
    const template = parseTemplate(source, { trimBlocks, lstripBlocks, rawStrings: false })
    const result = runTemplate(template, { session, scope, source, frame: undefined }, false) as string
    return keepNewline ? restoreNewlines(body, result) : result
  })
}
