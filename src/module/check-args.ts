/** Arguments against the schema of a module, with messages in plain words. */
import type { z } from 'zod'
import { didYouMean } from '../text/similar.ts'
import { copyPosition, InputError, InputErrors, type Position, positions, Unsafe } from '../yaml/index.ts'
import type { TaskModule } from './contract.ts'
import { argumentsOf, membersOf } from './schema.ts'

/** Where an argument was written (undefined: where the task was). `what` is its name or its value. */
export type Locator = (argument: string | undefined, what: 'key' | 'value') => Position | undefined
type Issue = z.core.$ZodIssue
type Mapping = Record<string, unknown>

/** The arguments by their own names: aliases are renamed. Two names of one argument are an error. */
export function normaliseArgs(module: TaskModule, raw: Mapping): Mapping {
  const byAlias = new Map(argumentsOf(module.args).flatMap((one) => one.aliases.map((alias) => [alias, one.name] as const)))
  const result: Mapping = {}
  const written = new Map<string, string>()
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(raw))) {
    const name = byAlias.get(key) ?? key
    const earlier = written.get(name)
    if (earlier !== undefined) {
      throw new InputError(`${module.name}: \`${earlier}\` and \`${key}\` are two names of one argument`, {
        position: positions.key(raw, key),
        hint: `keep one of them`,
      })
    }
    written.set(name, key)
    Object.defineProperty(result, name, descriptor)
    copyPosition(raw, key, result, name)
  }
  return result
}

/** The typed arguments; throws InputError (or InputErrors) naming each argument that is wrong. */
export function parseArgs<Schema extends z.ZodType>(
  module: TaskModule<Schema>,
  resolved: Mapping,
  where?: Position | Locator,
): z.output<Schema> {
  const { declared, open } = splitOpen(module, resolved)
  const parsed = module.args.safeParse(declared)
  if (parsed.success) {
    return module.openArgs && typeof parsed.data === 'object' && parsed.data !== null
      ? ({ ...open, ...parsed.data } as z.output<Schema>)
      : parsed.data
  }
  const locate = typeof where === 'function' ? where : () => where
  throw oneOrMany(relevant(module, parsed.error.issues).map((issue) => toError(module, issue, declared, locate)))
}

/**
 * The check before anything is known: a value that holds a template stands for any value. `raw` is as written, with
 * aliases renamed. `partial`: there are more arguments than these.
 */
export function checkArgs(
  module: TaskModule,
  raw: Mapping,
  locate: Locator = locatorOf(raw),
  options: { partial?: boolean } = {},
): InputError[] {
  const { declared } = splitOpen(module, raw)
  const parsed = module.args.safeParse(declared)
  if (parsed.success) return []
  const templated = Object.values(declared).some(hasTemplate)
  return relevant(module, parsed.error.issues)
    .filter((issue) => isCertain(issue, declared, templated || options.partial === true, options.partial === true))
    .map((issue) => toError(module, issue, declared, locate))
}

/** While an argument is misspelt it is noise that it is missing, and what a rule over several arguments says. */
function relevant(module: TaskModule, issues: Issue[]): Issue[] {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []))
  if (unknown.length === 0) return issues
  const names = argumentsOf(module.args).map((one) => one.name)
  const meant = new Set<unknown>(unknown.map((key) => didYouMean(key, names)))
  return issues.filter((issue) =>
    issue.path.length === 0 ? issue.code !== 'custom' : !(issue.path.length === 1 && meant.has(issue.path[0])),
  )
}

/** Finds arguments in the mapping in which they were written. */
export function locatorOf(raw: Mapping, task?: Position): Locator {
  return (argument, what) => (argument === undefined ? undefined : positions[what](raw, argument)) ?? task ?? positions.of(raw)
}

