/** The processes of a load balancer, as their probe tells them. */
import type { CommandFact } from '../../../src/module/index.ts'

export interface Running {
  master?: number
  /** When the newest worker that is not shutting down was started, seconds; a reload starts new ones. */
  workers?: number
  /** Process numbers of the workers that take new requests, and of those that only answer what they have begun. */
  serving: number[]
  leaving: number[]
  /** Of those, the ones that are connected to a server that is drained. */
  busy: number[]
  /** Command line of the master. */
  command: string[]
  now: number
}

export const processes = (pidFile: string): string => `loadbalancer:${pidFile}`

export function readRunning(fact: CommandFact): Running {
  const numbers = (name: string) =>
    [...fact.stdout.matchAll(new RegExp(`^${name} (\\d+)$`, 'gm'))].map((match) => Number(match[1]))
  const workers = numbers('worker')
  return {
    master: numbers('master')[0],
    serving: numbers('serving'),
    leaving: numbers('leaving'),
    busy: numbers('busy'),
    command: [...fact.stdout.matchAll(/^word (.*)$/gm)].map((match) => match[1]!),
    ...(workers.length > 0 && { workers: Math.max(...workers) }),
    now: numbers('now')[0] ?? 0,
  }
}

/** Clocks are read with whole seconds. */
const SLACK = 2

/** Was a file changed after the workers were started? A time in the future tells nothing. */
export function isStale(running: Running, mtime: number | undefined): boolean {
  return running.workers !== undefined && mtime !== undefined && mtime <= running.now + 1 && running.workers + SLACK < mtime
}
