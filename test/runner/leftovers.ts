/** Processes that a test file has started and left: they carry its temporary directory in their environment. */
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

export function endAll(temporary: string): void {
  for (const pid of processesOf(temporary)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

function processesOf(temporary: string): number[] {
  const own = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`=${temporary}`)
    } catch {
      return false
    }
  }
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && own(name)).map(Number)
  } catch {
    // Not Linux.
    return []
  }
}
