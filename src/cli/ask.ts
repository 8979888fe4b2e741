/** Questions to the person at the terminal. They are written to stderr, because stdout may be a report. */
import process from 'node:process'
import { Interrupted } from './exit.ts'

export type Ask = (prompt: string, options: { secret: boolean }) => Promise<string>

/** True when somebody can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true
}

/** Asks one question; a secret answer is not shown while it is typed. */
export const ask: Ask = async (prompt, { secret }) => {
  const { createInterface } = await import('node:readline')
  const { Writable } = await import('node:stream')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = process.stdin.isTTY === true
  if (secret) process.stderr.write(prompt)
  const reader = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal })
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.on('SIGINT', () => reject(new Interrupted()))
      reader.on('close', () => reject(new Interrupted()))
      reader.question(secret ? '' : prompt, resolve)
    })
  } finally {
    if (secret) process.stderr.write('\n')
    reader.removeAllListeners('close')
    reader.close()
    process.stdin.pause()
  }
}
