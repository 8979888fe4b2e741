/** What a test file leaves is ended, also what hides its environment and what it has started itself; nothing else is. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll } from './leftovers.ts'

/** Starts a shell that starts a `sleep`; gives the signal that ended the shell, and the pid of its child. */
async function start(args: string[], env: Record<string, string>) {
  const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; wait', 'sh', ...args], { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => shell.on('exit', (_, signal) => resolve(signal)))
  const child = await new Promise<number>((resolve) => shell.stdout.once('data', (data: Buffer) => resolve(Number(data))))
  return { shell, ended, child }
}

/** Waits until it is dead, even when nobody has collected it; false if it lives on. */
async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 500; tries++) {
    if (!existsSync(`/proc/${pid}`) || stateOf(pid) === 'Z') return true
    await wait(10)
  }
  return false
}

/** The state follows the name in parentheses. */
const stateOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')[0]

test('by environment and by command line, with children', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aarun-left-'))
  const byEnvironment = await start([], { TMPDIR: directory })
  const byCommandLine = await start([`${directory}/conf`], {})
  const other = await start([`${directory}-other/conf`], { TMPDIR: `/else${directory}` })
  try {
    endAll(directory)
    assert.is(await byEnvironment.ended, 'SIGKILL')
    assert.is(await byCommandLine.ended, 'SIGKILL')
    assert.is(other.shell.exitCode, null)
    for (const { child } of [byEnvironment, byCommandLine]) assert.ok(await ended(child))
    assert.is.not(stateOf(other.child), 'Z')
  } finally {
    process.kill(other.child)
    other.shell.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
})

test.run()
