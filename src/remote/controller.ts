import { connectLocal } from './connection.ts'
import type { Action } from './action.ts'
import type { Probe } from './probe.ts'
const local = connectLocal()
export const controller = {
  ask: (probes: Probe[]) => local.ask(probes.map((p) => ({ ...p, on: undefined }))),
  act: (actions: Action[]) => local.act(actions.map((a) => ({ ...a, on: undefined }))),
  close: () => local.close(),
}
