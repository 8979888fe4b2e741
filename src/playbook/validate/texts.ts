/** Templates and conditions: their syntax, their filters, and whether each name in them is defined. */
import { checkTemplate, definedWhenTrue, type Reference, references, type TemplateError } from '../../template/index.ts'
import { didYouMean } from '../../text/similar.ts'
import { InputError, type Position, positions, Unsafe } from '../../yaml/index.ts'
import { hasTemplate } from '../../module/registry.ts'
import { isMapping, placeOf } from '../mapping.ts'
import type { Located } from '../model.ts'
import type { Definition, NameScope } from './scope.ts'
import { valueOf } from './scope.ts'
import { missingKey } from './shape.ts'

type Mode = 'template' | 'expression'
interface Parsed {
  names: Reference[]
  error?: TemplateError | undefined
}

/** Where a problem goes: it may turn out that the task never runs. */
export type Report = (error: InputError) => void

/** How a text is used. */
export interface Use {
  scope: NameScope
  /** Names that a condition has proven to be defined. */
  defined: ReadonlySet<string>
  report: Report
}

const parsed = new Map<string, Parsed>()
const parsedLimit = 20_000

/** The names of a text, parsed once however often the text occurs. */
function parse(text: string, mode: Mode): Parsed {
  const key = `${mode === 'template' ? 't' : 'e'}${text}`
  let result = parsed.get(key)
  if (!result) {
    const error = checkTemplate(text, mode)
    const found = error ? undefined : references(text, mode)
    result = found?.ok ? { names: found.names } : { names: [], error: error ?? (found?.ok === false ? found.error : undefined) }
    if (parsed.size > parsedLimit) parsed.clear()
    parsed.set(key, result)
  }
  return result
}

/** All templates in an entry of a container, deep. */
export function checkValue(container: object, key: string | number, use: Use): void {
  const value = valueOf({ container: container as Record<string, unknown>, key: String(key) })
  if (typeof value === 'string') {
    if (hasTemplate(value)) checkText(container, key, value, 'template', use)
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkValue(value, index, use)
  } else if (isMapping(value) && !(value instanceof Unsafe)) {
    for (const name of Object.keys(value)) {
      // Keys may be templates too (set_fact).
      if (hasTemplate(name)) checkPlain(name, positions.key(value, name), use)
      checkValue(value, name, use)
    }
  }
}

/** Conditions of one list: a later one may rely on what an earlier one has proven. Returns all that is proven. */
export function checkConditions(conditions: Located<unknown>[], use: Use): ReadonlySet<string> {
  let defined = use.defined
  for (const condition of conditions) {
    if (typeof condition.value !== 'string') continue
    checkText(condition, 'value', condition.value, 'expression', { ...use, defined })
    const proven = [...definedWhenTrue(condition.value), ...mentioned(condition.value)]
    if (proven.length > 0) defined = new Set([...defined, ...proven])
  }
  return defined
}

/** `'name' in vars` proves a name as well. */
function mentioned(condition: string): string[] {
  return [...condition.matchAll(/['"]([A-Za-z_]\w*)['"]\s+in\s+(?:vars|hostvars)\b/g)].map((match) => match[1]!)
}

/** A bare expression (debug's var, assert's that) or a template. */
export function checkText(container: object, key: string | number, text: string, mode: Mode, use: Use): void {
  const { names, error } = parse(text, mode)
  const locate = (line: number, column: number) => positions.inText(container, key, line, column) ?? placeOf(container, key)
  if (error) {
    use.report(new InputError(lowerFirst(error.message), { position: locate(error.line, error.column), hint: error.hint }))
    return
  }
  for (const name of names) checkReference(name, () => locate(name.line, name.column), use)
}

/** A text that stands at no key of its own. */
function checkPlain(text: string, position: Position | undefined, use: Use): void {
  const { names, error } = parse(text, 'template')
  if (error) use.report(new InputError(lowerFirst(error.message), { position, hint: error.hint }))
  for (const name of names) checkReference(name, () => position, use)
}

/** The names of a template file. */
export function checkFile(file: string, text: string, use: Use): void {
  const error = checkTemplate(text, 'file')
  if (error) {
    use.report(
      new InputError(lowerFirst(error.message), {
        position: { file, line: error.line, column: error.column },
        hint: error.hint,
      }),
    )
    return
  }
  const found = references(text, 'template')
  if (!found.ok) return
  for (const name of found.names) checkReference(name, () => ({ file, line: name.line, column: name.column }), use)
}

function checkReference(reference: Reference, locate: () => Position | undefined, use: Use): void {
  const [name] = reference.path as [string]
  const { scope } = use
  if (reference.guarded || scope.shared.idle) return
  if (name === 'groups') {
    checkGroup(reference, locate, use)
    return
  }
  const found = scope.find(name)
  if (!found) {
    if (use.defined.has(name) || scope.relaxed) return
    const near = didYouMean(name, scope.names())
    use.report(
      new InputError(`\`${name}\` is not defined`, {
        position: locate(),
        hint: near
          ? `did you mean \`${near}\`?`
          : 'define it in the inventory, in vars, or give it a default: `| default(...)`',
      }),
    )
    return
  }
  if (found.opaque) return
  if (!use.defined.has(name)) {
    const missing = missingKey(found.definitions, reference.path, scope)
    if (missing) {
      const keys = missing.keys.length > 0 && missing.keys.length <= 20 ? `it has: ${missing.keys.join(', ')}` : undefined
      use.report(
        new InputError(`\`${missing.path}\` is not defined`, {
          position: locate(),
          hint: missing.near ? `did you mean \`${missing.near}\`?` : keys,
        }),
      )
      return
    }
  }
  for (const definition of found.definitions) checkDefinition(definition, reference.path, use)
}

/** What a variable is made of is only checked when it is used, and as far as it is used. */
function checkDefinition(definition: Definition, path: (string | number)[], use: Use): void {
  let { container, key } = definition
  for (const step of path.slice(1)) {
    const value = valueOf({ container, key })
    if (!isMapping(value) || !Object.hasOwn(value, String(step))) break
    container = value
    key = String(step)
  }
  const id = `${identity(container)}:${key}`
  const { checked } = use.scope
  if (checked.has(id)) return
  checked.add(id)
  readSecret(container, key, use)
  checkValue(container, key, use)
}

/** An encrypted value is needed now: without the password the run would fail. */
function readSecret(container: Record<string, unknown>, key: string, use: Use): void {
  if (!Object.getOwnPropertyDescriptor(container, key)?.get) return
  try {
    void container[key]
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    use.report(error)
  }
}

/** `groups.name` must be a group of the inventory, unless tasks add groups. */
function checkGroup(reference: Reference, locate: () => Position | undefined, use: Use): void {
  const group = reference.path[1]
  const { groupNames, expanded } = use.scope.shared
  if (
    typeof group !== 'string' ||
    groupNames.has(group) ||
    use.scope.relaxed ||
    expanded.addsUnknown ||
    expanded.added.has(group)
  )
    return
  if (['keys', 'values', 'items', 'get'].includes(group)) return
  const near = didYouMean(group, groupNames)
  use.report(
    new InputError(`there is no group \`${group}\` in the inventory`, {
      position: locate(),
      hint: near ? `did you mean \`${near}\`?` : undefined,
    }),
  )
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0

function identity(container: object): number {
  let id = identities.get(container)
  if (id === undefined) identities.set(container, (id = ++lastIdentity))
  return id
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text
}
