import { TemplateError, type Source } from './errors.ts'
import { scan, type Token } from './tokens.ts'

/** A piece of a template: text as it is, or the tokens of one tag. */
export type Segment =
  | { type: 'text'; text: string; at: number }
  | { type: 'print' | 'block'; tokens: Token[]; at: number }

export interface Whitespace {
  /** The newline after a block tag is dropped. */
  trimBlocks: boolean
  /** Blanks before a block tag, from the start of its line, are dropped. */
  lstripBlocks: boolean
  /** Strings inside `{{ }}` keep their backslashes, as in playbooks. */
  rawStrings: boolean
}

const rawTag = /\{%[-+]?\s*raw\s*(-)?%\}/y
const endRaw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g

/** Splits a template into text and tags, and applies whitespace control. */
export function segments(source: Source, options: Whitespace): Segment[] {
  const { text } = source
  const found: Segment[] = []
  let at = 0
  let stripNext = false
  let lineStart = true

  const pushText = (from: number, to: number, sign: string, isBlock: boolean) => {
    let start = from
    let end = to
    if (stripNext) while (start < end && /\s/.test(text[start]!)) start++
    if (sign === '-') while (end > start && /\s/.test(text[end - 1]!)) end--
    else if (isBlock && options.lstripBlocks && sign !== '+') end = beforeIndent(text, start, end, lineStart)
    if (end > start) found.push({ type: 'text', text: text.slice(start, end), at: start })
    stripNext = false
  }
  // After a tag: `-` eats all whitespace, trim_blocks one newline unless `+` forbids it.
  const afterTag = (close: string, isBlock: boolean): void => {
    lineStart = false
    if (close.startsWith('-')) {
      stripNext = true
      lineStart = /^\s*?\n/.test(text.slice(at, at + 200))
    } else if (isBlock && options.trimBlocks && !close.startsWith('+')) {
      const newline = /\r?\n/y
      newline.lastIndex = at
      const match = newline.exec(text)
      if (match) {
        at += match[0].length
        lineStart = true
      }
    }
  }

  for (;;) {
    const tag = nextTag(text, at)
    if (tag === -1) {
      pushText(at, text.length, '', false)
      return found
    }
    const kind = text[tag + 1]!
    const signed = text[tag + 2] === '-' || text[tag + 2] === '+' ? text[tag + 2]! : ''
    // `{{-1}}` is a sign for whitespace too, as in Jinja.
    pushText(at, tag, signed, kind !== '{')
    const inside = tag + 2 + signed.length
    if (kind === '#') {
      const end = text.indexOf('#}', inside)
      if (end === -1) throw new TemplateError("the comment is never closed, expected '#}'", source, tag)
      at = end + 2
      afterTag(end > inside && '-+'.includes(text[end - 1]!) ? text[end - 1]! : '', true)
    } else if (kind === '%' && rawAt(text, tag)) {
      const opened = rawAt(text, tag)!
      const from = tag + opened[0].length
      endRaw.lastIndex = from
      const close = endRaw.exec(text)
      if (!close) throw new TemplateError("expected '{% endraw %}'", source, tag)
      stripNext = opened[1] === '-'
      lineStart = false
      pushText(from, close.index, close[1]!, true)
      at = close.index + close[0].length
      afterTag(close[2]!, true)
    } else {
      const isBlock = kind === '%'
      const result = scan(source, inside, isBlock ? '%}' : '}}', options.rawStrings && !isBlock)
      found.push({ type: isBlock ? 'block' : 'print', tokens: result.tokens, at: tag })
      at = result.next
      afterTag(result.close, isBlock)
    }
  }
}

function nextTag(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at !== -1; at = text.indexOf('{', at + 1)) {
    const next = text[at + 1]
    if (next === '{' || next === '%' || next === '#') return at
  }
  return -1
}

function rawAt(text: string, at: number): RegExpExecArray | null {
  rawTag.lastIndex = at
  return rawTag.exec(text)
}

/** Where the text ends if the blanks before a tag that stands first on its line are dropped. */
function beforeIndent(text: string, start: number, end: number, lineStart: boolean): number {
  let at = end
  while (at > start && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--
  if (at === start) return lineStart || text[at - 1] === '\n' ? at : end
  return text[at - 1] === '\n' ? at : end
}
