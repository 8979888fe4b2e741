/** The regular expressions of filters and tests: Python's, with Ansible's names for the flags, and each compiled once. */
import { pythonRegex, RegexError, type RegexOptions } from '../../text/python-regex.ts'

const cache = new Map<string, RegExp>()

/** Always global; use it with matchAll, or from a lastIndex of 0 as it comes. */
export function regexOf(pattern: string, options: { ignorecase?: unknown; multiline?: unknown } = {}, anchor?: RegexOptions['anchor']): RegExp {
  const key = `${options.ignorecase ? 'i' : ''}${options.multiline ? 'm' : ''}${anchor ?? ''}:${pattern}`
  let regex = cache.get(key)
  if (!regex) {
    regex = compiled(pattern, { ignoreCase: Boolean(options.ignorecase), multiline: Boolean(options.multiline), anchor })
    cache.set(key, regex)
  }
  regex.lastIndex = 0
  return regex
}

function compiled(pattern: string, options: RegexOptions): RegExp {
  try {
    return pythonRegex(pattern, options, 'g')
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new Error(`'${pattern}' is no valid regular expression: ${error.reason}`)
  }
}
