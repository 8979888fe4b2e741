/** A request under construction: a script, and the bytes that follow it on the same stream. */
import { createReadStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { Shell } from './quote.ts'

interface Payload { bytes?: Uint8Array; local?: string; size: number; place: string }

const terminator = 'aarun-end-of-request'

export class Request {
  #body: string[] = []
  #payloads: Payload[] = []
  #names = 0

  /** Adds shell text. */
  add(...texts: (Shell | string)[]): void {
    for (const text of texts) this.#body.push(String(text))
  }

  /** A name for a section of the reply: unique in the request, and never one that an action uses (those have no _). */
  name(prefix: string): string {
    return `${prefix}_${this.#names++}`
  }

  /** Sends bytes along; gives the shell word that names the file in which the host stored them. */
  payload(content: Uint8Array | string): Shell {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    const name = this.name('p')
    this.#payloads.push({ bytes, size: bytes.byteLength, place: `_store ${bytes.byteLength} "$_P/${name}"` })
    return new Shell(`"$_P/${name}"`)
  }

  /** Streams a file of this machine; `place` is the shell command that stores it, called with the size. */
  upload(local: string, size: number, place: (size: number) => Shell): void {
    this.#payloads.push({ local, size, place: place(size).text })
  }

  /** The script: it stores all payloads before it does anything else, so that nothing that fails can lose the thread. */
  script(): string {
    return [
      '{ _begin',
      ...this.#payloads.map(({ place }) => place),
      `_received ${terminator}`,
      ...this.#body,
      '_reply',
      '}',
    ].join('\n')
  }

  /** Writes the request; rejects when a file that is sent changed its size meanwhile. */
  async writeTo(stream: Writable): Promise<void> {
    const script = Buffer.from(this.script())
    stream.write(`${script.length}\n`)
    await write(stream, script)
    for (const payload of this.#payloads) {
      if (payload.bytes) await write(stream, payload.bytes)
      else await sendFile(stream, payload.local as string, payload.size)
    }
    stream.write(`${terminator}\n`)
  }
}

async function sendFile(stream: Writable, path: string, size: number): Promise<void> {
  let sent = 0
  for await (const chunk of createReadStream(path)) {
    sent += chunk.length
    if (sent > size) break
    await write(stream, chunk)
  }
  if (sent !== size) throw new Error(`${path} changed while it was sent: ${size} bytes were expected`)
}

/** Writes, and waits while the stream is full; a stream that closed takes everything. */
async function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength === 0 || stream.destroyed || stream.write(bytes)) return
  await new Promise<void>((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done)
      resolve()
    }
    for (const event of ['drain', 'close', 'error']) stream.on(event, done)
  })
}
