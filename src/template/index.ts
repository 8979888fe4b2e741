/** Jinja templates with Ansible's meaning and native types. */
export { checkTemplate, type ExtraNames } from './analysis/check.ts'
export { TemplateError, UndefinedError } from './language/errors.ts'
export { isTemplate } from './runtime/lazy.ts'
export { definedWhenTrue, references, type Reference, type References } from './analysis/references.ts'
export { plugin, type LookupPlugin, type Plugin } from './runtime/plugins.ts'
export { pythonStr, toText, typeName } from './runtime/print.ts'
export { createTemplar, type ConditionOptions, type RenderOptions, type Templar, type TemplarOptions } from './templar.ts'
export { truthy, equals } from './runtime/operators.ts'
export type { Loader } from './runtime/session.ts'
export { omit, Unknown, Unsafe, type Definition, type LazyObject, type LookupContext, type Omit, type Scope, type Value } from './runtime/values.ts'

import { createTemplar } from './templar.ts'
import type { Dict, LookupContext, Scope, Unknown } from './runtime/values.ts'

/** Runs a lookup by name, as `with_X` does. */
export function runLookup(name: string, terms: unknown[], options: Dict, scope: Scope, context?: LookupContext): unknown[] | Unknown {
  return createTemplar(context && { context }).runLookup(name, terms, options, scope)
}
