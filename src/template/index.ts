/** Jinja templates with Ansible's meaning and native types. */
export { checkTemplate, type ExtraNames } from './check.ts'
export { TemplateError, UndefinedError } from './errors.ts'
export { isTemplate } from './lazy.ts'
export { definedWhenTrue, references, type Reference, type References } from './names.ts'
export { plugin, type LookupPlugin, type Plugin } from './plugins.ts'
export { pythonStr, toText, typeName } from './print.ts'
export { suggest } from './suggest.ts'
export { createTemplar, type ConditionOptions, type RenderOptions, type Templar, type TemplarOptions } from './templar.ts'
export { truthy, equals } from './operators.ts'
export type { Loader } from './session.ts'
export { omit, Unknown, Unsafe, type Definition, type LazyObject, type LookupContext, type Omit, type Scope, type Value } from './values.ts'

import { createTemplar } from './templar.ts'
import type { Dict, LookupContext, Scope, Unknown } from './values.ts'

/** Runs a lookup by name, as `with_X` does. */
export function runLookup(name: string, terms: unknown[], options: Dict, scope: Scope, context?: LookupContext): unknown[] | Unknown {
  return createTemplar(context && { context }).runLookup(name, terms, options, scope)
}
