import { stringEscapes } from '../../text/python-escapes.ts'
import { TemplateError, type Source } from './errors.ts'

/** One word of an expression or statement. `text` is the decoded value of a string. */
export interface Token {
  kind: 'name' | 'integer' | 'float' | 'string' | 'operator' | 'end'
  text: string
  at: number
}

const name = /[\p{L}_][\p{L}\p{N}_]*/uy
const float = /\d[\d_]*(?:\.\d[\d_]*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)/y
const integer = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*/y
const string = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y
/** What Java's expression language has besides: jinjava's templates use it. */
const javaOperator = /&&|\|\||!(?!=)|\?/y
const javaWords: Record<string, string> = { '&&': 'and', '||': 'or' }
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+*/%~<>=.,:;|()[\]{}]/y

export interface Scan {
  tokens: Token[]
  /** Offset after the closing delimiter. */
  next: number
  /** The closing delimiter as written, such as `-%}`. */
  close: string
}

/**
 * Splits the inside of a tag into tokens, up to its closing delimiter (`}}`, `%}`) or, for a bare expression, the end.
 * `raw` keeps backslashes in strings, as Ansible does for `{{ }}` in playbooks; `java` knows `&&`, `||`, `!` and `? :`.
 */
export function scan(source: Source, start: number, closing: '}}' | '%}' | '', raw: boolean, java = false): Scan {
  const { text } = source
  const tokens: Token[] = []
  const open: { bracket: string; at: number }[] = []
  let at = start
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++
    if (at >= text.length) {
      if (closing !== '') throw new TemplateError(`expected '${closing}' before the end of the template`, source, start)
      if (open.length > 0) throw new TemplateError(`'${open.at(-1)!.bracket}' is never closed`, source, open.at(-1)!.at)
      tokens.push({ kind: 'end', text: '', at })
      return { tokens, next: at, close: '' }
    }
    if (closing !== '' && open.length === 0) {
      const sign = (text[at] === '-' || text[at] === '+') && text.startsWith(closing, at + 1) ? 1 : 0
      if (text.startsWith(closing, at + sign)) {
        tokens.push({ kind: 'end', text: '', at })
        const next = at + sign + closing.length
        return { tokens, next, close: text.slice(at, next) }
      }
    }
    const token = readToken(source, at, raw, java)
    trackBrackets(token.token, open, source)
    tokens.push(token.token)
    at = token.next
  }
}

function readToken(source: Source, at: number, raw: boolean, java: boolean): { token: Token; next: number } {
  const { text } = source
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const made = (kind: Token['kind'], word: string, value = word) => ({ token: { kind, text: value, at }, next: at + word.length })
  let word: string | undefined
  if ((word = match(name)) !== undefined) return made('name', word)
  if ((word = match(float)) !== undefined) return made('float', word)
  if ((word = match(integer)) !== undefined) return made('integer', word)
  if ((word = match(string)) !== undefined) return made('string', word, raw ? word.slice(1, -1) : unescape(word.slice(1, -1)))
  if (java && (word = match(javaOperator)) !== undefined) return made(Object.hasOwn(javaWords, word) ? 'name' : 'operator', word, javaWords[word])
  if ((word = match(operator)) !== undefined) return made('operator', word)
  const char = text[at]!
  if (char === "'" || char === '"') throw new TemplateError(`the string is never closed, expected ${char}`, source, at)
  const hint = char === '&' ? "write 'and'" : char === '!' ? "write 'not'" : undefined
  throw new TemplateError(`unexpected character ${JSON.stringify(char)}`, source, at, hint)
}

const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

function trackBrackets(token: Token, open: { bracket: string; at: number }[], source: Source): void {
  if (token.kind !== 'operator') return
  if ('([{'.includes(token.text)) open.push({ bracket: token.text, at: token.at })
  else if (Object.hasOwn(pairs, token.text)) {
    if (open.at(-1)?.bracket !== pairs[token.text]) throw new TemplateError(`unexpected '${token.text}'`, source, token.at)
    open.pop()
  }
}

const escapes: Record<string, string> = { ...stringEscapes, '\n': '' }

/** Python's escapes. An unknown one stays as it is, backslash included, so that '\d' is a regular expression. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g, (whole, x, u, long, octal, char) => {
    const hex = x ?? u ?? long
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    return Object.hasOwn(escapes, char) ? escapes[char]! : whole
  })
}
