/** What a letter behind a backslash stands for in Python. */

/** In strings and in replacements of regular expressions. */
export const controlEscapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
}

/** In strings, where a quote can be escaped too. */
export const stringEscapes: Record<string, string> = { ...controlEscapes, "'": "'", '"': '"' }
