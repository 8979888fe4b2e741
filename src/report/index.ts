/** Views of a run: each is a fold over its events. */
import { createJsonReport } from './json.ts'
import { createPlainReport } from './plain.ts'
import type { Report, ReportKind, ReportOptions } from './report.ts'

export type { OutputStream, Report, ReportKind, ReportOptions } from './report.ts'
export { createJournal } from './journal.ts'
export { jsonLine } from './json.ts'

/** A report of the kind. The live view needs a terminal; on anything else it is the plain log. */
export async function createReport(kind: ReportKind, options: ReportOptions): Promise<Report> {
  if (kind === 'json') return createJsonReport(options)
  if (kind === 'plain' || !options.stream.isTTY) return createPlainReport(options)
  // Loaded only here: the library behind it costs time to load.
  const { createLiveReport } = await import('./live.ts')
  return createLiveReport(options)
}
