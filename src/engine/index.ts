/** The engine: run > play > step > loop item. */
export type { ConnectionOptions, RunOptions } from './options.ts'
export { exitCode } from './options.ts'
export { selected } from './effective.ts'
export { run } from './run.ts'
