/**
 * Processes that a test file has started and left: they carry its temporary directory in their environment or on their
 * command line (nginx writes its title over its environment), or are children of one that does.
 */
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

function processesOf(temporary: string): Set<number> {
  const all = pids()
  const found = new Set(all.filter((pid) => read(pid, 'environ').includes(`=${temporary}`) || read(pid, 'cmdline').includes(`${temporary}/`)))
  const parents = new Map(all.map((pid) => [pid, parentOf(pid)]))
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid)
  }
  found.delete(process.pid)
  return found
}

function pids(): number[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
  } catch {
    // Not Linux.
    return []
  }
}

/** The fourth field; the second, a name in parentheses, may hold anything. */
function parentOf(pid: number): number {
  return Number(read(pid, 'stat').replace(/^.*\) \S+ /s, '').split(' ')[0])
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    return ''
  }
}
