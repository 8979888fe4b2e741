/** Facts by probe, for tests. */
import { NeedsUnknown, probeKey, Unknown } from '../../../src/module/index.ts'
import type { Fact, Facts, Probe, ProbeKind } from '../../../src/module/index.ts'

export interface KnownFacts extends Facts {
  set(probe: Probe, fact: Fact | Unknown): void
  /** Those of the probes that were not asked yet, each once. */
  missing(probes: Probe[]): Probe[]
  entries(): [Probe, Fact | Unknown][]
}

export function makeFacts(): KnownFacts {
  const known = new Map<string, [Probe, Fact | Unknown]>()
  const facts: KnownFacts = {
    get<K extends ProbeKind>(probe: Probe<K>): Fact<K> | Unknown {
      const entry = known.get(probeKey(probe as Probe))
      if (!entry) throw new Error(`plan uses a probe that observe did not name: ${probeKey(probe as Probe)}`)
      return entry[1] as Fact<K> | Unknown
    },
    need<K extends ProbeKind>(probe: Probe<K>): Fact<K> {
      const fact = facts.get(probe)
      if (fact instanceof Unknown) throw new NeedsUnknown(fact.reason)
      return fact as Fact<K>
    },
    has: (probe) => known.has(probeKey(probe)),
    set: (probe, fact) => void known.set(probeKey(probe), [probe, fact]),
    missing: (probes) =>
      [...new Map(probes.map((probe) => [probeKey(probe), probe])).values()].filter((probe) => !facts.has(probe)),
    entries: () => [...known.values()],
  }
  return facts
}
