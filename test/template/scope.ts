import type { LookupContext, Scope } from '../../src/template/index.ts'

/** A scope of definitions (strings inside may be templates) and of data (never templates). */
export function scopeOf(definitions: Record<string, unknown>, data: Record<string, unknown> = {}, lookups?: LookupContext): Scope {
  return {
    lookup(name) {
      if (Object.hasOwn(data, name)) return { value: data[name], template: false }
      return Object.hasOwn(definitions, name) ? { value: definitions[name], template: true } : undefined
    },
    names: () => [...Object.keys(definitions), ...Object.keys(data)],
    ...(lookups && { lookups }),
  }
}
