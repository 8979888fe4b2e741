/** A TOML document for a diff: the same lines, with the values of secret keys hidden. */
import { isTable, parse } from './values.ts'
import { entryPath } from './placement.ts'
import { join, scan, textOf, type Entry, type Item, type Path, type Section } from './scan.ts'

/** Is the value of this key a secret? */
export type IsSecret = (keys: string[]) => boolean

/** Patterns: a key, or a dotted path, in which * stands for anything but a dot. */
export function secretBy(patterns: string[]): IsSecret {
  const compiled = patterns.map(
    (pattern) =>
      new RegExp(
        `^(?:.*\\.)?${pattern
          .split('*')
          .map((part) => part.replace(/[^\w]/g, '\\$&'))
          .join('[^.]*')}$`,
      ),
  )
  return (keys) => compiled.some((pattern) => pattern.test(keys.join('.')))
}

/** Both sides; a secret that differs is marked, so that the line shows up. */
export function maskSides(before: string | undefined, after: string, isSecret: IsSecret): { before?: string; after: string } {
  const seen = new Map<string, string>()
  const hide = (mark: (id: string, value: string) => string) => (item: Item, section: Section) => {
    if (item.kind === 'other') return maskComment(item.text, isSecret)
    const path = entryPath(section, item)
    return holdsSecret(path, item, isSecret)
      ? `${item.head}"********"${mark(JSON.stringify(path), item.value)}${item.tail}`
      : textOf(item)
  }
  const shownBefore =
    before === undefined
      ? undefined
      : join(
          scan(before),
          hide((id, value) => (seen.set(id, value), '')),
        )
  const shownAfter = join(
    scan(after),
    hide((id, value) => (seen.has(id) && seen.get(id) !== value ? ' (another value)' : '')),
  )
  return { before: shownBefore, after: shownAfter }
}

/** A reference to a secret is none: $secret{alias}, $env{NAME}. */
function holdsSecret(path: Path, entry: Entry, isSecret: IsSecret): boolean {
  const keys = path.filter((part) => typeof part === 'string')
  const value = (parse(`k = ${entry.value}`) as { k: unknown }).k
  return holds(keys, value, isSecret)
}

function holds(keys: string[], value: unknown, isSecret: IsSecret): boolean {
  if (isTable(value)) return Object.entries(value).some(([key, item]) => holds([...keys, key], item, isSecret))
  if (Array.isArray(value)) return value.some((item) => holds(keys, item, isSecret))
  if (typeof value === 'boolean' || (typeof value === 'string' && /^(|\$(secret|env|sys|ref)\{[^}]*\})$/.test(value)))
    return false
  return isSecret(keys)
}

/** Values of commented-out secret keys. */
function maskComment(text: string, isSecret: IsSecret): string {
  return text.replace(/^([ \t]*#+[ \t]*"?([\w.-]+)"?[ \t]*=[ \t]*)([^\r\n]+)/, (all: string, head: string, key: string) =>
    isSecret(key.split('.')) ? `${head}********` : all,
  )
}
