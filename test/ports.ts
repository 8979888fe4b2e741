/**
 * Free ports. They lie below those that the system gives to clients, and within a run of the suite each is given out once:
 * between looking for a port and listening on it, nobody else gets it.
 */
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { shared } from './shared.ts'

const [LOWEST, HIGHEST] = [10_000, 32_000]

export function freePort(): Promise<number> {
  return freeOffset([0], LOWEST, HIGHEST)
}

/** An offset from this range with which all of the ports are free. */
export async function freeOffset(ports: number[], from: number, to: number): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const offset = from + Math.floor(Math.random() * (to - from))
    const wanted = ports.map((port) => port + offset)
    if ((await Promise.all(wanted.map(isFree))).every(Boolean) && wanted.every(reserve)) return offset
  }
  throw new Error('no free ports were found')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
}

function reserve(port: number): boolean {
  if (!shared.ports) return true
  try {
    mkdirSync(join(shared.ports, String(port)))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
