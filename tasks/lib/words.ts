/** Splits a command line into words as a shell does, without a shell: quotes and backslashes, nothing else. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (quote === "'") {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '\\' && (quote === '' || '"\\$`'.includes(line[i + 1] ?? ' '))) {
      word = (word ?? '') + (line[++i] ?? '')
    } else if (quote === '"') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote) throw new Error(`no closing quotation ${quote} in: ${line}`)
  if (word !== undefined) words.push(word)
  return words
}
