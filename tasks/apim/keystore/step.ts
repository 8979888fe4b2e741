/** One thing to do to the copy of a keystore, and the way out when the wish can't be fulfilled. */
import type { Action } from '../../../src/module/index.ts'
import type { KeystoreArgs } from './arguments.ts'
import { candidateOf, storeOf } from './observe.ts'
import { editor, keytoolOf } from './keytool.ts'

/** `alias`: whose certificate it changes. */
export interface Step {
  summary: string
  actions: Action[]
  alias?: string
}

/** Ends the plan; its message is for the user. */
export class Failure extends Error {}

export function fail(message: string): never {
  throw new Failure(message)
}

/** keytool on the copy. */
export const edit = (args: KeystoreArgs) => editor(keytoolOf(args), { ...storeOf(args), path: candidateOf(args) })
