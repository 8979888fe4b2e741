/** What a report is and needs. */
import type { Sink } from '../events/index.ts'

/** A report of a run. Its `close` is called once, after the last event. */
export interface Report extends Sink {
  close(): Promise<void>
  /** Leaves the terminal to somebody else (a question to the user) until `resume`. */
  suspend(): Promise<void>
  resume(): void
}

export type ReportKind = 'live' | 'plain' | 'json'

export interface ReportOptions {
  /** Number of -v. */
  verbosity: number
  stream: OutputStream
  color: boolean
  /** Columns; default: the stream's, else 80. */
  width?: number
}

/** The part of a Writable that a report needs. */
export interface OutputStream {
  write(text: string, callback?: (error?: Error | null) => void): boolean
  isTTY?: boolean
  columns?: number
  rows?: number
}

/** Resolves when all that was written has left; also when nobody reads any more. */
export function drained(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
