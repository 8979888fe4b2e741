/** What a run is asked to do. */
import type { Secrets } from '../../events/index.ts'
import type { Inventory } from '../../inventory/index.ts'
import type { Registry } from '../../module/registry.ts'
import type { LoadContext, Play } from '../../playbook/index.ts'
import type { Vault } from '../../yaml/index.ts'

export interface ConnectionOptions {
  user?: string
  /** ssh (default), local or exec. */
  transport?: string
  privateKey?: string
  sshCommonArgs?: string
  /** Seconds until a connection attempt is given up. */
  timeout?: number
  hostKeyChecking?: 'yes' | 'accept-new' | 'no'
  become?: boolean
  becomeUser?: string
  becomeMethod?: string
  becomePassword?: string
}

export interface RunOptions {
  registry: Registry
  inventory: Inventory
  plays: Play[]
  /** Paths as the user gave them. */
  playbooks: string[]
  limit?: string
  tags: string[]
  skipTags: string[]
  check: boolean
  diff: boolean
  extraVars: Record<string, unknown>
  /** Hosts that are worked on at the same time. */
  forks: number
  startAtTask?: string
  step?: (taskName: string) => Promise<'yes' | 'no' | 'continue'>
  verbosity: number
  forceHandlers: boolean
  connection: ConnectionOptions
  vault?: Vault
  secrets: Secrets
  /** Asks the person at the terminal (pause, vars_prompt); missing when there is none. */
  ask?(prompt: string, options: { secret: boolean }): Promise<string>
  signal?: AbortSignal
  /** Keep other runs from changing the same hosts; they are waited for this many seconds. Missing: no locks. */
  lock?: { timeout: number }
  load: LoadContext
  /** Directory of the program, for what comes with it: `aarun_package_dir`. */
  packageDir?: string
  /** Directory for state that outlives a run (notified handlers); default `.aarun` in the working directory. */
  stateDir?: string
}

/** Exit codes of ansible-playbook. */
export const exitCode = { ok: 0, error: 1, failed: 2, unreachable: 4, interrupted: 99 } as const
