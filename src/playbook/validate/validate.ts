/** What can be known to be wrong before any connection. */
import type { Inventory } from '../../inventory/index.ts'
import type { Registry } from '../../module/registry.ts'
import type { InputError, Vault } from '../../yaml/index.ts'
import type { Play } from '../model.ts'
import { Expanded } from './expand.ts'
import { checkHosts, checkLimit } from './hosts.ts'
import { checkPlay } from './play.ts'
import { checkTags } from './tags.ts'

export interface ValidateContext {
  registry: Registry
  inventory: Inventory
  extraVars: Record<string, unknown>
  tags?: string[] | undefined
  skipTags?: string[] | undefined
  limit?: string | undefined
  vault?: Vault | undefined
  rolesPath?: string[] | undefined
}

/** Errors end the run before it begins; warnings are shown. */
export interface Validation {
  errors: InputError[]
  warnings: InputError[]
}

export function validate(plays: Play[], context: ValidateContext): Validation {
  const result: Validation = { errors: [], warnings: [] }
  const { registry, inventory, extraVars, vault, rolesPath = [] } = context
  const expanded = new Expanded(plays, { registry, extraVars, vault, rolesPath })
  if (context.limit !== undefined) checkLimit(context.limit, inventory, result)
  checkTags('--tags', context.tags ?? [], expanded, result)
  checkTags('--skip-tags', context.skipTags ?? [], expanded, result)
  for (const play of plays) {
    checkHosts(play, inventory, expanded, result)
    checkPlay(play, { ...context, expanded }, result)
  }
  return { errors: unique(result.errors), warnings: unique(result.warnings) }
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
