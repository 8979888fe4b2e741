/** The engine: run > play > step > loop item. */
export type { ConnectionOptions, RunOptions } from './state/options.ts'
export { exitCode } from './state/options.ts'
export { selected } from './state/inherited-keywords.ts'
export { run } from './run/run.ts'
