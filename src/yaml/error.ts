/** The one class for mistakes of the user: a message to act on, never a stack trace. */
import type { Position } from './position.ts'
import { lineAt } from './source.ts'

export interface InputErrorDetails {
  position?: Position | undefined
  /** What was expected, or what to do: 'did you mean `copy`?'. */
  hint?: string | undefined
  /** The line that is meant, where it can't be read from the file of the position. */
  excerpt?: string | undefined
}

export class InputError extends Error {
  position?: Position
  hint?: string
  excerpt?: string

  constructor(message: string, details: InputErrorDetails = {}) {
    super(message)
    this.name = 'InputError'
    if (details.position) this.position = details.position
    if (details.hint !== undefined) this.hint = details.hint
    if (details.excerpt !== undefined) this.excerpt = details.excerpt
  }
}

/** Several mistakes at once, in the order of their places. */
export class InputErrors extends InputError {
  readonly errors: InputError[]

  constructor(errors: InputError[]) {
    const [first] = errors
    super(errors.length === 1 ? first!.message : `${errors.length} errors`, first ?? {})
    this.name = 'InputErrors'
    this.errors = errors
  }
}

const longestExcerpt = 160

/** `file:line:col: message`, the line with a caret under it, and the hint. */
export function formatInputError(error: InputError): string {
  if (error instanceof InputErrors) return error.errors.map(formatInputError).join('\n\n')
  const { position, hint } = error
  const lines = [position ? `${position.file}:${position.line}:${position.column}: ${error.message}` : error.message]
  const excerpt = error.excerpt ?? (position && lineAt(position))
  if (excerpt !== undefined && excerpt.trim() !== '') lines.push(...drawExcerpt(excerpt, position))
  if (hint) lines.push(`  ${hint.split('\n').join('\n  ')}`)
  return lines.join('\n')
}

function drawExcerpt(text: string, position: Position | undefined): string[] {
  if (!position) return [`  | ${text.slice(0, longestExcerpt)}`]
  const column = Math.min(position.column, text.length + 1)
  // Of a very long line only the part around the place is shown.
  const from = column > longestExcerpt ? column - longestExcerpt / 2 : 0
  const shown = text.slice(from, from + longestExcerpt)
  const number = String(position.line)
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ')
  return [`  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${before}^`]
}

/** Runs each step and collects what goes wrong; throws them together at the end. */
export class ErrorCollector {
  readonly errors: InputError[] = []

  /** The result, or undefined if it failed with an InputError. */
  try<T>(step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      this.add(error)
      return undefined
    }
  }

  /** Keeps an InputError; throws anything else on. */
  add(error: unknown): void {
    if (error instanceof InputErrors) this.errors.push(...error.errors)
    else if (error instanceof InputError) this.errors.push(error)
    else throw error
  }

  throwIfAny(): void {
    if (this.errors.length > 0) throw new InputErrors(this.errors)
  }
}
