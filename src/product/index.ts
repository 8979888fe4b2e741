/**
 * What WSO2 API Manager makes of its deployment.toml, by the rules that a pack brings: which keys are read, and which
 * files come out. In: a pack and a text. Out: findings, files, differences. No host is asked.
 */
export { effect, type Effect } from './effect.ts'
export type { Drift } from './drift/drift.ts'
export type { IsSecret } from './hide.ts'
export type { Finding } from './lint/lint.ts'
export { MapperError, type Surroundings } from './mapper/placeholders.ts'
export { TomlSyntaxError } from './mapper/toml.ts'
export { PackError, packTexts } from './pack/files.ts'
export { openPack, packFrom, unread, type Pack } from './product.ts'
