/** Values of arguments that a module's schema marks as secret: they are masked wherever they turn up. */
import { z } from 'zod'
import type { TaskModule } from '../../module/contract.ts'

export function secretsIn(module: TaskModule, args: Record<string, unknown>): unknown[] {
  const found: unknown[] = []
  collect(module.args, args, found)
  return found
}

function collect(schema: unknown, value: unknown, found: unknown[]): void {
  if (!(schema instanceof z.ZodType) || value === undefined || value === null) return
  if ((schema.meta() as { secret?: boolean } | undefined)?.secret) {
    found.push(value)
    return
  }
  const inner = unwrap(schema)
  if (inner instanceof z.ZodObject && typeof value === 'object') {
    for (const [key, member] of Object.entries(inner.shape)) collect(member, (value as Record<string, unknown>)[key], found)
  } else if (inner instanceof z.ZodArray && Array.isArray(value)) {
    for (const each of value) collect(inner.element, each, found)
  } else if (inner instanceof z.ZodRecord && typeof value === 'object') {
    for (const each of Object.values(value)) collect(inner.valueType, each, found)
  } else if (inner instanceof z.ZodUnion) {
    for (const option of inner.options) collect(option, value, found)
  } else if (inner instanceof z.ZodPipe) {
    collect(inner.in, value, found)
  } else if (inner !== schema) collect(inner, value, found)
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) return schema.unwrap() as z.ZodType
  return schema
}
