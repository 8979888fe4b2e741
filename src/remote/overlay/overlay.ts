import type { Action } from '../action.ts'
import type { Fact, Probe } from '../probe.ts'
import type { Unknown } from '../unknown.ts'
export class Overlay {
  opaque?: string
  predict(_action: Action): void {}
  apply(_probe: Probe, observed: Fact): Fact | Unknown { return observed }
}
