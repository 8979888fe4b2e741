/** Python literals: inline variables of an INI inventory are typed by them, and stay text if they are none. */
import { stringEscapes } from '../text/python-escapes.ts'

export function parseLiteral(text: string): unknown {
  const parser = new LiteralParser(text)
  try {
    return parser.all()
  } catch (error) {
    if (error instanceof NoLiteral) return text
    throw error
  }
}

class NoLiteral extends Error {}

const escapes: Record<string, string> = { ...stringEscapes, '0': '\0', '\n': '' }

class LiteralParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): unknown {
    const value = this.#value()
    this.#blanks()
    if (this.#at < this.#text.length && this.#text[this.#at] !== '#') throw new NoLiteral()
    return value
  }

  #value(): unknown {
    this.#blanks()
    const character = this.#text[this.#at]
    if (character === '[') return this.#items(']')
    if (character === '(') return this.#items(')')
    if (character === '{') return this.#dict()
    if (character === '"' || character === "'") return this.#strings()
    return this.#word()
  }

  #items(end: string): unknown[] {
    const items: unknown[] = []
    this.#at++
    while (!this.#take(end)) {
      items.push(this.#value())
      if (this.#take(',')) continue
      if (this.#take(end)) {
        // (1) is the number 1, only (1,) is a tuple.
        if (end === ')' && items.length === 1) return items[0] as unknown[]
        break
      }
      throw new NoLiteral()
    }
    return items
  }

  #dict(): Record<string, unknown> {
    const dict: Record<string, unknown> = {}
    this.#at++
    while (!this.#take('}')) {
      const key = String(this.#value())
      if (!this.#take(':')) throw new NoLiteral()
      Object.defineProperty(dict, key, { value: this.#value(), writable: true, enumerable: true, configurable: true })
      if (!this.#take(',') && this.#text[this.#at] !== '}') throw new NoLiteral()
    }
    return dict
  }

  /** Neighbouring strings are one. */
  #strings(): string {
    let text = ''
    do text += this.#string()
    while (this.#blanks() && (this.#text[this.#at] === '"' || this.#text[this.#at] === "'"))
    return text
  }

  #string(): string {
    const quote = this.#text[this.#at++]!
    let text = ''
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === undefined) throw new NoLiteral()
      if (character === quote) return text
      if (character !== '\\') {
        text += character
        continue
      }
      const next = this.#text[this.#at++] ?? ''
      const code = next === 'x' ? /^[0-9a-fA-F]{2}/ : next === 'u' ? /^[0-9a-fA-F]{4}/ : undefined
      const digits = code?.exec(this.#text.slice(this.#at))?.[0]
      if (digits !== undefined) {
        text += String.fromCharCode(Number.parseInt(digits, 16))
        this.#at += digits.length
      } else text += escapes[next] ?? `\\${next}`
    }
  }

  #word(): unknown {
    const word = /^[\w.+-]+/.exec(this.#text.slice(this.#at))?.[0]
    if (word === undefined) throw new NoLiteral()
    this.#at += word.length
    if (word === 'None') return null
    if (word === 'True') return true
    if (word === 'False') return false
    const digits = word.replace(/(?<=\d)_(?=\d)/g, '')
    if (/^[-+]?(0+|[1-9]\d*)$/.test(digits)) return Number.isSafeInteger(Number(digits)) ? Number(digits) : word
    if (/^[-+]?0x[0-9a-fA-F]+$|^[-+]?0o[0-7]+$|^[-+]?0b[01]+$/.test(digits))
      return digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits.replace('+', ''))
    if (/^[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?$/.test(digits)) return Number(digits)
    throw new NoLiteral()
  }

  #take(character: string): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    this.#blanks()
    return true
  }

  #blanks(): true {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
    return true
  }
}
