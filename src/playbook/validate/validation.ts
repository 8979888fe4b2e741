/** What the checks before a run are given, and what they find. */
import type { Inventory } from '../../inventory/index.ts'
import type { Registry } from '../../module/registry.ts'
import type { InputError, Vault } from '../../yaml/index.ts'

/** The plays are checked for one run: its modules, its hosts and what was given on the command line. */
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
