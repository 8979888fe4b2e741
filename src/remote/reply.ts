/** The answer to a request: named sections of bytes. */
export class Reply {
  #sections: Map<string, Buffer>
  constructor(sections: Map<string, Buffer>) {
    this.#sections = sections
  }

  bytes(name: string): Buffer | undefined {
    return this.#sections.get(name)
  }

  text(name: string): string {
    return this.#sections.get(name)?.toString() ?? ''
  }

  lines(name: string): string[] {
    const text = this.text(name)
    return text === '' ? [] : text.replace(/\n$/, '').split('\n')
  }

  /** Fields that each end with NUL. */
  fields(name: string): string[] {
    return this.text(name).split('\0').slice(0, -1)
  }
}

/** `wc -c` lines, as `SIZE NAME`, and then the bytes of all in the same order. */
export function parseSizes(lines: string[]): { name: string; size: number }[] {
  return lines.map((line) => {
    const match = /^\s*(\d+) (\w+)$/.exec(line)
    if (!match) throw new Error(`the host's reply could not be read: '${line.slice(0, 80)}'`)
    return { size: Number(match[1]), name: match[2] as string }
  })
}
