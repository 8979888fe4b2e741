/** Secrets are masked by value, wherever they appear; the rest of the text stays readable. */
import { stripVTControlCharacters } from 'node:util'
import { spellings } from './secret-spellings.ts'

/** What stands in a secret's place. */
export const MASK = '********'

/** A shorter spelling is never looked for inside other text. */
const SHORTEST = 4
/** Fewer digits are a port or a count more often than a password. */
const SHORTEST_NUMBER = 6

/** Words that are secrets in some project and ordinary text everywhere: masking them inside text would garble every line. */
const COMMON = new Set(
  `admin administrator root user guest test true false none null yes default password secret changeme localhost
  postgres mysql mariadb oracle`.split(/\s+/),
)

/**
 * The secrets of a run: vaulted values, passwords that were asked for, arguments that a module declares secret.
 *
 * Each is masked inside any text, also in base64, URL-encoded, JSON-, XML- or shell-quoted; one of several lines also
 * line by line. Exception: what is shorter than 4 characters, a number of fewer than 6 digits, or a very common word
 * ("admin", "true") is masked only where it is the whole value, never inside other text, which it would make unreadable
 * and would not protect. Use `no_log` for such values. Booleans are never masked.
 */
export class Secrets {
  #whole = new Set<string>()
  /** Spellings by their first four characters, longest first. */
  #index = new Map<string, string[]>()
  /** Which hashes of four characters begin a spelling: a quick "no" for nearly every place of a text. */
  #begins = new Uint8Array(1 << 16)
  #known = new Set<string>()

  /** Takes a secret; of a list or mapping, all values in it. */
  add(value: unknown): void {
    if (typeof value === 'number' || typeof value === 'bigint') this.#addText(String(value), SHORTEST_NUMBER)
    else if (typeof value === 'string') this.#addText(value, /^\d+$/.test(value) ? SHORTEST_NUMBER : SHORTEST)
    else if (Array.isArray(value)) for (const item of value) this.add(item)
    else if (value instanceof Uint8Array) this.#addText(Buffer.from(value).toString('utf8'), SHORTEST)
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) this.add(item)
  }

  /** The text without its secrets. */
  mask(text: string): string {
    if (this.#known.size === 0 || text === '') return text
    if (this.#whole.has(text.trim())) return text.replace(text.trim(), MASK)
    if (this.#index.size === 0) return text
    const masked = this.#replace(text)
    if (!masked.includes('\u001b')) return masked
    // Colours inside a secret hide it from us, not from a person: then the text loses its colours.
    const bare = stripVTControlCharacters(masked)
    const bareMasked = this.#replace(bare)
    return bareMasked === bare ? masked : bareMasked
  }

  #replace(text: string): string {
    let result = ''
    let done = 0
    for (const [start, end] of this.#places(text)) {
      result += text.slice(done, start) + MASK
      done = end
    }
    return done === 0 ? text : result + text.slice(done)
  }

  /** A copy of the value in which every text, number and key is masked. Objects keep their class. */
  maskDeep<T>(value: T): T {
    return this.#known.size === 0 ? value : (this.#copy(value, new Map()) as T)
  }

  #addText(text: string, shortest: number): void {
    const bare = text.trim()
    if (bare === '' || this.#known.has(text) || /^\*+$/.test(bare)) return
    this.#known.add(text)
    this.#whole.add(bare)
    if (bare.length < shortest || COMMON.has(bare.toLowerCase())) return
    for (const form of spellings(text, SHORTEST)) this.#addForm(form)
  }

  #addForm(form: string): void {
    const key = form.slice(0, SHORTEST)
    const forms = this.#index.get(key) ?? []
    if (forms.includes(form)) return
    forms.push(form)
    forms.sort((a, b) => b.length - a.length)
    this.#index.set(key, forms)
    this.#begins[hash(form, 0)] = 1
  }

  /** Where secrets are, [start, end). Those that overlap or touch are one place, so that no rest of one is left. */
  #places(text: string): [number, number][] {
    const places: [number, number][] = []
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      if (this.#begins[hash(text, at)] === 0) continue
      const form = this.#index.get(text.slice(at, at + SHORTEST))?.find((candidate) => text.startsWith(candidate, at))
      if (form === undefined) continue
      const last = places.at(-1)
      if (last && at <= last[1]) last[1] = Math.max(last[1], at + form.length)
      else places.push([at, at + form.length])
    }
    return places
  }

  #copy(value: unknown, seen: Map<object, unknown>): unknown {
    if (typeof value === 'string') return this.mask(value)
    if (typeof value === 'number' || typeof value === 'bigint') return this.#whole.has(String(value)) ? MASK : value
    if (typeof value !== 'object' || value === null) return value
    if (seen.has(value)) return seen.get(value)
    if (value instanceof Uint8Array) return this.#copyBytes(value)
    if (Array.isArray(value)) {
      const list: unknown[] = []
      seen.set(value, list)
      for (const item of value) list.push(this.#copy(item, seen))
      return list
    }
    if (value instanceof Map || value instanceof Set || value instanceof Date) return value
    const object = Object.create(Object.getPrototypeOf(value)) as object
    seen.set(value, object)
    for (const [key, item] of Object.entries(value)) {
      // Defined, not assigned: a host may well send a key `__proto__`.
      const copy = this.#copy(item, seen)
      Object.defineProperty(object, this.mask(key), { value: copy, writable: true, enumerable: true, configurable: true })
    }
    return object
  }

  #copyBytes(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes).toString('utf8')
    const masked = this.mask(text)
    return masked === text ? bytes : Buffer.from(masked)
  }
}

function hash(text: string, at: number): number {
  const first = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 5)
  return (first ^ (text.charCodeAt(at + 2) << 9) ^ (text.charCodeAt(at + 3) * 2731)) & 0xffff
}
