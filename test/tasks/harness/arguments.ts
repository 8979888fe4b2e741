/** Arguments as the loader prepares them: aliases renamed, then parsed by the module's schema. */
import type { z } from 'zod'
import type { AnyModule } from '../harness.ts'

/** Throws with all messages of the schema when the arguments are not valid. */
export function parseArgs(module: AnyModule, raw: Record<string, unknown>): unknown {
  const shape = shapeOf(module.args)
  const names = aliasesOf(shape)
  const renamed = Object.fromEntries(Object.entries(raw).map(([name, value]) => [names.get(name) ?? name, value]))
  const open = module.openArgs ? Object.fromEntries(Object.entries(renamed).filter(([name]) => !(name in shape))) : {}
  const closed = Object.fromEntries(Object.entries(renamed).filter(([name]) => !(name in open)))
  const parsed = module.args.safeParse(closed)
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map((issue: z.core.$ZodIssue) => `${issue.path.join('.') || module.name}: ${issue.message}`).join('\n'),
    )
  }
  return { ...(parsed.data as object), ...open }
}

function shapeOf(schema: z.ZodType): Record<string, z.ZodType> {
  const { shape, in: inner } = schema as { shape?: Record<string, z.ZodType>; in?: z.ZodType }
  return shape ?? (inner ? shapeOf(inner) : {})
}

function aliasesOf(shape: Record<string, z.ZodType>): Map<string, string> {
  const names = new Map<string, string>()
  for (const [name, schema] of Object.entries(shape)) {
    const aliases = schema.meta?.()?.aliases
    if (Array.isArray(aliases)) for (const alias of aliases) names.set(String(alias), name)
  }
  return names
}
