/** What is known while a playbook is read. */
import type { Registry } from '../module/registry.ts'
import { ErrorCollector } from '../yaml/error.ts'
import type { Vault } from '../yaml/index.ts'
import type { Item, Role } from './model.ts'

export interface LoadContext {
  registry: Registry
  vault?: Vault | undefined
  extraVars: Record<string, unknown>
  rolesPath: string[]
  /** Directory of the playbook, where only a part of it is read (loadTaskFile, loadRole). */
  playbookDir?: string | undefined
}

/** Goes down with the reader: what is below a role or another file gets a copy. */
export interface Reading {
  readonly context: LoadContext
  readonly errors: ErrorCollector
  readonly playbookDir: string
  /** Directory of the file that is read. */
  readonly directory: string
  readonly role?: Role | undefined
  /** Handlers are read: they may `listen`. */
  readonly handlers: boolean
  /** Files and roles that are being read, to notice one that imports itself. */
  readonly stack: readonly string[]
  /** Variables with which the name of an import may be written. */
  readonly vars: Record<string, unknown>
  /** What was found on the way, for the play. */
  readonly found: { roles: Role[]; handlers: Item[]; handlersOf: Set<string>; deduplicate: Set<string> }
}

export function startReading(context: LoadContext, playbookDir: string, directory = playbookDir): Reading {
  return {
    context,
    playbookDir,
    directory,
    handlers: false,
    stack: [],
    vars: context.extraVars,
    errors: new ErrorCollector(),
    found: { roles: [], handlers: [], handlersOf: new Set(), deduplicate: new Set() },
  }
}
