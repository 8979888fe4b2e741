/** Options of Python's `re`, as filters and tests take them. */
export interface RegexOptions {
  ignorecase?: unknown
  multiline?: unknown
}

const cache = new Map<string, RegExp>()

/** A JavaScript expression for a Python one. Always global; use it with matchAll, replace, or a set lastIndex. */
export function pythonRegex(pattern: string, options: RegexOptions = {}, anchor: '' | 'match' | 'fullmatch' = ''): RegExp {
  const key = `${options.ignorecase ? 'i' : ''}${options.multiline ? 'm' : ''}${anchor}:${pattern}`
  const known = cache.get(key)
  if (known) {
    known.lastIndex = 0
    return known
  }
  let flags = 'g'
  if (options.ignorecase) flags += 'i'
  if (options.multiline) flags += 'm'
  const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern)
  if (inline) for (const flag of inline[1]!) if ('ims'.includes(flag) && !flags.includes(flag)) flags += flag
  const body = inline ? pattern.slice(inline[0].length) : pattern
  const translated = translate(body, flags.includes('m'), inline?.[1]!.includes('x') ?? false)
  const start = '(?<![\\s\\S])'
  const anchored = anchor === '' ? translated : `${start}(?:${translated})${anchor === 'fullmatch' ? '(?![\\s\\S])' : ''}`
  let regex: RegExp
  try {
    regex = new RegExp(anchored, flags)
  } catch {
    throw new Error(`'${pattern}' is no valid regular expression`)
  }
  cache.set(key, regex)
  return regex
}

/** Rewrites what the two languages spell differently. */
function translate(pattern: string, multiline: boolean, verbose: boolean): string {
  let out = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!
    const rest = pattern.slice(at)
    let match: RegExpExecArray | null
    if (char === '\\') {
      const next = pattern[++at] ?? ''
      out += next === 'A' ? '(?<![\\s\\S])' : next === 'Z' ? '(?![\\s\\S])' : next === 'a' ? '\\x07' : `\\${next}`
    } else if (char === '[') {
      const end = classEnd(pattern, at)
      out += characterClass(pattern.slice(at, end))
      at = end - 1
    } else if ((match = /^\(\?P<([^>]+)>/.exec(rest))) {
      out += `(?<${match[1]}>`
      at += match[0].length - 1
    } else if ((match = /^\(\?P=([^)]+)\)/.exec(rest))) {
      out += `\\k<${match[1]}>`
      at += match[0].length - 1
    } else if ((match = /^\(\?#[^)]*\)/.exec(rest))) at += match[0].length - 1
    else if ((match = /^\{,(\d+)\}/.exec(rest))) {
      out += `{0,${match[1]}}`
      at += match[0].length - 1
    } else if (char === '$' && !multiline) out += '(?=\\n?(?![\\s\\S]))'
    else if (verbose && /\s/.test(char)) continue
    else if (verbose && char === '#') at += /^[^\n]*/.exec(rest)![0].length - 1
    else out += char
  }
  return out
}

/** Offset after the `]` that ends a class; a `]` in first place is a member. */
function classEnd(pattern: string, start: number): number {
  let at = start + 1
  if (pattern[at] === '^') at++
  if (pattern[at] === ']') at++
  for (; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern[at] === ']') return at + 1
  }
  return pattern.length
}

function characterClass(text: string): string {
  return text.replace(/^(\[\^?)\]/, '$1\\]')
}

/** Replaces matches; the replacement is Python's (`\1`, `\g<1>`, `\g<name>`, `\n`). */
export function pythonReplace(value: string, regex: RegExp, replacement: string, count = 0): { text: string; matches: number } {
  let matches = 0
  const text = value.replace(regex, (...args: unknown[]) => {
    const whole = args[0] as string
    if (count > 0 && matches >= count) return whole
    matches++
    const named = typeof args.at(-1) === 'object' ? (args.at(-1) as Record<string, string | undefined>) : {}
    const groups = args.slice(1, args.findIndex((arg, index) => index > 0 && typeof arg === 'number')) as (string | undefined)[]
    return expand(replacement, whole, groups, named)
  })
  return { text, matches }
}

const simple: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', f: '\f', v: '\v', '\\': '\\' }

function expand(replacement: string, whole: string, groups: (string | undefined)[], named: Record<string, string | undefined>): string {
  const group = (name: string) => {
    if (/^\d+$/.test(name)) {
      const index = Number(name)
      if (index > groups.length) throw new Error(`the replacement names group ${name}, the expression has ${groups.length}`)
      return index === 0 ? whole : (groups[index - 1] ?? '')
    }
    if (!Object.hasOwn(named, name)) throw new Error(`the replacement names an unknown group '${name}'`)
    return named[name] ?? ''
  }
  return replacement.replace(/\\(?:g<([^>]+)>|(\d{1,2})|([\s\S]))/g, (text, name, digits, char) => {
    if (name !== undefined) return group(name)
    if (digits !== undefined) return group(digits)
    return Object.hasOwn(simple, char) ? simple[char]! : text
  })
}
