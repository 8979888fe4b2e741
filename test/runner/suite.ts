/** Runs test files, two at a time, with what they share; and is stopped by Ctrl-C without leaving anything. */
import process from 'node:process'
import { isEndToEnd } from './files.ts'
import { interrupted, type Job, runJob } from './job.ts'
import { provide } from './provide.ts'
import { Total } from './result.ts'

const WORKERS = 2

export interface Suite {
  /** Files to run under Node. */
  node: string[]
  /** Files to run under Deno, and where it is. */
  deno?: string[]
  runtime?: string
  /** The built program; without it, the sources are started. */
  program?: string | undefined
  /** More for the environment of the files under Node. */
  env?: Record<string, string>
}

/** What passed and failed; undefined: it was interrupted. */
export async function runSuite({ node, deno = [], runtime = '', program, env: more }: Suite): Promise<Total | undefined> {
  if (interrupted()) return undefined
  const { env, cache, stop } = await provide([...node, ...deno], program)
  const jobs: Job[] = [
    ...node.map((file) => ({ title: file, argv: [process.execPath, '--import', 'tsx', '--import', './test/runner/own-tmpdir.mjs', file], timeout: timeout(file), env: { ...env, ...more, TMPDIR: cache } })),
    ...deno.map((file) => ({ title: `deno ${file}`, argv: [runtime, 'run', '-A', '--no-prompt', file], timeout: timeout(file), env })),
  ]
  const total = new Total()
  const work = async () => {
    for (let job = jobs.shift(); job && !interrupted(); job = jobs.shift()) {
      const ended = await runJob(job)
      if (!interrupted()) total.add(job, ended)
    }
  }
  try {
    await Promise.all(Array.from({ length: WORKERS }, work))
  } finally {
    await stop()
  }
  return interrupted() ? undefined : total
}

/** Only ends what hangs: several times what the file takes on a machine that is busy. */
const timeout = (file: string) => (isEndToEnd(file) ? 1500 : 900)
