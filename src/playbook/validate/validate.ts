/** What can be known to be wrong before any connection. */
import type { Inventory } from '../../inventory/index.ts'
import type { Registry } from '../../module/registry.ts'
import type { InputError, Vault } from '../../yaml/index.ts'
import type { Play } from '../model.ts'

export interface ValidateContext {
  registry: Registry
  inventory: Inventory
  extraVars: Record<string, unknown>
  tags?: string[]
  skipTags?: string[]
  limit?: string
  vault?: Vault | undefined
}

export interface Validation { errors: InputError[]; warnings: InputError[] }

export function validate(_plays: Play[], _context: ValidateContext): Validation {
  return { errors: [], warnings: [] }
}
