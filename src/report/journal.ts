/** The journal: the events of each run, kept on disk for later. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Sink } from '../events/index.ts'
import { jsonLine } from './json.ts'

/** Runs that are kept. */
const KEEP = 20
const NAME = /^\d{8}T\d{6}Z-\d+\.ndjson$/

export interface Journal extends Sink {
  /** The file; undefined when none can be written: a run never fails for its journal. */
  readonly path?: string
  close(): void
}

/** A journal in `DIRECTORY/runs/TIMESTAMP-PID.ndjson`, readable by its owner only. The oldest beyond 20 are removed. */
export function createJournal(directory: string): Journal {
  const opened = open(directory)
  if (!opened) return { emit() {}, close() {} }
  let file: number | undefined = opened.file
  return {
    path: opened.path,
    emit(event) {
      if (file === undefined) return
      try {
        writeSync(file, `${jsonLine(event)}\n`)
      } catch {
        // A full disk must not end the run; what is missing at the end shows.
        closeSync(file)
        file = undefined
      }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

function open(directory: string): { file: number; path: string } | undefined {
  const runs = join(directory, 'runs')
  try {
    mkdirSync(runs, { recursive: true, mode: 0o700 })
    // Nothing in here belongs into a repository.
    const ignore = join(directory, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
    const name = `${new Date().toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')}-${process.pid}.ndjson`
    const path = join(runs, name)
    const file = openSync(path, 'a', 0o600)
    removeOldest(runs)
    return { file, path }
  } catch {
    return undefined
  }
}

function removeOldest(runs: string): void {
  const names = readdirSync(runs)
    .filter((name) => NAME.test(name))
    .sort()
  for (const name of names.slice(0, -KEEP)) rmSync(join(runs, name), { force: true })
}
