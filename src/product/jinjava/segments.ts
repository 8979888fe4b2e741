/**
 * Splits a template into text and tags as jinjava does with `trim_blocks` and `lstrip_blocks` (JinjaParser.java of
 * wso2/config-mapper sets both). It differs from Jinja, seen with jinjava 2.5.6 and 2.6.0:
 * - blanks before a `{% %}` are dropped wherever it stands, not only at the start of a line;
 * - a newline behind `%}` is dropped when it is `\n`, not `\r\n`; none is behind a comment;
 * - `-%}` of a tag without an end of its own (`else`, `elif`, `set`, `do`) trims no more than that newline;
 * - `{{-` and `-}}` trim nothing: the sign is skipped.
 */
import { TemplateError, type Source } from '../../template/language/errors.ts'
import type { Segment } from '../../template/language/lexer.ts'
import { scan } from '../../template/language/tokens.ts'

const opening = /\{[{%#]/g
const rawTag = /\{%-?\s*raw\s*-?%\}/y
const endRaw = /\{%-?\s*endraw\s*-?%\}/g

export function segments(source: Source): Segment[] {
  const { text } = source
  const found: Segment[] = []
  let at = 0
  let trimNext = false

  const push = (from: number, to: number, before: 'block' | 'trimming block' | '') => {
    let words = text.slice(from, to)
    if (trimNext) words = words.trimStart()
    if (before === 'trimming block') words = words.trimEnd()
    else if (before === 'block') words = words.replace(/[ \t]+$/, '')
    if (words !== '') found.push({ type: 'text', text: words, at: from })
    trimNext = false
  }
  const afterBlock = (close: string) => {
    if (text[at] === '\n') at++
    trimNext = close.startsWith('-')
  }

  for (;;) {
    opening.lastIndex = at
    const tag = opening.exec(text)?.index
    if (tag === undefined) {
      push(at, text.length, '')
      return found
    }
    const kind = text[tag + 1]!
    const signed = text[tag + 2] === '-'
    push(at, tag, kind !== '%' ? '' : signed ? 'trimming block' : 'block')
    if (kind === '#') {
      const end = text.indexOf('#}', tag + 2)
      if (end === -1) throw new TemplateError("the comment is never closed, expected '#}'", source, tag)
      at = end + 2
      continue
    }
    rawTag.lastIndex = tag
    const raw = kind === '%' ? rawTag.exec(text)?.[0] : undefined
    if (raw !== undefined) {
      endRaw.lastIndex = tag + raw.length
      const end = endRaw.exec(text)
      if (!end) throw new TemplateError("expected '{% endraw %}'", source, tag)
      const words = text.slice(tag + raw.length, end.index).replace(/[ \t]+$/, '')
      if (words !== '') found.push({ type: 'text', text: words, at: tag + raw.length })
      at = end.index + end[0].length
      afterBlock('')
      continue
    }
    const inside = kind === '{' ? skipSign(text, tag + 2) : tag + (signed ? 3 : 2)
    const result = scan(source, inside, kind === '%' ? '%}' : '}}', false, true)
    found.push({ type: kind === '%' ? 'block' : 'print', tokens: result.tokens, at: tag })
    at = result.next
    if (kind === '%') afterBlock(/^(?:else|elif|set|do)$/.test(result.tokens[0]?.text ?? '') ? '' : result.close)
  }
}

/** `{{ -a }}` prints `a`: jinjava takes the first minus for a sign of whitespace. */
function skipSign(text: string, at: number): number {
  while (/\s/.test(text[at] ?? '')) at++
  return text[at] === '-' ? at + 1 : at
}
