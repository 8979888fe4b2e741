/**
 * The task module contract: a schema, `observe` and a pure `plan`. The engine does everything else: it sends the
 * probes, calls `plan`, stops there in check mode, runs the actions, observes again and plans again.
 */
import type { z } from 'zod'
import type { Action, Outcome } from '../remote/action.ts'
import type { Fact, Probe, ProbeKind } from '../remote/probe.ts'
import type { Unknown } from '../template/index.ts'

/** What was observed. */
export interface Facts {
  /** The answer; Unknown in check mode where it depends on a change that was only planned; throws when never asked. */
  get<K extends ProbeKind>(probe: Probe<K>): Fact<K> | Unknown
  /** As `get`, for a module that can do nothing without it: ends the plan as "unknown" (check mode only). */
  need<K extends ProbeKind>(probe: Probe<K>): Fact<K>
  /** False while the probe has not been asked yet (only inside `observe`). */
  has(probe: Probe): boolean
}

export interface Change {
  /** One line in the present tense: 'write /etc/hosts', 'start nginx'. No secrets. */
  summary: string
  /** For the diff; undefined: nothing there. */
  before?: DiffSide
  after?: DiffSide
  /** For the diff alone: what else will be different because of it, later and by itself. Unified diffs, without secrets. */
  effects?: string[]
  actions: Action[]
}
/** `text` is compared line by line; `label` is what stands behind --- or +++ (default: the path or the task). */
export interface DiffSide { label?: string; text: string; secret?: boolean }

export interface Plan {
  /** Empty: already as desired. */
  changes: Change[]
  /** What `register` sees beside changed, failed, diff. Facts as of this plan. */
  result?: Record<string, unknown>
  /** The desired state can't be reached from here: the task fails with this message and nothing is done. */
  failed?: string
  /** Nothing to do for a reason that the user should see ('skipped' in the recap), for example `creates` exists. */
  skipped?: string
  /** Not yet as it should be, and only time will make it so (wait_for, a starting server): the engine asks again. */
  pending?: string
  warnings?: string[]
  /** What only the engine can do; see EngineEffects. */
  engine?: EngineEffects
}

/** Effects on the run itself, of the modules that never touch a host. */
export interface EngineEffects {
  /** set_fact (`cacheable` is accepted). */
  setFacts?: Record<string, unknown>
  /** include_vars: higher precedence than play vars. */
  setVars?: Record<string, unknown>
  /** ansible_facts of the host, without prefix. */
  systemFacts?: Record<string, unknown>
  addHost?: { name: string; groups: string[]; vars: Record<string, unknown> }
  groupBy?: { group: string; parents: string[] }
  meta?: string
  pause?: { seconds?: number; prompt?: string; echo?: boolean }
  stats?: { data: Record<string, unknown>; perHost: boolean; aggregate: boolean }
}

/** How long and how often the engine asks again while a plan is pending. Seconds. */
export interface Patience { timeout: number; interval: number; delay?: number }

export interface Context {
  readonly check: boolean
  /** Differences are shown: what only a diff needs is not worth making otherwise. */
  readonly diff: boolean
  readonly host: { name: string; /** Address that other hosts use. */ address: string; transport: 'ssh' | 'local' | 'exec'; user?: string }
  /** `environment:` of the task, for the actions and probes of commands. The engine adds it itself; here to be read. */
  readonly environment: Record<string, string>
  /** Evaluates a bare expression or condition with the task's variables (for arguments listed in `rawArgs`). */
  evaluate(expression: string): unknown
  condition(expression: string | boolean): boolean | Unknown
  /** Renders a template text with the task's variables. Throws with file:line:col on an error. */
  render(text: string, options?: RenderOptions): string | Unknown
  /** Finds a file of the project as Ansible does (role, playbook/files, playbook dir …); throws, naming where it looked. */
  find(kind: 'files' | 'templates' | 'vars' | 'tasks', name: string): string
  variable(name: string): unknown
  /** Where a key below a variable was written, of this host or another; undefined where that is not known: it is computed. */
  origin?(name: string, path: string[], host?: string): { file: string; line: number; column: number } | undefined
  /** The value of a YAML text of the project: `!vault` and vaulted files are decrypted, `!unsafe` is kept. `file` is for messages. */
  loadYaml?(file: string, text: string): unknown
  /** Name of every host that matches a pattern. */
  hosts(pattern: string): string[]
  /** How the controller reaches the host, for rsync: argv of the remote shell and the user@host part; undefined when it is local. */
  readonly remoteShell?: { argv: string[]; target: string }
  /** While verifying: the facts on which the changes that were just applied were planned. */
  readonly before?: Facts
  /** While verifying: what came of the actions, in order. */
  readonly outcomes?: Outcome[]
}
export interface RenderOptions {
  file?: string
  trimBlocks?: boolean
  lstripBlocks?: boolean
  variableStart?: string
  variableEnd?: string
  blockStart?: string
  blockEnd?: string
  keepTrailingNewline?: boolean
  newline?: string
}

