/** Connections to hosts, probes and actions, and the prediction of what planned actions will make true. */
export type * from './action.ts'
export * from './probe.ts'
export { type Acted, type ActOptions, type AskOptions, type Connection, connect, connectLocal } from './connection.ts'
export { controller } from './controller.ts'
export { UnreachableError } from './errors.ts'
export { Overlay } from './overlay/overlay.ts'
export type { Become, Target } from './target.ts'
export { Unknown } from './unknown.ts'
