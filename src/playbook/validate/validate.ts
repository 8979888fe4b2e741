/** What can be known to be wrong before any connection. */
import type { InputError } from '../../yaml/index.ts'
import type { Play } from '../model.ts'
import { Expanded } from './expand.ts'
import { checkHosts, checkLimit } from './hosts.ts'
import { checkPlay } from './play.ts'
import { checkTags } from './tags.ts'
import type { ValidateContext, Validation } from './validation.ts'

/** As `validate`, once the modules are loaded that the plays use, and those that what they include uses. */
export async function loadAndValidate(plays: Play[], context: ValidateContext): Promise<Validation> {
  const expanded = expand(plays, context)
  await context.registry.load()
  return validate(plays, context, expanded)
}

/** What is wrong with plays of which all modules are loaded. */
export function validate(plays: Play[], context: ValidateContext, expanded = expand(plays, context)): Validation {
  const result: Validation = { errors: [], warnings: [] }
  const { inventory } = context
  if (context.limit !== undefined) checkLimit(context.limit, inventory, result)
  checkTags('--tags', context.tags ?? [], expanded, result)
  checkTags('--skip-tags', context.skipTags ?? [], expanded, result)
  for (const play of plays) {
    checkHosts(play, inventory, expanded, result)
    checkPlay(play, { ...context, expanded }, result)
  }
  return { errors: unique(result.errors), warnings: unique(result.warnings) }
}

function expand(plays: Play[], { registry, extraVars, vault, rolesPath = [] }: ValidateContext): Expanded {
  return new Expanded(plays, { registry, extraVars, vault, rolesPath })
}

/** A file that several plays use is complained about once; places are in order within a file. */
function unique(errors: InputError[]): InputError[] {
  const seen = new Map<string, InputError>()
  for (const error of errors) {
    const { file, line, column } = error.position ?? { file: '', line: 0, column: 0 }
    const key = `${file}:${line}:${column}:${error.message}`
    if (!seen.has(key)) seen.set(key, error)
  }
  const all = [...seen.values()]
  const files = [...new Set(all.map((error) => error.position?.file ?? ''))]
  return all.sort(
    (a, b) =>
      files.indexOf(a.position?.file ?? '') - files.indexOf(b.position?.file ?? '') ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  )
}
