/** Looks for files of the project where Ansible does. */
import { existsSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { InputError, type Position } from '../yaml/index.ts'

export type FindKind = 'files' | 'templates' | 'vars' | 'tasks' | 'handlers'
export interface FindContext {
  /** Directory of the file in which the name is written. */
  directory: string
  role?: { name: string; path: string } | undefined
  playbookDir?: string | undefined
}

/** The path of a file (or directory) by its name; throws an InputError that names all places searched. */
export function find(kind: FindKind, name: string, context: FindContext, position?: Position): string {
  const places = placesOf(kind, name, context)
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new InputError(`file not found: ${name}`, {
    position,
    hint: `looked for:\n${places.map((place) => `  ${place}`).join('\n')}`,
  })
}

/** Every place where a name may be, the first that exists wins. */
export function placesOf(kind: FindKind, name: string, { directory, role, playbookDir }: FindContext): string[] {
  if (name.startsWith('~/') && process.env.HOME) return [join(process.env.HOME, name.slice(2))]
  if (isAbsolute(name)) return [name]
  const places: string[] = []
  // Task files are meant from where they are written, other files from the directory of their kind.
  if (kind === 'tasks' || kind === 'handlers') places.push(join(directory, name))
  if (role) places.push(join(role.path, kind, name), join(role.path, name), join(role.path, 'tasks', name))
  places.push(join(directory, kind, name), join(directory, name))
  if (playbookDir !== undefined) places.push(join(playbookDir, kind, name), join(playbookDir, name))
  return [...new Set(places.map((place) => resolve(place)))]
}

/** `main.yml` and its spellings, or a name with or without extension. */
export function findYaml(directory: string, name: string): string | undefined {
  const names = [name, `${name}.yml`, `${name}.yaml`, `${name}.json`]
  return names.map((one) => join(directory, one)).find((path) => existsSync(path) && statSync(path).isFile())
}
