/** Turns the YAML parser's complaints into what the user should do. */
import type { YAMLParseError } from 'yaml'
import { InputError } from './error.ts'
import { positionAt, type Source } from './source.ts'

const messages: Record<string, [message: string, hint?: string]> = {
  TAB_AS_INDENT: ['a tab can not indent YAML', 'use spaces'],
  BAD_INDENT: ['this line is not indented as the lines around it'],
  MULTIPLE_DOCS: ['only one YAML document is expected in a file', 'remove the `---` in the middle'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a mapping can not start here',
    'quote text that contains `: `, or check the indentation of the next line',
  ],
  MISSING_CHAR: ['something is missing here'],
  BAD_ALIAS: ['this is not a valid alias', 'text that begins with * must be in quotes'],
  BAD_DQ_ESCAPE: ['unknown escape in double quotes', 'use single quotes, or write the backslash twice'],
}

export function explainSyntax(source: Source, error: YAMLParseError): InputError {
  const offset = firstWritten(source.text, Math.min(error.pos[0], source.text.length))
  const position = positionAt(source, offset)
  const line = source.text.slice(source.starts[position.line - 1], endOfLine(source.text, offset))
  const known = messages[error.code]
  const detail = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
  const message =
    known && error.code !== 'MISSING_CHAR' && error.code !== 'BAD_INDENT' ? known[0] : `YAML: ${lowerFirst(detail)}`
  const template = /[:-]\s+\{\{/.test(line) ? 'text that begins with {{ must be in quotes: "{{ name }}"' : undefined
  return new InputError(message, { position, hint: template ?? known?.[1] })
}

/** An empty line is never the mistake: what stands on the next one that is not empty. */
function firstWritten(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const blank = /^(?:[ \t]*\r?\n)+[ \t]*(?=\S)/.exec(text.slice(start))
  return blank ? start + blank[0].length : offset
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
