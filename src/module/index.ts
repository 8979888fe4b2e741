/** All that a task module may import. */
export * from './contract.ts'
export * as arg from './arguments.ts'
export { probe, probeKey } from '../remote/probe.ts'
export type * from '../remote/probe.ts'
export type * from '../remote/action.ts'
export { Unknown } from '../template/index.ts'
export { z } from 'zod'
