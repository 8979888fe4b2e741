/** How an unknown value ends the making of a text. */
import type { Unknown } from './values.ts'

/** Thrown by statements that meet an unknown value; whoever asked for the text returns the Unknown. */
export class UnknownSignal {
  readonly unknown: Unknown
  constructor(unknown: Unknown) {
    this.unknown = unknown
  }
}
