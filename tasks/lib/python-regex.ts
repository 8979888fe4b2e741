/** Python's `re` syntax as a JavaScript RegExp: what regexps in playbooks are written in. */

export interface RegexFlags {
  ignoreCase?: boolean
  multiline?: boolean
  dotAll?: boolean
  verbose?: boolean
}

/** Throws with a message that names the pattern when it can't be one. */
export function pythonRegex(pattern: string, flags: RegexFlags = {}, extra = ''): RegExp {
  const all = { ...flags }
  const [, letters = '', body = pattern] = /^\(\?([aiLmsux]+)\)([^]*)$/.exec(pattern) ?? []
  if (letters.includes('i')) all.ignoreCase = true
  if (letters.includes('m')) all.multiline = true
  if (letters.includes('s')) all.dotAll = true
  if (letters.includes('x')) all.verbose = true
  try {
    return new RegExp(translate(body, all), `${all.ignoreCase ? 'i' : ''}${extra}`)
  } catch (error) {
    throw new Error(`'${pattern}' is not a valid regular expression: ${reason(error as Error)}`)
  }
}

/** JavaScript repeats the (translated) pattern in its message. */
function reason(error: Error): string {
  return error.message.replace(/^Invalid regular expression: .*\/[a-z]*: /s, '')
}

function translate(source: string, flags: RegexFlags): string {
  let out = ''
  for (let i = 0; i < source.length; ) {
    const rest = source.slice(i)
    const [taken, text] = token(rest, flags)
    out += text
    i += taken
  }
  return out
}

/** How many characters of the pattern are taken, and what stands for them. */
function token(rest: string, flags: RegexFlags): [number, string] {
  const char = rest[0]!
  if (char === '\\') return escaped(rest)
  if (char === '[') return characterClass(rest)
  if (char === '.') return [1, flags.dotAll ? '[^]' : '[^\\n]']
  if (char === '^') return [1, flags.multiline ? '(?<![^\\n])' : '(?<![^])']
  if (char === '$') return [1, flags.multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))']
  if (char === '(' && rest[1] === '?') return group(rest)
  const open = /^\{,(\d+)\}/.exec(rest)
  if (open) return [open[0].length, `{0,${open[1]}}`]
  if (flags.verbose && /\s/.test(char)) return [1, '']
  if (flags.verbose && char === '#') return [(/^[^\n]*/.exec(rest) as RegExpExecArray)[0].length, '']
  return [1, char]
}

function escaped(rest: string): [number, string] {
  const next = rest[1]
  if (next === undefined) throw new Error('it ends with a backslash')
  if (next === 'A') return [2, '(?<![^])']
  if (next === 'Z' || next === 'z') return [2, '(?![^])']
  if (next === 'a') return [2, '\\x07']
  const long = /^\\U([0-9a-fA-F]{8})/.exec(rest)
  if (long) return [10, [...String.fromCodePoint(Number.parseInt(long[1]!, 16))].join('')]
  return [2, `\\${next}`]
}

/** In Python a ] that comes first is a member of the class. */
function characterClass(rest: string): [number, string] {
  const [head = '['] = /^\[\^?\]?/.exec(rest) ?? []
  let i = head.length
  while (i < rest.length && rest[i] !== ']') i += rest[i] === '\\' ? 2 : 1
  if (i >= rest.length) throw new Error('[ without ]')
  const start = head.replace(/\]$/, '\\]')
  return [i + 1, `${start}${rest.slice(head.length, i).replace(/\\a/g, '\\x07')}]`]
}

function group(rest: string): [number, string] {
  const named = /^\(\?P<(\w+)>/.exec(rest)
  if (named) return [named[0].length, `(?<${named[1]}>`]
  const back = /^\(\?P=(\w+)\)/.exec(rest)
  if (back) return [back[0].length, `\\k<${back[1]}>`]
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (comment) return [comment[0].length, '']
  const known = /^\(\?(?:[:=!]|<[=!])/.exec(rest)
  if (known) return [known[0].length, known[0]]
  throw new Error(`${rest.slice(0, 6)}… is not supported here`)
}

/** Python's Match.expand: \1, \g<1>, \g<name>, \n, \t, \\ in a replacement. */
export function expandTemplate(template: string, match: RegExpExecArray | RegExpMatchArray): string {
  return template.replace(/\\(?:g<(\w+)>|(\d{1,2})|([^]))/g, (all: string, name?: string, number?: string, char?: string) => {
    if (number === '0' || (number !== undefined && number.length === 2 && number.startsWith('0'))) {
      return String.fromCharCode(Number.parseInt(number, 8))
    }
    const key = name ?? number
    if (key !== undefined) return groupOf(match, key)
    return (
      ({ n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', b: '\b', '\\': '\\' } as Record<string, string>)[char!] ?? all
    )
  })
}

function groupOf(match: RegExpExecArray | RegExpMatchArray, key: string): string {
  if (/^\d+$/.test(key)) {
    if (Number(key) >= match.length) throw new Error(`invalid group reference ${key}: the regexp has ${match.length - 1} groups`)
    return match[Number(key)] ?? ''
  }
  const groups = match.groups ?? {}
  if (!Object.hasOwn(groups, key)) throw new Error(`unknown group name '${key}': the regexp does not have it`)
  return groups[key] ?? ''
}
