/** -e: variables as k=v, JSON, YAML or from @file. */
import { InputError, loadYaml } from '../yaml/index.ts'
import type { Vault } from '../yaml/index.ts'

/** All variables of all -e, the last one wins. */
export function parseExtraVars(texts: string[], vault?: Vault): Record<string, unknown> {
  return Object.assign({}, ...texts.map((text) => parseOne(text, vault))) as Record<string, unknown>
}

function parseOne(text: string, vault: Vault | undefined): Record<string, unknown> {
  const trimmed = text.trim()
  if (trimmed === '') return {}
  if (trimmed.startsWith('@')) return mapping(loadYaml(trimmed.slice(1), { vault }).value, trimmed.slice(1))
  if (/^[{[]/.test(trimmed) || /^["']?[A-Za-z_]\w*["']?:(\s|$)/.test(trimmed)) {
    return mapping(loadYaml({ name: '--extra-vars', text: trimmed }, { vault }).value, '--extra-vars')
  }
  if (/^[./]/.test(trimmed)) throw new InputError(`--extra-vars: to read a file write @ before it: @${trimmed}`)
  return keyValues(trimmed, '--extra-vars')
}

function mapping(value: unknown, name: string): Record<string, unknown> {
  if (value === null || value === undefined) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new InputError(`${name}: expected variables as \`name: value\`, got ${Array.isArray(value) ? 'a list' : typeof value}`)
}

/** `a=1 b='two words' c={{ d }}`: whole numbers, true and false have their type, all else is text. */
export function keyValues(text: string, name: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const word of splitWords(text, name)) {
    const at = word.indexOf('=')
    const key = word.slice(0, at)
    if (at < 1)
      throw new InputError(`${name}: expected name=value, got \`${word}\``, {
        hint: `text with spaces must be in quotes: name='two words'`,
      })
    if (!/^[A-Za-z_]\w*$/.test(key))
      throw new InputError(`${name}: \`${key}\` is no name of a variable`, { hint: 'a name has letters, digits and _' })
    const value = word.slice(at + 1)
    const bare = unquote(value)
    result[key] = bare === value ? typed(bare) : bare
  }
  return result
}

/** Splits at blanks outside of quotes and of {{ }}. */
export function splitWords(text: string, name: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    const pair = text.slice(at, at + 2)
    if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      word += pair
      at += 1
    } else if (quote) {
      if (char === quote) quote = ''
      word += char
    } else if (pair === '{{' || pair === '}}') {
      depth = Math.max(0, depth + (pair === '{{' ? 1 : -1))
      word += pair
      at += 1
    } else if (depth === 0 && /\s/.test(char)) {
      if (word !== '') words.push(word)
      word = ''
    } else {
      if ((char === '"' || char === "'") && depth === 0) quote = char
      word += char
    }
  }
  if (quote) throw new InputError(`${name}: a quote ${quote} is not closed`, { excerpt: text })
  if (word !== '') words.push(word)
  return words
}

function unquote(text: string): string {
  const quote = text.charAt(0)
  if (text.length < 2 || (quote !== '"' && quote !== "'") || !text.endsWith(quote)) return text
  const inner = text.slice(1, -1)
  return quote === '"' ? inner.replace(/\\(["\\])/g, '$1') : inner
}

/** `1.10` and `007` are text, because as numbers they would lose something. */
function typed(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (/^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  return text
}
