/** Questions to the person at the terminal. They are written to stderr, because stdout may be a report. */
import process from 'node:process'
import { Interrupted } from './exit.ts'

export type Ask = (prompt: string, options: { secret: boolean; signal?: AbortSignal }) => Promise<string>

/** True when somebody can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true
}

/** Asks one question; a secret answer is not shown while it is typed. Ctrl-C, Ctrl-D and the signal end it. */
export const ask: Ask = async (text, { secret, signal }) => {
  const { createInterface } = await import('node:readline')
  const { Writable } = await import('node:stream')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = process.stdin.isTTY === true
  const prompt = /\s$/.test(text) ? text : /[:?]$/.test(text) ? `${text} ` : `${text}: `
  const reader = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal })
  let interrupted = () => {}
  try {
    return await new Promise<string>((resolve, reject) => {
      interrupted = () => reject(new Interrupted('interrupted'))
      reader.on('SIGINT', interrupted)
      reader.on('close', interrupted)
      signal?.addEventListener('abort', interrupted)
      // Only now, when nothing that is typed would be shown any more.
      if (secret) process.stderr.write(prompt)
      reader.question(secret ? '' : prompt, resolve)
    })
  } finally {
    signal?.removeEventListener('abort', interrupted)
    if (secret) process.stderr.write('\n')
    reader.removeAllListeners('close')
    reader.close()
    process.stdin.pause()
  }
}
