/** The rules of a release beside its templates: the JSON files of `repository/resources/conf`. */
import type { PackFiles } from '../pack/files.ts'
import { PackError } from '../pack/files.ts'
import { fromJson, type Table } from '../jinjava/value.ts'

export interface Rules {
  /** key-mappings.json: a key has another name, or several, in the templates. */
  mappings: Record<string, string | string[]>
  /** infer.json: key, value, and what follows from it. */
  inferences: Record<string, Record<string, Table>>
  /** default.json. */
  defaults: Table
  /** unit-resolve.json: key, and the unit that is expected. */
  units: Record<string, string>
  /** validator.json. */
  validations: Record<string, Validation[]>
}

export interface Validation {
  if?: Record<string, unknown>
  regex?: unknown
  error_message?: unknown
}

export function rulesOf(pack: PackFiles): Rules {
  const json = (name: string): Record<string, unknown> => {
    const text = pack.conf.get(name)
    if (text === undefined) return {}
    try {
      return JSON.parse(text) as Record<string, unknown>
    } catch (error) {
      throw new PackError(`${name} of ${pack.release} is not valid JSON: ${(error as Error).message}`)
    }
  }
  const inferences = Object.entries(json('infer.json')).map(([key, values]) => [
    key,
    Object.fromEntries(Object.entries(values as Record<string, unknown>).map(([value, inferred]) => [value, fromJson(inferred) as Table])),
  ])
  return {
    mappings: json('key-mappings.json') as Rules['mappings'],
    inferences: Object.fromEntries(inferences) as Rules['inferences'],
    defaults: fromJson(json('default.json')) as Table,
    units: (json('unit-resolve.json')['time'] ?? {}) as Record<string, string>,
    validations: json('validator.json') as Rules['validations'],
  }
}
