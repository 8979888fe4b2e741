/** Runs the program as a user would, in a directory of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { program } from '../program.ts'

export const main = program

export interface Done {
  code: number | null
  out: string
  err: string
}
export interface Started {
  done: Promise<Done>
  signal(name: NodeJS.Signals): void
  seen(text: RegExp): Promise<void>
}

/** A directory with these files. */
export function project(files: Record<string, string>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'cli-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function start(cwd: string, args: string[], options: { input?: string; env?: Record<string, string> } = {}): Started {
  const [program = '', ...first] = main
  const env = {
    ...process.env,
    AARUN_OUTPUT: '',
    ANSIBLE_INVENTORY: '',
    AARUN_INVENTORY: '',
    AARUN_DEBUG: '',
    FORCE_COLOR: '',
    ...options.env,
  }
  for (const name of Object.keys(env))
    if (env[name as keyof typeof env] === '') delete (env as Record<string, string | undefined>)[name]
  const child = spawn(program, [...first, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  let look = () => {}
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString()
    look()
  })
  child.stderr.on('data', (part: Buffer) => {
    err += part.toString()
    look()
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const done = new Promise<Done>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
  const seen = (text: RegExp) =>
    new Promise<void>((resolve, reject) => {
      look = () => void (text.test(out + err) && resolve())
      look()
      void done.then(() => reject(new Error(`ended without ${text}: ${out}${err}`)))
    })
  return { done, signal: (name) => void process.kill(child.pid ?? 0, name), seen }
}

export const aarun = (
  cwd: string,
  args: string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Done> => start(cwd, args, options).done
