/** Python's `re` syntax as a JavaScript RegExp: what regular expressions in playbooks and templates are written in. */
import { controlEscapes } from './python-escapes.ts'

export interface RegexFlags {
  ignoreCase?: boolean
  multiline?: boolean
  dotAll?: boolean
  verbose?: boolean
}

export interface RegexOptions extends RegexFlags {
  /** As `re.match`, only at the start of the text; as `re.fullmatch`, only the whole text. */
  anchor?: 'match' | 'fullmatch'
}

/** The message names the pattern; `reason` is what is wrong with it. */
export class RegexError extends Error {
  readonly reason: string
  constructor(pattern: string, reason: string) {
    super(`'${pattern}' is not a valid regular expression: ${reason}`)
    this.reason = reason
  }
}

const start = '(?<![^])'
const end = '(?![^])'

/** Throws a RegexError when it can't be one. `extra`: JavaScript's flags for its use, such as g or y. */
export function pythonRegex(pattern: string, options: RegexOptions = {}, extra = ''): RegExp {
  const { anchor, ...flags } = options
  const [, letters = '', body = pattern] = /^\(\?([aiLmsux]+)\)([^]*)$/.exec(pattern) ?? []
  const all = withLetters(flags, letters)
  try {
    const translated = translate(body, all)
    const source = anchor ? `${start}(?:${translated})${anchor === 'fullmatch' ? end : ''}` : translated
    return new RegExp(source, `${all.ignoreCase ? 'i' : ''}${extra}`)
  } catch (error) {
    throw new RegexError(pattern, reason(error as Error))
  }
}

/** JavaScript repeats the (translated) pattern in its message. */
function reason(error: Error): string {
  return error.message.replace(/^Invalid regular expression: .*\/[a-z]*: /s, '')
}

function withLetters(flags: RegexFlags, letters: string, on = true): RegexFlags {
  const all = { ...flags }
  if (letters.includes('i')) all.ignoreCase = on
  if (letters.includes('m')) all.multiline = on
  if (letters.includes('s')) all.dotAll = on
  if (letters.includes('x')) all.verbose = on
  return all
}

/** What is taken from the front of the pattern, and what stands for it. */
interface Token {
  taken: number
  text: string
  /** The flags that hold in the group which begins here. */
  inside?: RegexFlags
}

function translate(source: string, flags: RegexFlags): string {
  let out = ''
  let current = flags
  const outer: RegexFlags[] = []
  for (let at = 0; at < source.length; ) {
    const { taken, text, inside } = token(source.slice(at), current)
    if (text.startsWith('(') && source[at] === '(') {
      // What stands for a comment is no group.
      outer.push(current)
      current = inside ?? current
    } else if (source[at] === ')') current = outer.pop() ?? current
    out += text
    at += taken
  }
  return out
}

function token(rest: string, flags: RegexFlags): Token {
  const char = rest[0]!
  if (char === '\\') return escaped(rest)
  if (char === '[') return characterClass(rest)
  if (char === '.') return { taken: 1, text: flags.dotAll ? '[^]' : '[^\\n]' }
  if (char === '^') return { taken: 1, text: flags.multiline ? '(?<![^\\n])' : start }
  if (char === '$') return { taken: 1, text: flags.multiline ? '(?![^\\n])' : `(?=\\n?${end})` }
  if (char === '(' && rest[1] === '?') return group(rest, flags)
  const open = /^\{,(\d+)\}/.exec(rest)
  if (open) return { taken: open[0].length, text: `{0,${open[1]}}` }
  if (flags.verbose && /\s/.test(char)) return { taken: 1, text: '' }
  if (flags.verbose && char === '#') return { taken: /^[^\n]*/.exec(rest)![0].length, text: '' }
  return { taken: 1, text: char }
}

function escaped(rest: string): Token {
  const next = rest[1]
  if (next === undefined) throw new Error('it ends with a backslash')
  if (next === 'A') return { taken: 2, text: start }
  if (next === 'Z' || next === 'z') return { taken: 2, text: end }
  if (next === 'a') return { taken: 2, text: '\\x07' }
  const long = /^\\U([0-9a-fA-F]{8})/.exec(rest)
  if (long) return { taken: 10, text: String.fromCodePoint(Number.parseInt(long[1]!, 16)) }
  return { taken: 2, text: `\\${next}` }
}

/** In Python a ] that comes first is a member of the class. */
function characterClass(rest: string): Token {
  const [head = '['] = /^\[\^?\]?/.exec(rest) ?? []
  let at = head.length
  while (at < rest.length && rest[at] !== ']') at += rest[at] === '\\' ? 2 : 1
  if (at >= rest.length) throw new Error('[ without ]')
  const members = rest.slice(head.length, at).replace(/\\([^])/g, (all, char) => (char === 'a' ? '\\x07' : all))
  return { taken: at + 1, text: `${head.replace(/\]$/, '\\]')}${members}]` }
}

function group(rest: string, flags: RegexFlags): Token {
  const named = /^\(\?P<([^>]+)>/.exec(rest)
  if (named) return { taken: named[0].length, text: `(?<${named[1]}>` }
  const back = /^\(\?P=([^)]+)\)/.exec(rest)
  if (back) return { taken: back[0].length, text: `\\k<${back[1]}>` }
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (comment) return { taken: comment[0].length, text: '' }
  const modified = /^\(\?([aiLmsux]*)(?:-([imsx]+))?:/.exec(rest)
  if (modified) return modifiedGroup(modified, flags)
  const known = /^\(\?(?:[=!]|<[=!]|<\w+>)/.exec(rest)
  if (known) return { taken: known[0].length, text: known[0] }
  throw new Error(`${rest.slice(0, 6)}… is not supported here`)
}

/** `(?s:…)`: only the case is left to JavaScript, which can't tell it for a part in all versions. */
function modifiedGroup([text, on = '', off = '']: RegExpExecArray, flags: RegexFlags): Token {
  const inside = withLetters(withLetters(flags, on), off, false)
  const same = Boolean(inside.ignoreCase) === Boolean(flags.ignoreCase)
  return { taken: text.length, text: same ? '(?:' : inside.ignoreCase ? '(?i:' : '(?-i:', inside }
}

/** Replaces the matches of a global expression (the first `most`); the replacement is Python's. */
export function pythonReplace(text: string, regex: RegExp, replacement: string, most = 0): { text: string; matches: number } {
  let result = ''
  let at = 0
  let matches = 0
  for (const match of text.matchAll(regex)) {
    if (most > 0 && matches >= most) break
    result += text.slice(at, match.index) + expandTemplate(replacement, match)
    at = match.index + match[0].length
    matches++
  }
  return { text: result + text.slice(at), matches }
}

/** Python's Match.expand: \1, \g<1>, \g<name>, \n, \t, \\ in a replacement. */
export function expandTemplate(template: string, match: RegExpExecArray | RegExpMatchArray): string {
  return template.replace(/\\(?:g<([^>]+)>|(0[0-7]{0,2})|(\d{1,2})|([^]))/g, (all: string, ...found: (string | undefined)[]) => {
    const [name, octal, number, char = ''] = found
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    const key = name ?? number
    if (key !== undefined) return groupOf(match, key)
    return Object.hasOwn(controlEscapes, char) ? controlEscapes[char]! : all
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
