/** Where in an inventory something is wrong. */
import { InputError, type Position } from '../yaml/index.ts'

/** Gives errors that know no place the one of the line. */
export function at(position: Position, step: () => unknown): void {
  try {
    step()
  } catch (error) {
    if (error instanceof InputError && !error.position) error.position = position
    throw error
  }
}
