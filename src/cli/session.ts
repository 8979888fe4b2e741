/** What every command that runs something needs: inventory, modules, vault, variables; and the run itself. */
import process from 'node:process'
import { Secrets } from '../events/index.ts'
import type { Event, Sink } from '../events/index.ts'
import type { RunOptions } from '../engine/index.ts'
import { loadInventory } from '../inventory/index.ts'
import type { Inventory } from '../inventory/index.ts'
import { Registry } from '../module/registry.ts'
import type { LoadContext, Play } from '../playbook/index.ts'
import { createJournal, createReport } from '../report/index.ts'
import type { Report, ReportOptions } from '../report/index.ts'
import type { InputError, Vault } from '../yaml/index.ts'
import { modules } from '../../tasks/index.ts'
import { ask, canAsk } from './ask.ts'
import { exit, Interrupted, UsageError } from './exit.ts'
import { parseExtraVars } from './extra-vars.ts'
import { inventorySources } from './options.ts'
import type { RunFlags } from './options.ts'
import { packageRoot } from './package.ts'
import { becomePassword, openVault } from './secrets.ts'

export interface Session {
  flags: RunFlags
  secrets: Secrets
  vault?: Vault
  inventory: Inventory
  registry: Registry
  extraVars: Record<string, unknown>
  load: LoadContext
}

/** Reads all that a run needs beside its playbooks. */
export async function openSession(flags: RunFlags, playbookDir: string): Promise<Session> {
  if (flags.askPass)
    throw new UsageError(
      'passwords of ssh are not supported',
      'connect with a key: --private-key FILE, an agent, or IdentityFile in ~/.ssh/config',
    )
  const secrets = new Secrets()
  const vault = await openVault(flags, secrets)
  const registry = new Registry(modules)
  const extraVars = parseExtraVars(flags.extraVars ?? [], vault)
  const rolesPath = (process.env['ANSIBLE_ROLES_PATH'] ?? '').split(':').filter((path) => path !== '')
  const inventory = loadInventory(inventorySources(flags), { vault, playbookDir })
  const load: LoadContext = { registry, extraVars, rolesPath, playbookDir, vault }
  return { flags, secrets, ...(vault ? { vault } : {}), inventory, registry, extraVars, load }
}

export interface Work {
  plays: Play[]
  playbooks: string[]
  tags?: string[]
  skipTags?: string[]
  warnings?: InputError[]
  startAtTask?: string
  step?: boolean
  forceHandlers?: boolean
  /** Instead of the report that the flags name. */
  report?: (options: ReportOptions) => Report
}

/** Runs the plays and reports; gives the exit code. */
export async function runSession(session: Session, work: Work): Promise<number> {
  const { flags, secrets } = session
  const password = await becomePassword(flags, secrets)
  const { run } = await import('../engine/index.ts')
  const report = await openReport(flags, work)
  // Check mode leaves no trace, not even its own journal.
  const journal = flags.check ? undefined : createJournal('.aarun')
  const sink = warnFirst(journal ? [report, journal] : [report], work.warnings ?? [], secrets)
  const stopping = stopOnSignal(report)
  const question: NonNullable<RunOptions['ask']> = async (prompt, options) => {
    await report.suspend()
    try {
      const answer = await ask(prompt, { ...options, signal: stopping.signal })
      if (options.secret) secrets.add(answer)
      return answer
    } catch (error) {
      if (error instanceof Interrupted) stopping.stop()
      throw error
    } finally {
      report.resume()
    }
  }
  try {
    const { exit: code } = await run(
      {
        registry: session.registry,
        inventory: session.inventory,
        plays: work.plays,
        playbooks: work.playbooks,
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
        tags: work.tags ?? [],
        skipTags: work.skipTags ?? [],
        check: flags.check ?? false,
        diff: flags.diff ?? false,
        extraVars: session.extraVars,
        forks: flags.forks,
        ...(work.startAtTask === undefined ? {} : { startAtTask: work.startAtTask }),
        ...(work.step ? { step: stepper(question) } : {}),
        verbosity: flags.verbose,
        forceHandlers: work.forceHandlers ?? false,
        connection: connection(flags, password),
        ...(session.vault ? { vault: session.vault } : {}),
        secrets,
        ...(canAsk() ? { ask: question } : {}),
        signal: stopping.signal,
        load: session.load,
        packageDir: packageRoot,
        ...(flags.lock ? { lock: { timeout: flags.lockTimeout } } : {}),
      },
      sink,
    )
    return stopping.signal.aborted ? exit.interrupted : code
  } finally {
    stopping.release()
    journal?.close()
    await report.close()
  }
}

