import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Files (not directories) that match a pattern with `*`, `?` and `[...]` in any part, sorted. */
export function globSync(pattern: string): string[] {
  const absolute = pattern.startsWith('/')
  let found = [absolute ? '/' : '']
  const parts = pattern.split('/').filter(Boolean)
  for (const part of parts) {
    found = /[*?[]/.test(part) ? found.flatMap((directory) => matching(directory, part)) : found.map((directory) => join(directory, part))
  }
  return found.filter(isFile).sort()
}

function matching(directory: string, part: string): string[] {
  const regex = new RegExp(`^${part.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]').replaceAll('[!', '[^')}$`)
  try {
    return readdirSync(directory || '.').filter((name) => regex.test(name) && (part.startsWith('.') || !name.startsWith('.'))).map((name) => join(directory, name))
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
