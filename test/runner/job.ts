/** One command line in a process of its own, with a temporary directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../program.ts'
import { endAll } from './leftovers.ts'

export interface Job { title: string; argv: string[]; timeout: number; env?: Record<string, string> }
export interface Ended { code: number | null; output: string; seconds: number }

const running = new Map<ChildProcess, string>()
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopJobs)

/** Was the runner told to end? */
export const interrupted = (): boolean => stopped

export function runJob(job: Job): Promise<Ended> {
  return new Promise((resolve) => {
    const started = Date.now()
    const [program, ...args] = job.argv as [string, ...string[]]
    // What a file leaves there goes with it, and no two files meet.
    const temporary = mkdtempSync(join(tmpdir(), 'aarun-t-'))
    chmodSync(temporary, 0o1777)
    const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', TMPDIR: temporary, AARUN_TEST_TMPDIR: temporary, AARUN_LOCK_DIR: join(temporary, 'aarun.lock'), ...job.env }
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env })
    running.set(child, temporary)
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const timer = setTimeout(() => {
      output += `\nstopped after ${job.timeout} s\n`
      child.kill('SIGKILL')
    }, job.timeout * 1000)
    child.on('error', (error) => {
      output += `${error.message}\n`
      end(null)
    })
    const end = (code: number | null) => {
      if (!running.has(child)) return
      clearTimeout(timer)
      running.delete(child)
      clean(temporary)
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ code, output, seconds: (Date.now() - started) / 1000 })
    }
    child.on('close', end)
    child.on('exit', (code) => {
      // A grandchild may keep the pipes open: it is ended, or what was said until here is enough.
      endAll(temporary)
      setTimeout(() => end(code), 1000)
    })
  })
}

/** Ends whatever runs now, and what that has started. */
function stopJobs(): void {
  stopped = true
  for (const [child, temporary] of running) {
    child.kill('SIGKILL')
    clean(temporary)
  }
}

function clean(temporary: string): void {
  endAll(temporary)
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
}