async function openReport(flags: RunFlags, work: Work): Promise<Report> {
  const stream = process.stdout
  const environment = process.env
  const plainText = (environment['NO_COLOR'] ?? environment['ANSIBLE_NOCOLOR'] ?? '') !== ''
  const forced = (environment['FORCE_COLOR'] ?? environment['ANSIBLE_FORCE_COLOR'] ?? '') !== ''
  const color = !plainText && (forced || stream.isTTY === true)
  const options: ReportOptions = { verbosity: flags.verbose, stream, color }
  if (work.report && flags.output === undefined) return work.report(options)
  const terminal = stream.isTTY === true && environment['TERM'] !== 'dumb'
  return createReport(flags.output ?? (terminal ? 'live' : 'plain'), options)
}

function connection(flags: RunFlags, password: string | undefined): RunOptions['connection'] {
  const checking = process.env['ANSIBLE_HOST_KEY_CHECKING']
  const off = checking !== undefined && /^(false|no|off|0)$/i.test(checking)
  return {
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.connection === undefined ? {} : { transport: flags.connection }),
    ...(flags.privateKey === undefined ? {} : { privateKey: flags.privateKey }),
    ...(flags.sshCommonArgs === undefined ? {} : { sshCommonArgs: flags.sshCommonArgs }),
    ...(flags.timeout === undefined ? {} : { timeout: flags.timeout }),
    ...(flags.acceptNew ? { hostKeyChecking: 'accept-new' as const } : off ? { hostKeyChecking: 'no' as const } : {}),
    ...(flags.become ? { become: true } : {}),
    ...(flags.becomeUser === undefined ? {} : { becomeUser: flags.becomeUser }),
    ...(flags.becomeMethod === undefined ? {} : { becomeMethod: flags.becomeMethod }),
    ...(password === undefined ? {} : { becomePassword: password }),
  }
}

/** Passes events on; what was noticed before the run comes right after its first event. */
function warnFirst(sinks: Sink[], warnings: InputError[], secrets: Secrets): Sink {
  const emit = (event: Event) => sinks.forEach((sink) => sink.emit(event))
  return {
    emit(event) {
      emit(event)
      if (event.event !== 'run') return
      for (const { message, position, hint } of warnings) {
        const text = secrets.mask(hint ? `${message} (${hint})` : message)
        emit({
          time: event.time,
          event: 'warning',
          message: text,
          ...(position ? { path: position.file, line: position.line, column: position.column } : {}),
        })
      }
    },
  }
}

/** Ctrl-C: the first time what is running may end, the second time everything ends. */
function stopOnSignal(report: Report): { signal: AbortSignal; stop(): void; release(): void } {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) {
      if (process.stdout.isTTY) process.stdout.write('\u001b[?25h')
      process.exit(exit.interrupted)
    }
    controller.abort()
    void report.suspend().then(() => {
      process.stderr.write('\nStopping: what is running may end; press Ctrl-C again to end at once.\n')
      report.resume()
    })
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => signals.forEach((name) => process.off(name, onSignal)),
  }
}

function stepper(question: NonNullable<RunOptions['ask']>): NonNullable<RunOptions['step']> {
  return async (name) => {
    for (;;) {
      const answer = (await question(`Perform task: ${name} (N)o/(y)es/(c)ontinue: `, { secret: false })).trim().toLowerCase()
      if (answer === 'y' || answer === 'yes') return 'yes'
      if (answer === 'c' || answer === 'continue') return 'continue'
      if (answer === '' || answer === 'n' || answer === 'no') return 'no'
    }
  }
}
