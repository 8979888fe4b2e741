/** What an error says to a person. Never a stack trace for a user's mistake. */
import { UnreachableError } from '../remote/index.ts'
import { TemplateError } from '../template/index.ts'
import { formatInputError, InputError } from '../yaml/index.ts'

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
