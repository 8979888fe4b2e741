/**
 * The clock probe, as NTP asks: ours before the request and after the reply, the host's when it begins and when it ends. What
 * the host does in between, and how long the way takes, makes the answer less exact, never wrong.
 */
import { performance } from 'node:perf_hooks'
import type { ClockFact } from '../probe.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

/** Seconds since the epoch; never set back while we wait. */
const now = () => (performance.timeOrigin + performance.now()) / 1000

/** Reads the host's clock here, and in `stop`. */
export function askClocks(request: Request): { stop(): void; read(reply: Reply): ClockFact } {
  const section = request.name('s')
  const look = () => request.add(`date +%s.%N >>"$_R/${section}"`)
  const sent = now()
  look()
  return {
    stop: look,
    read(reply) {
      const received = now()
      const [began = Number.NaN, ended = Number.NaN] = reply.lines(section).map((line) => Number(/^\d+(?:\.\d+)?/.exec(line)?.[0]))
      return clockFact(sent, began, ended, received)
    },
  }
}

/** The host began after we sent, and ended before we received. */
export function clockFact(sent: number, began: number, ended: number, received: number): ClockFact {
  if (Number.isNaN(began) || Number.isNaN(ended)) return { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }
  return { least: ended - received, most: began - sent }
}
