/** Reads lines and byte counts from a stream of chunks, in order. */
export class Reader {
  #chunks: Buffer[] = []
  #size = 0
  #ended = false
  #wake: (() => void) | undefined

  push(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#size += chunk.byteLength
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The next `count` bytes; undefined when the stream ends before. */
  async bytes(count: number): Promise<Buffer | undefined> {
    while (this.#size < count) {
      if (this.#ended) return undefined
      await this.#more()
    }
    return this.#take(count)
  }

  /** The next line, without its newline. */
  async line(): Promise<string | undefined> {
    const end = await this.#find(Buffer.from('\n'))
    return end === undefined ? undefined : this.#take(end + 1).subarray(0, -1).toString()
  }

  /** Drops everything up to and including `marker`; what was dropped, or undefined when the stream ends before. */
  async skipPast(marker: string): Promise<Buffer | undefined> {
    const wanted = Buffer.from(marker)
    const start = await this.#find(wanted)
    if (start === undefined) return undefined
    return this.#take(start + wanted.length).subarray(0, start)
  }

  /** What came so far and was not read. */
  rest(): Buffer {
    return this.#take(this.#size)
  }

  async #find(wanted: Buffer): Promise<number | undefined> {
    for (;;) {
      const first = this.#chunks[0]
      const at = first ? first.indexOf(wanted) : -1
      if (at >= 0) return at
      if (this.#chunks.length > 1) this.#join()
      else if (this.#ended) return undefined
      else await this.#more()
    }
  }

  #join(): void {
    this.#chunks = [Buffer.concat(this.#chunks)]
  }

  #take(count: number): Buffer {
    if (count === 0) return Buffer.alloc(0)
    if ((this.#chunks[0]?.length ?? 0) < count) this.#join()
    const first = this.#chunks[0] as Buffer
    if (first.length === count) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(count)
    this.#size -= count
    return first.subarray(0, count)
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}
