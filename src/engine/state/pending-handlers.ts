/**
 * Handlers that were notified but have not run yet, kept on disk.
 *
 * A run that ends between a change and its handler (a failure, a killed process) would otherwise never restart the
 * service: the next run finds the file as desired and notifies nobody. So the notification is written down before the
 * change is made, and crossed off when the handler has run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

interface Entry { play: string; handler: string; host: string }

export class PendingHandlers {
  private readonly file: string
  private entries: Entry[] | undefined

  constructor(stateDir: string) {
    this.file = join(resolve(stateDir), 'pending-handlers.json')
  }

  /** Handlers of this play on this host that an earlier run left. */
  of(play: string, host: string): string[] {
    return this.load().filter((entry) => entry.play === play && entry.host === host).map((entry) => entry.handler)
  }

  /** Gives what takes it back. */
  add(play: string, handlers: string[], host: string): () => void {
    const entries = this.load()
    const missing = handlers.filter((handler) => !entries.some((entry) => entry.play === play && entry.handler === handler && entry.host === host))
    if (missing.length === 0) return () => undefined
    entries.push(...missing.map((handler) => ({ play, handler, host })))
    this.save()
    return () => missing.forEach((handler) => this.done(play, handler, host))
  }

  done(play: string, handler: string, host: string): void {
    const entries = this.load()
    const left = entries.filter((entry) => !(entry.play === play && entry.handler === handler && entry.host === host))
    if (left.length === entries.length) return
    this.entries = left
    this.save()
  }

  private load(): Entry[] {
    if (this.entries) return this.entries
    this.removeCandidates()
    this.entries = existsSync(this.file) ? read(this.file) : []
    return this.entries
  }

  /** What a run left that was killed while it wrote; that of a run that lives is its own. */
  private removeCandidates(): void {
    const directory = dirname(this.file)
    if (!existsSync(directory)) return
    for (const name of readdirSync(directory)) {
      const pid = name.startsWith(`${basename(this.file)}.`) ? Number(name.slice(basename(this.file).length + 1)) : Number.NaN
      if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(directory, name), { force: true })
    }
  }

  private save(): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 })
    const candidate = `${this.file}.${process.pid}`
    writeFileSync(candidate, `${JSON.stringify(this.entries, null, 1)}\n`, { mode: 0o600, flush: true })
    renameSync(candidate, this.file)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A damaged file must not stop a run; at worst a handler is not run again. */
function read(file: string): Entry[] {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(value) ? (value as Entry[]) : []
  } catch {
    return []
  }
}
