import { createHash } from 'node:crypto'

/**
 * Numbers that depend only on a seed: the same on every run and machine.
 * They are not those Python's generator gives for the same seed.
 */
export function seededRandom(seed: string): (limit: number) => number {
  let state = createHash('sha256').update(seed).digest()
  return (limit) => {
    state = createHash('sha256').update(state).digest()
    return Number(state.readBigUInt64BE() % BigInt(limit))
  }
}