/** What reading a playbook needs of a module: all of it is known without loading the module's file. */
export interface ModuleNames {
  /** Ansible's short name; the fully qualified names are found by the registry. */
  name: string
  /** Other names under which it is known (short or full). */
  aliases?: string[]
  /** Collection of the full name, default ansible.builtin. */
  collection?: string
  /** Argument that takes the free form (`command: ls -l`). */
  freeForm?: string
  /** The free form is a command line: of its words only the options of `command` (`creates=`, `chdir=` ...) are arguments. */
  commandLine?: true
  /** True: asks something that lives (a service): asked when its turn comes, not ahead, and for each loop item anew. */
  live?: true
  /** Runs once for all hosts of the batch and never asks a host (add_host, meta …). */
  runOnce?: true
}

/** A line of the index of modules (`tasks/index.ts`): the names, and what imports the file when the module is used. */
export interface ModuleEntry extends ModuleNames {
  /** The module is the default export; each has arguments of its own type. */
  load(): Promise<{ default: unknown }>
}

export interface TaskModule<Schema extends z.ZodType = z.ZodType> extends ModuleNames {
  /** One sentence. */
  summary: string
  /** Paragraphs of Markdown: what to know, pitfalls, sources of product facts. */
  description?: string
  /** At least one task, YAML; it is validated by the test suite. */
  examples: string
  /**
   * z.strictObject of the arguments, each with `.describe()` (or `.meta({ description, aliases: ['dest'], secret: true })`).
   * Use the argument types of `src/module/arguments.ts` for paths, modes, booleans …
   */
  args: Schema
  /** Any key is an argument (set_fact, add_host): kept as they are beside the declared ones. */
  openArgs?: boolean
  /** Arguments that are not templated by the engine but given as written (assert's `that`, debug's `var`). */
  rawArgs?: string[]
  /** What `register` sees, by name. */
  returns?: Record<string, string>
  /** Which probes; called again with what is known until it names nothing new. */
  observe(args: z.output<Schema>, known: Facts, context: Context): Probe[]
  /** Pure. */
  plan(args: z.output<Schema>, facts: Facts, context: Context): Plan
  /** False: it never reports a change of its own accord (stat, assert, uri …), whatever may not be known in check mode. */
  changes?: false
  /** False: its action has no state to observe (command, shell, script …): no second plan after applying. */
  converges?: boolean
  /** What `register` sees after applying, for modules whose outcome is their result. Default: `result` of the last plan. */
  report?(args: z.output<Schema>, outcomes: Outcome[], facts: Facts, context: Context): { result: Record<string, unknown>; failed?: string; changed?: boolean }
  /** For plans that may be pending. */
  patience?(args: z.output<Schema>): Patience
}

/** Keeps the argument type of the schema for observe and plan. */
export function defineModule<Schema extends z.ZodType>(module: TaskModule<Schema>): TaskModule<Schema> {
  return module
}

/** Thrown by Facts.need: the plan depends on a change that was only planned. */
export class NeedsUnknown extends Error {
  readonly reason: string
  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}
