/**
 * One resident shell on a host: starts it, sends requests one after the other, reads the framed replies. In: a target,
 * and requests (a script, and bytes behind it). Out: named sections of bytes, or an UnreachableError that says why.
 */
import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { explain, UnreachableError } from '../errors.ts'
import { parseSizes, Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { nameOf, type Target } from '../target.ts'
import { library } from './library.ts'
import { type CommandLine, commandLine } from './command.ts'
import { setup } from './loop.ts'
import { Reader } from './reader.ts'

/** Called with output of a running command: its number, which stream, and the bytes. */
export type OnOutput = (action: number, stream: 'stdout' | 'stderr', bytes: Buffer) => void

export class Session {
  /** Home directory of the user on the host. */
  home = '/'
  /** Has its shell taken the host's lock? */
  locked = false
  /** Did the connection end? */
  closed = false
  readonly #target: Target
  readonly #process: ReturnType<typeof start>
  /** May a password be asked for before the shell is there? */
  readonly #asks: boolean
  #greeted = false
  readonly #reader = new Reader()
  readonly #ready: Promise<void>
  #said = ''
  /** What we know better than what the other side says. */
  #verdict: string | undefined
  #ended = 'the connection ended'
  #closing: Promise<void> | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(target: Target) {
    this.#target = target
    const nonce = `aarun-${randomBytes(16).toString('hex')}`
    const { argv, prompt } = commandLineOf(target, nonce)
    this.#asks = prompt !== undefined
    this.#process = start(argv)
    this.#listen(prompt)
    this.#ready = this.#greet(nonce)
    this.#ready.catch(() => {})
    // With a password the stream first belongs to sudo; otherwise the first request need not wait for the greeting.
    if (!this.#asks) this.#setup()
  }

  /** Resolves when the host has answered. */
  ready(): Promise<void> {
    return this.#ready
  }

  /** Sends a request when its turn comes; resolves with the reply. */
  request(request: Request, onOutput?: OnOutput): Promise<Reply> {
    const turn = this.#queue.then(() => this.#exchange(request, onOutput))
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Ends the session after what was already sent. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    await this.#queue
    this.#process.stdin.end()
    const stop = setTimeout(() => this.#process.kill('SIGTERM'), 5000)
    await this.#process.catch(() => {})
    clearTimeout(stop)
  }

  /** Stops the session. The end of its input lets the shell on the host clean up; what does not end then is ended. */
  kill(): void {
    this.#process.stdin.destroy()
    const late = setTimeout(() => this.#process.kill('SIGTERM'), 1000)
    this.#process.finally(() => clearTimeout(late)).catch(() => {})
  }

  /** Whether this session keeps Node running. */
  hold(on: boolean): void {
    for (const part of [this.#process, this.#process.stdin, this.#process.stdout, this.#process.stderr]) {
      const counted = part as { ref?: () => void; unref?: () => void }
      if (on) counted.ref?.()
      else counted.unref?.()
    }
  }

  #setup(): void {
    const script = Buffer.from(setup + library)
    this.#process.stdin.write(Buffer.concat([Buffer.from(`${script.length}\n`), script]))
  }

  #listen(prompt: RegExp | undefined): void {
    const { stdin, stdout, stderr } = this.#process
    stdin.on('error', () => {})
    stdout.on('data', (chunk: Buffer) => this.#reader.push(chunk))
    let asked = 0
    let unanswered = ''
    stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-8192)
      unanswered += chunk.toString()
      // Only the first word counts: su says why it refuses in pieces, and `su: ` alone looks like a question.
      if (this.#greeted || this.#verdict !== undefined || !prompt?.test(unanswered)) return
      unanswered = ''
      this.#answer(asked++)
    })
    const done = (ended: string) => {
      this.closed = true
      this.#ended = ended
      this.#reader.end()
    }
    this.#process.then(
      (result) => done(result.originalMessage ?? `it ended with rc ${result.exitCode}`),
      (error: Error) => done(error.message),
    )
  }

  /** Gives the become password once; being asked again means that it was wrong. */
  #answer(asked: number): void {
    const password = this.#target.become?.password
    if (asked > 0 || password === undefined) {
      this.#verdict = asked > 0 ? 'incorrect password' : 'a password is required'
      this.kill()
    } else {
      this.#said = ''
      this.#process.stdin.write(`${password}\n`)
    }
  }

  async #greet(nonce: string): Promise<void> {
    const seconds = (this.#target.transport === 'ssh' ? (this.#target.timeout ?? 10) : 10) + 30
    const late = setTimeout(() => {
      this.#verdict = 'no shell answered: the connection timed out'
      this.kill()
    }, seconds * 1000)
    const noise = await this.#reader.skipPast(`${nonce} `)
    clearTimeout(late)
    if (!noise) throw this.#failure()
    this.#greeted = true
    this.home = (await this.#reader.line()) || '/'
    this.#said = ''
    if (this.#asks) this.#setup()
  }

  #failure(): UnreachableError {
    // What the host printed where a shell was expected ("This account is not available") says why.
    if (this.#verdict !== undefined) return explain(this.#target, this.#verdict, this.#ended)
    const printed = this.#said.trim() === '' ? this.#reader.rest().toString().slice(-2000) : this.#said
    return explain(this.#target, printed, this.#ended)
  }

  async #exchange(request: Request, onOutput: OnOutput | undefined): Promise<Reply> {
    if (this.closed) throw this.#failure()
    const [sent, reply] = await Promise.allSettled([this.#send(request), this.#ready.then(() => this.#read(onOutput))])
    // What could not be sent is also why no reply came.
    if (sent.status === 'rejected') throw sent.reason
    if (reply.status === 'rejected') throw reply.reason
    return reply.value
  }

  async #send(request: Request): Promise<void> {
    if (this.#asks) await this.#ready
    try {
      await request.writeTo(this.#process.stdin)
    } catch (error) {
      // The host waits for bytes that will not come: this connection can't go on.
      this.kill()
      throw error
    }
  }

  async #read(onOutput: OnOutput | undefined): Promise<Reply> {
    for (;;) {
      const line = await this.#reader.line()
      if (line === undefined) throw this.#lost()
      const [kind, ...rest] = line.split(' ')
      if (kind === 'E') throw new UnreachableError(`${nameOf(this.#target)}: ${line.slice(2)}`)
      if (kind === 'R') return await this.#sections(Number(rest[0]))
      if (kind !== 'O') throw new UnreachableError(`${nameOf(this.#target)}: the reply could not be read: '${line.slice(0, 80)}'`)
      const bytes = await this.#reader.bytes(Number(rest[2]))
      if (!bytes) throw this.#lost()
      onOutput?.(Number(rest[0]), rest[1] === 'o' ? 'stdout' : 'stderr', bytes)
    }
  }

  async #sections(count: number): Promise<Reply> {
    const lines: string[] = []
    for (let n = 0; n < (count > 1 ? count + 1 : count); n++) {
      const line = await this.#reader.line()
      if (line === undefined) throw this.#lost()
      lines.push(line)
    }
    const sections = new Map<string, Buffer>()
    for (const { name, size } of parseSizes(lines.slice(0, count))) {
      const bytes = await this.#reader.bytes(size)
      if (!bytes) throw this.#lost()
      sections.set(name, bytes)
    }
    return new Reply(sections)
  }

  #lost(): UnreachableError {
    const why = this.#said.trim().split('\n').at(-1) || this.#ended
    return new UnreachableError(`${nameOf(this.#target)}: the connection was lost (${why})`)
  }
}

/** A target that can't be is one that can't be reached. */
function commandLineOf(target: Target, nonce: string): CommandLine {
  try {
    return commandLine(target, nonce)
  } catch (error) {
    throw new UnreachableError(`${nameOf(target)}: ${(error as Error).message}`)
  }
}

/** Detached: an interrupt at the terminal is for aarun, which first ends what it does on the host. */
function start(argv: string[]) {
  const [file, ...args] = argv as [string, ...string[]]
  return execa(file, args, {
    stdin: 'pipe', stdout: 'pipe', stderr: 'pipe',
    buffer: false, reject: false, encoding: 'buffer', stripFinalNewline: false, detached: true, cleanup: false,
  })
}
