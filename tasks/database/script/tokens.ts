/** The words of an SQL script, without comments: what a text, a quoted name or a body holds can't end a statement. */
import type { Engine } from '../sql.ts'

export interface Token {
  text: string
  start: number
  end: number
}

const COMMENT = String.raw`--[^\n]*|/\*(?!!)[\s\S]*?\*/`
const NAME = '"(?:[^"]|"")*"'
/** In standard SQL a backslash is a plain character of a text. */
const TEXT = `'(?:[^']|'')*'`
const WORD = String.raw`[\w$\x80-\xff]+`

const PATTERNS: Record<Engine, string> = {
  // Bodies stand between $tags$.
  postgresql: [COMMENT, TEXT, NAME, String.raw`\$(\w*)\$[\s\S]*?\$\1\$`, WORD].join('|'),
  // A word does not end with $, because $$ is a usual delimiter; /*! ... */ is run.
  mysql: [
    COMMENT,
    '#[^\\n]*',
    String.raw`/\*![\s\S]*?\*/`,
    String.raw`'(?:[^'\\]|''|\\[\s\S])*'`,
    NAME,
    '`(?:[^`]|``)*`',
    String.raw`[\w\x80-\xff]+(?:\$[\w\x80-\xff]+)*`,
  ].join('|'),
  mssql: [COMMENT, TEXT, NAME, String.raw`\[(?:[^\]]|\]\])*\]`, WORD].join('|'),
  // q'[it's]' is a text too.
  oracle: [COMMENT, String.raw`[qQ]'(?:\[[\s\S]*?\]|\{[\s\S]*?\}|\([\s\S]*?\)|<[\s\S]*?>|([^\s[{(<])[\s\S]*?\1)'`, TEXT, NAME, WORD].join('|'),
  db2: [COMMENT, TEXT, NAME, WORD].join('|'),
}

/** In order; every character that is no blank belongs to a token, or to a comment. */
export function* tokens(source: string, engine: Engine): Generator<Token> {
  for (const match of source.matchAll(new RegExp(`${PATTERNS[engine]}|\\S`, 'g'))) {
    const text = match[0]
    if (/^(--|\/\*(?!!))/.test(text) || (engine === 'mysql' && text.startsWith('#'))) continue
    yield { text, start: match.index, end: match.index + text.length }
  }
}

/** Nothing else stands on the line of this token. */
export function aloneOnLine(source: string, { start, end }: Token): boolean {
  return /(^|\n)[^\S\n]*$/.test(source.slice(Math.max(0, source.lastIndexOf('\n', start - 1)), start)) && endsLine(source, end)
}

/** Nothing but blanks, or a comment, follows on the line. */
export function endsLine(source: string, end: number): boolean {
  const newline = source.indexOf('\n', end)
  return /^\s*(--.*)?$/.test(source.slice(end, newline < 0 ? source.length : newline))
}
