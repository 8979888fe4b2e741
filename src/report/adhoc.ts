/** The report of `aarun run`: a block per host, as the `ansible` command prints it. */
import type { Event, HostResult } from '../events/index.ts'
import { diffs, failureDetails, reason, resultDetails, summaries } from './details.ts'
import { roundTrips } from './recap.ts'
import { drained } from './report.ts'
import type { Report, ReportOptions } from './report.ts'
import { createStyle, styleOf } from './style.ts'
import { clean, indent, oneLine } from './text.ts'

const words: Record<string, string> = {
  ok: 'SUCCESS',
  changed: 'CHANGED',
  skipped: 'SKIPPED',
  failed: 'FAILED!',
  unreachable: 'UNREACHABLE!',
  ignored: 'FAILED!',
}

export function createAdhocReport(options: ReportOptions): Report {
  const { verbosity, stream } = options
  const style = createStyle(options.color)
  const state = { check: false }
  const print = (lines: string[]) => void (lines.length > 0 && stream.write(`${lines.join('\n')}\n`))

  const block = (result: HostResult): string[] => {
    const paint = style[styleOf(result)]
    const head = `${result.host} | ${result.unknown === undefined ? (words[result.status] ?? result.status) : 'UNKNOWN'}`
    const values = result.result
    if (result.unknown !== undefined) return [paint(`${head} => ${oneLine(result.unknown)}`)]
    if (typeof values['stdout'] === 'string' && 'rc' in values && !result.censored && result.status !== 'unreachable') {
      const text = [values['stdout'], values['stderr']].filter((part) => typeof part === 'string' && part !== '').join('\n')
      return [paint(`${head} | rc=${String(values['rc'])} >>`), ...(text === '' ? [] : [paint(clean(text).trimEnd())])]
    }
    if (result.status === 'failed' || result.status === 'unreachable') {
      return [paint(`${head} => ${reason(result)}`), ...failureDetails(result, verbosity).map((line) => indent(line, 4))]
    }
    const details = [
      ...(state.check || verbosity > 0 ? summaries(result) : []),
      ...resultDetails(result, verbosity).map((line) => indent(line, 4)),
    ]
    return [...diffs(result, style), paint(details.length > 0 ? `${head} =>` : head), ...details.map(paint)]
  }

  const emit = (event: Event): void => {
    if (event.event === 'run') state.check = event.check
    else if (event.event === 'result') print(block(event))
    else if (event.event === 'warning') print([style.warning(`[WARNING]: ${clean(event.message)}`)])
    else if (event.event === 'end') {
      if (event.message) print([style.failed(`ERROR! ${clean(event.message)}`)])
      if (verbosity > 0) print([roundTrips(event)])
    }
  }
  return { emit, close: () => drained(stream), suspend: async () => {}, resume: () => {} }
}
