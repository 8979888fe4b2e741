/** What an error says to a person. Never a stack trace for a user's mistake. */
import type { Located } from '../../playbook/index.ts'
import { UnreachableError } from '../../remote/index.ts'
import { TemplateError } from '../../template/index.ts'
import { formatInputError, InputError, type Position } from '../../yaml/index.ts'

export function messageOf(error: unknown): string {
  if (error instanceof InputError) return formatInputError(error)
  if (error instanceof TemplateError) return templateMessage(error)
  if (error instanceof UnreachableError) return error.message
  if (error instanceof Error) return process.env.AARUN_DEBUG ? (error.stack ?? error.message) : error.message
  return String(error)
}

function templateMessage(error: TemplateError): string {
  const where = error.file ? `${error.file}:${error.line}:${error.column}: ` : ''
  return `${where}${error.message}${error.hint ? ` (${error.hint})` : ''}`
}

/** A condition (when, until, failed_when …) that can't be evaluated. */
export function conditionFailed({ value, position }: Located<unknown>, error: unknown): string {
  const { file, line, column } = position
  return `${file}:${line}:${column}: the condition '${String(value)}' failed: ${messageOf(error)}`
}

/** Does the work; an error that does not know where it belongs gets this position. */
export function at<T>(position: Position, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TemplateError) || error.file) throw error
    throw new InputError(error.message, { position, ...(error.hint ? { hint: error.hint } : {}) })
  }
}
