export type * from './event.ts'
export { Secrets, MASK } from './secrets.ts'
export { createEmitter } from './emitter.ts'
export type { Emit, Unstamped } from './emitter.ts'
