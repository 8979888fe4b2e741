/**
 * What the runner has made once for all files of a run, told in the environment: servers, the built program and the
 * compiled stand-in. A file that is run alone finds nothing here and makes its own.
 */
import process from 'node:process'

export interface Shared {
  postgres?: Address
  mariadb?: Address
  sshd?: { port: number; directory: string }
  /** A copy of lab/pack with the classes of the stand-in. */
  pack?: string
  /** The built program's entry. */
  program?: string
  /** A directory in which a port that was given out has an entry. */
  ports?: string
}

interface Address { port: number; socket: string; password: string }

export const VARIABLE = 'AARUN_TEST_SHARED'

export const shared: Shared = JSON.parse(process.env[VARIABLE] ?? '{}') as Shared
