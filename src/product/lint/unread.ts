/** Keys that nothing reads, each with what is wrong with it and the key that was probably meant. */
import { didYouMean } from '../../text/similar.ts'
import { targetsOf } from '../mapper/key-mapping.ts'
import type { Rules } from '../mapper/rules.ts'
import { joinKey, splitKey } from '../mapper/toml.ts'
import type { Leaf } from './leaves.ts'
import { isRead, placesOf, readPaths, type Read } from './reads.ts'

export interface Unread {
  leaf: Leaf
  kind: 'unread' | 'table' | 'quote'
  message: string
  nearest: string | undefined
}

/** Sections that the cipher tool and the mapper itself read. */
const byTheMapper = new Set(['secrets', 'runtime_secrets'])

export class UnreadKeys {
  readonly #reads: Read
  readonly #rules: Rules
  readonly #release: string
  #known: string[] | undefined

  constructor(reads: Read, rules: Rules, release: string) {
    this.#reads = reads
    this.#rules = rules
    this.#release = release
  }

  /** What is wrong with the key, if anything; `also` are keys that the document itself reads, by references. */
  check(leaf: Leaf, also: ReadonlySet<string>): Unread | undefined {
    const { path } = leaf
    if (byTheMapper.has(path[0]!) || also.has(textOf(path)) || this.#isRead(path)) return undefined
    const key = textOf(path)
    const table = this.#wrongKind(path)
    if (table !== undefined) return { leaf, kind: 'table', message: `${key} is read by nothing: ${table}`, nearest: undefined }
    const quoted = this.#quoted(path)
    if (quoted !== undefined)
      return { leaf, kind: 'quote', message: `${key} is a table in ${textOf(quoted.slice(0, -1))}, where single values are read: write the name in quotes`, nearest: textOf(quoted) }
    return { leaf, kind: 'unread', message: `${key} is read by nothing in ${this.#release}`, nearest: this.#nearest(path) }
  }

  #isRead(path: string[]): boolean {
    const list = path.lastIndexOf('[]')
    if (list === -1) return targetsOf(joinKey(path), this.#rules.mappings).some((target) => isRead(this.#reads, splitKey(target)))
    // `"list:key"` renames a key in the tables of a list; the list itself may have another name too.
    const [head, tail] = [path.slice(0, list), joinKey(path.slice(list + 1))]
    const mapping = Object.entries(this.#rules.mappings).find(([from]) => from === `${joinKey(head)}:${tail}`)?.[1]
    const tails = mapping === undefined ? [tail] : [mapping].flat().map((to) => to.split(':')[1] ?? to)
    return targetsOf(joinKey(head), this.#rules.mappings).some((to) => tails.some((name) => isRead(this.#reads, [...splitKey(to), '[]', ...splitKey(name)])))
  }

  /** `[a]` where the rules read `[[a]]`, and the other way round. */
  #wrongKind(path: string[]): string | undefined {
    const list = path.lastIndexOf('[]')
    if (list > 0 && this.#isRead([...path.slice(0, list), ...path.slice(list + 1)])) {
      const name = textOf(path.slice(0, list))
      return `${name} is one table, written [${name}]`
    }
    for (let at = 1; at < path.length; at++) {
      const above = path.slice(0, at)
      if (list === -1 && this.#isRead([...above, '[]', ...path.slice(at)])) return `${textOf(above)} is a list of tables, written [[${textOf(above)}]]`
    }
    return undefined
  }

  /** `http.proxyHost = ...` below a table whose names may hold dots. */
  #quoted(path: string[]): string[] | undefined {
    for (let at = path.length - 2; at > 0; at--) {
      const above = path.slice(0, at)
      const any = placesOf(this.#reads, above).some(({ children }) => children.get('*')?.read)
      if (any && !path.slice(at).includes('[]')) return [...above, path.slice(at).join('.')]
    }
    return undefined
  }

  #nearest(path: string[]): string | undefined {
    this.#known ??= [...new Set([...readPaths(this.#reads).map(textOf), ...this.#mapped()])].filter((key) => !byTheMapper.has(key))
    const key = textOf(path)
    const parent = key.slice(0, key.lastIndexOf('.') + 1)
    const beside = this.#known.filter((other) => other.startsWith(parent) && !other.slice(parent.length).includes('.'))
    const sibling = parent === '' ? undefined : didYouMean(path.at(-1)!, beside.map((other) => other.slice(parent.length)))
    return sibling !== undefined ? parent + sibling : (didYouMean(key, this.#known) ?? this.#ofThatName(path))
  }

  /** A key of the same last name elsewhere, with as much of the path as possible. */
  #ofThatName(path: string[]): string | undefined {
    const name = path.at(-1)!
    const words = new Set(path.slice(0, -1))
    let best: string | undefined
    let most = 0
    for (const key of this.#known!) {
      if (!key.endsWith(`.${name}`)) continue
      const names = key.split('.')
      const shared = names.slice(0, -1).filter((part) => words.has(part)).length / Math.max(names.length, path.length)
      if (shared > most) [best, most] = [key, shared]
    }
    return most >= 0.5 ? best : undefined
  }

  /** Names from key-mappings.json that lead to something that is read. */
  #mapped(): string[] {
    return Object.entries(this.#rules.mappings).flatMap(([from, to]) => ([to].flat().some((target) => isRead(this.#reads, splitKey(target.replace(':', ".'[]'.")))) ? [from.replace(':', '.')] : []))
  }
}

/** As one would write it: `a.b.'c.d'`, with the marks of lists left out. */
export function textOf(path: readonly string[]): string {
  return joinKey(path.filter((name) => name !== '[]'))
}
