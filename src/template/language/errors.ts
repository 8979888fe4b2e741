/** What is wrong with a template, and where. */

/** A template text and where it came from: what an error points into. */
export interface Source {
  text: string
  file?: string
}

/** Something is wrong with a template. Line and column (from 1) are relative to the template text. */
export class TemplateError extends Error {
  file?: string
  line: number
  column: number
  /** The line of the template that is meant. */
  excerpt: string
  hint?: string
  /** Names of the variables whose values were being resolved, outermost first. */
  trail: string[] = []

  constructor(message: string, source: Source, position: number, hint?: string) {
    super(message)
    this.name = 'TemplateError'
    const place = locate(source.text, position)
    this.line = place.line
    this.column = place.column
    this.excerpt = place.excerpt
    if (source.file !== undefined) this.file = source.file
    if (hint !== undefined) this.hint = hint
  }
}

/** A name was used that nobody defined. `path` is the dotted path, such as `apim.hots`. */
export class UndefinedError extends TemplateError {
  override readonly name: string
  constructor(path: string, message: string, source: Source, position: number, hint?: string) {
    super(message, source, position, hint)
    this.name = path
  }
}

/** Line, column (from 1) and text of the line at an offset. */
export function locate(text: string, offset: number): { line: number; column: number; excerpt: string } {
  const at = Math.max(0, Math.min(offset, text.length))
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const lineEnd = text.indexOf('\n', at)
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', i + 1)) line++
  return { line, column: at - lineStart + 1, excerpt: text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd) }
}
