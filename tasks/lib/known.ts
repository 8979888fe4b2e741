/** Reading facts while some are still to be asked. */
import { Unknown } from '../../src/module/index.ts'
import type { Fact, Facts, Probe, ProbeKind } from '../../src/module/index.ts'

/** The answer; undefined while it was not asked, and where check mode can't know it. */
export function answer<K extends ProbeKind>(facts: Facts, asked: Probe<K>): Fact<K> | undefined {
  if (!facts.has(asked as Probe)) return undefined
  const fact = facts.get(asked)
  return fact instanceof Unknown ? undefined : (fact as Fact<K>)
}

/** For `plan`: ends it as unknown when one of these can't be known. */
export function needAll(facts: Facts, asked: Probe[]): void {
  for (const question of asked) facts.need(question)
}

/** The answer, or undefined where check mode can't know it. */
export function known<T>(fact: T | Unknown): T | undefined {
  return fact instanceof Unknown ? undefined : fact
}
