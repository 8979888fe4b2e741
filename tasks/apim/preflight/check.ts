/** What each part of the preflight is: questions to the host, and what is wrong by the answers. */
import type { Facts, Probe } from '../../../src/module/index.ts'
import type { PreflightArgs } from './arguments.ts'

export interface Judgement {
  findings?: string[]
  warnings?: string[]
  /** For those who come later. */
  result?: Record<string, unknown>
}

export interface Check {
  observe(args: PreflightArgs, facts: Facts): Probe[]
  judge(args: PreflightArgs, facts: Facts): Judgement
}

/** ' (what it is for)' */
export const aside = (what: string): string => (what === '' ? '' : ` (${what})`)
