/** Facts as they will be when these changes are made, by the predictions of check mode. */
import { Overlay } from '../../../src/remote/index.ts'
import { Unknown, type Change } from '../../../src/module/index.ts'
import { makeFacts, type KnownFacts } from './facts.ts'

export function predict(facts: KnownFacts, changes: Change[]): KnownFacts {
  const overlay = new Overlay()
  for (const action of changes.flatMap((change) => change.actions)) overlay.predict(action)
  const predicted = makeFacts()
  for (const [probe, fact] of facts.entries()) predicted.set(probe, fact instanceof Unknown ? fact : overlay.apply(probe, fact))
  return predicted
}