/** True if a text in the value is a template; `{%` and `{#` too. */
export function hasTemplate(value: unknown): boolean {
  if (typeof value === 'string') return /\{[{%#]/.test(value)
  if (Array.isArray(value)) return value.some(hasTemplate)
  if (typeof value !== 'object' || value === null || value instanceof Unsafe) return false
  return Object.values(value).some(hasTemplate)
}

/** For open modules, the declared arguments apart from those of any name. */
function splitOpen(module: TaskModule, args: Mapping): { declared: Mapping; open: Mapping } {
  const plain: Mapping = {}
  for (const [key, value] of Object.entries(args)) define(plain, key, value instanceof Unsafe ? value.value : value)
  if (!module.openArgs) return { declared: plain, open: {} }
  const names = new Set(argumentsOf(module.args).map((one) => one.name))
  const declared: Mapping = {}
  const open: Mapping = {}
  for (const [key, value] of Object.entries(plain)) define(names.has(key) ? declared : open, key, value)
  return { declared, open }
}

function define(into: Mapping, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true })
}

function isCertain(issue: Issue, args: Mapping, templated: boolean, partial: boolean): boolean {
  if (issue.code === 'unrecognized_keys') return true
  let value: unknown = args
  for (const step of issue.path)
    value = typeof value === 'object' && value !== null ? (value as Mapping)[step as string] : undefined
  // A rule over several arguments may depend on any value that is not known yet.
  if (issue.code === 'custom' && (issue.path.length === 0 || value === undefined)) return !templated
  if (issue.path.length === 0) return !templated
  return value === undefined ? !partial : !hasTemplate(value)
}

function toError(module: TaskModule, issue: Issue, args: Mapping, locate: Locator): InputError {
  const declared = argumentsOf(module.args)
  const names = declared.map((one) => one.name)
  const argument = issue.path[0] === undefined ? undefined : String(issue.path[0])
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    const key = issue.keys[0]!
    const near = didYouMean(key, [...names, ...declared.flatMap((one) => one.aliases)])
    const others = issue.keys.length > 1 ? `, nor \`${issue.keys.slice(1).join('`, `')}\`` : ''
    return new InputError(`${module.name} has no argument \`${key}\`${others}`, {
      position: locate(key, 'key'),
      hint: `${near ? `did you mean \`${near}\`? ` : ''}It has: ${names.join(', ')}`,
    })
  }
  let value: unknown = args
  for (const step of issue.path)
    value = typeof value === 'object' && value !== null ? (value as Mapping)[step as string] : undefined
  const path = issue.path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`))
    .join('')
  if (issue.code === 'unrecognized_keys') return unknownKey(module, issue, path, value)
  if (argument === undefined)
    return new InputError(`${module.name}: ${describe(issue, args, false)}`, { position: locate(undefined, 'value') })
  const one = declared.find((candidate) => candidate.name === argument)
  if (value === undefined && issue.path.length === 1 && !Object.hasOwn(args, argument)) {
    const message =
      issue.code === 'custom' ? `${module.name}: ${issue.message}` : `${module.name} needs the argument \`${path}\``
    return new InputError(message, {
      position: locate(undefined, 'value'),
      hint: issue.code !== 'custom' && one?.description ? `${argument}: ${one.description}` : undefined,
    })
  }
  const words = describe(issue, value, one?.secret ?? false)
  const choice = choicesIn(issue)
  const near = typeof value === 'string' && choice ? didYouMean(value, choice) : undefined
  return new InputError(`${module.name}: ${path}: ${words}`, {
    position: locate(argument, 'value'),
    hint: near ? `did you mean \`${near}\`?` : undefined,
  })
}

/** A key within an argument, such as `key_pair.alias`, that there is not. */
function unknownKey(module: TaskModule, issue: Extract<Issue, { code: 'unrecognized_keys' }>, path: string, value: unknown): InputError {
  const key = issue.keys[0]!
  let known = argumentsOf(module.args)
  for (const step of issue.path) {
    const schema = typeof step === 'string' ? known.find((one) => one.name === step)?.schema : undefined
    if (typeof step === 'string') known = schema ? membersOf(schema) : []
  }
  const names = known.map((one) => one.name)
  const near = didYouMean(key, names)
  const hint = `${near ? `did you mean \`${near}\`? ` : ''}${names.length > 0 ? `It has: ${names.join(', ')}` : ''}`.trim()
  return new InputError(`${module.name}: ${path} has no key \`${key}\``, {
    position: positions.key(value as Mapping, key) ?? positions.of(value as Mapping),
    hint: hint === '' ? undefined : hint,
  })
}

/** 'expected X, got Y', or the message that the schema itself gives. */
function describe(issue: Issue, value: unknown, secret: boolean): string {
  const custom = customMessage(issue)
  const got = secret ? '' : `, got ${show(value)}`
  if (custom !== undefined) return custom.startsWith('expected') && !custom.includes(', got') ? `${custom}${got}` : custom
  return `expected ${expected(issue)}${got}`
}

/** A message written by the author of a schema beats a generated one; in a union too. */
function customMessage(issue: Issue): string | undefined {
  if (issue.code === 'invalid_union') {
    const all = issue.errors.flat()
    return all.map(customMessage).find((message) => message !== undefined)
  }
  if (issue.code === 'custom') return issue.message
  return /^(Invalid|Too|Unrecognized|Expected)/.test(issue.message) ? undefined : issue.message
}

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'yes or no',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
  undefined: 'nothing',
  nan: 'a number',
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected
    case 'invalid_value':
      return orList(issue.values.map((value) => (typeof value === 'string' ? `\`${value}\`` : String(value))))
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.format === 'stringbool' || issue.format === 'boolean'
        ? 'yes or no'
        : `text of the form ${'pattern' in issue && issue.pattern ? issue.pattern : issue.format}`
    case 'invalid_union':
      return unionExpected(issue)
    case 'unrecognized_keys':
      return `no key \`${issue.keys.join('`, `')}\``
    default:
      return 'something else'
  }
}

/** What any branch of the union takes, without what is only another spelling of it. */
function unionExpected(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const words = new Set(issue.errors.flatMap((branch) => branch.map(expected)))
  // Of the spellings of a boolean (true, 'yes', 1, 0) one name is enough; and text may be written as a number too.
  if ((words.has('0') && words.has('1')) || [...words].some((word) => /`(true|yes)`/.test(word))) {
    const other = [...words].filter((word) => !/^(yes or no|text|0|1)$|`(true|yes)`/.test(word))
    return orList(['yes or no', ...other])
  }
  if (words.has('text')) for (const word of ['a number', 'yes or no']) words.delete(word)
  return orList([...words]) || 'something else'
}

function choicesIn(issue: Issue): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap((one) => choicesIn(one) ?? [])
  return undefined
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' items' : ''
}

function orList(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text = String(value)
  return typeof value === 'number' ? `the number ${text}` : `\`${text.length > 60 ? `${text.slice(0, 57)}...` : text}\``
}

function oneOrMany(errors: InputError[]): InputError {
  return errors.length === 1 ? errors[0]! : new InputErrors(errors)
}
