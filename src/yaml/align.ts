/** Maps an offset in a decoded YAML text to the offset in the file where that character was written. */

/** How a text was written. */
export type Style = 'plain' | 'single' | 'double' | 'literal' | 'folded'

/**
 * Walks the written and the decoded text side by side. Whitespace is compared as a whole, since folding and
 * indentation only ever change whitespace; escapes of double-quoted text count as one character.
 */
export function offsetInSource(file: string, start: number, end: number, style: Style, text: string, offset: number): number {
  let at = start
  if (style === 'literal' || style === 'folded') {
    const header = file.indexOf('\n', start)
    if (header === -1) return start
    at = header + 1
    // Leading blanks are indentation, up to the first character of the text.
    while (at < end && isBlank(file[at]!)) at++
    const leading = /^[ ]*/.exec(text)![0].length
    at = Math.max(header + 1, at - leading)
  } else if (style !== 'plain') at++
  let decoded = 0
  while (decoded < offset && at < end) {
    const character = text[decoded]
    if (character === undefined) break
    if (style === 'double' && file[at] === '\\') {
      const escape = escapeAt(file, at)
      at += escape.length
      decoded += escape.decoded
      // A line continuation stands for nothing and swallows the indentation after it.
      if (escape.decoded === 0) while (at < end && isBlank(file[at]!)) at++
      continue
    }
    if (style === 'single' && file[at] === "'" && file[at + 1] === "'") {
      at += 2
      decoded++
      continue
    }
    if (file[at] === character && character !== '\n') {
      at++
      decoded++
      continue
    }
    if (!isBlank(file[at]!)) break
    while (decoded < offset && decoded < text.length && isBlank(text[decoded]!)) decoded++
    const indentation = blankRun(file, at, end)
    // Blanks that are part of the text (deeper indentation) belong to what follows.
    at += indentation
    const last = text.lastIndexOf('\n', decoded - 1)
    if (style === 'literal' && last !== -1 && decoded < text.length) {
      const deeper = blankRun(text, decoded, text.length)
      if (deeper > 0 && !text.slice(decoded, decoded + deeper).includes('\n')) at -= deeper
    }
  }
  return Math.min(at, end)
}

function escapeAt(file: string, at: number): { length: number; decoded: number } {
  const letter = file[at + 1]
  if (letter === 'x') return { length: 4, decoded: 1 }
  if (letter === 'u') return { length: 6, decoded: 1 }
  if (letter === 'U') return { length: 10, decoded: Number.parseInt(file.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1 }
  if (letter === '\n') return { length: 2, decoded: 0 }
  return { length: 2, decoded: 1 }
}

function blankRun(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isBlank(text[at]!)) at++
  return at - from
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r'
}
