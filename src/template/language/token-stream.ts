import { TemplateError, type Source } from './errors.ts'
import type { Token } from './tokens.ts'

/** Reads the tokens of one tag in order. */
export class TokenStream {
  readonly source: Source
  private readonly tokens: Token[]
  private index = 0

  constructor(source: Source, tokens: Token[]) {
    this.source = source
    this.tokens = tokens
  }

  get current(): Token {
    return this.tokens[this.index]!
  }

  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!
  }

  next(): Token {
    const token = this.current
    if (token.kind !== 'end') this.index++
    return token
  }

  is(text: string): boolean {
    return (this.current.kind === 'operator' || this.current.kind === 'name') && this.current.text === text
  }

  isAny(...texts: string[]): boolean {
    return texts.some((text) => this.is(text))
  }

  /** Takes the token if it is this word or operator. */
  accept(text: string): boolean {
    if (!this.is(text)) return false
    this.index++
    return true
  }

  expect(text: string): Token {
    if (!this.is(text)) this.fail(`expected '${text}', found ${describe(this.current)}`)
    return this.next()
  }

  expectName(what: string): Token {
    if (this.current.kind !== 'name') this.fail(`expected ${what}, found ${describe(this.current)}`)
    return this.next()
  }

  expectEnd(): void {
    if (this.current.kind !== 'end') this.fail(`unexpected ${describe(this.current)}`, this.hint())
  }

  fail(message: string, hint?: string, at = this.current.at): never {
    throw new TemplateError(message, this.source, at, hint)
  }

  private hint(): string | undefined {
    if (this.is('=')) return "compare with '=='"
    if (this.is('{')) return 'a name inside {{ }}, {% %} or a condition is written without braces'
    return undefined
  }
}

export function describe(token: Token): string {
  if (token.kind === 'end') return 'the end'
  return token.kind === 'string' ? `the string ${JSON.stringify(token.text)}` : `'${token.text}'`
}
