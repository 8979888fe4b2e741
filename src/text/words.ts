/** Splits a command line into words as a shell would, without anything else that a shell does (Python's shlex). */

/** A command line that can't be split: an open quote, or a backslash at its end. */
export class SplitError extends Error {}

/**
 * `cp 'a b' "c\"d" e\ f` → ['cp', 'a b', 'c"d', 'e f']. No variables, no globs, no operators. `inQuotes`: what a backslash
 * takes the meaning of between double quotes; a shell does so with $ and ` too.
 */
export function splitWords(line: string, inQuotes = '"\\'): string[] {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  while (at < line.length) {
    const char = line[at]!
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
      at += 1
    } else if (char === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw new SplitError(`no closing ' for the quote in: ${excerpt(line, at)}`)
      word = (word ?? '') + line.slice(at + 1, end)
      at = end + 1
    } else if (char === '"') {
      const quoted = readDoubleQuoted(line, at, inQuotes)
      word = (word ?? '') + quoted.text
      at = quoted.next
    } else if (char === '\\') {
      const next = line[at + 1]
      if (next === undefined) throw new SplitError('a backslash stands at the end, with nothing after it to escape')
      // A backslash before a line break joins the lines.
      if (next !== '\n') word = (word ?? '') + next
      at += 2
    } else {
      word = (word ?? '') + char
      at += 1
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

function readDoubleQuoted(line: string, start: number, escapable: string): { text: string; next: number } {
  let text = ''
  for (let at = start + 1; at < line.length; at += 1) {
    const char = line[at]!
    if (char === '"') return { text, next: at + 1 }
    const next = line[at + 1]
    if (char === '\\' && next !== undefined && escapable.includes(next)) {
      text += next
      at += 1
    } else {
      text += char
    }
  }
  throw new SplitError(`no closing " for the quote in: ${excerpt(line, start)}`)
}

function excerpt(line: string, at: number): string {
  const part = line.slice(at, at + 40)
  return part.length < line.length - at ? `${part}…` : part
}
