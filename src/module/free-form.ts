/** Arguments written as one text: `src=a dest="b c"`, `ls -l creates=/x`. Quotes and templates may hold blanks. */
import { stringEscapes } from '../text/python-escapes.ts'
import { InputError } from '../yaml/index.ts'
import type { ModuleNames } from './contract.ts'

export interface Word {
  text: string
  at: number
}
export interface FreeForm {
  args: Record<string, unknown>
  /** Offset in the text at which the value of each argument starts. */
  offsets: Record<string, number>
}

/** What can stand between the words of a command; all else of it is the command. */
const commandOptions = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
  'expand_argument_vars',
  'decrypt',
])

/** The arguments of a text, as `module: text` gives them. */
export function parseFreeForm(module: ModuleNames, text: string): Record<string, unknown> {
  return splitFreeForm(module, text).args
}

export function splitFreeForm(module: ModuleNames, text: string): FreeForm {
  const words = splitWords(text)
  const name = module.freeForm
  if (name === undefined || !module.commandLine) return parsePairs(module, text, words)
  const result: FreeForm = { args: {}, offsets: {} }
  let rest = ''
  let end = 0
  for (const word of words) {
    const pair = parsePair(word)
    if (!pair || !commandOptions.has(pair.key)) continue
    // The command keeps its own blanks and quotes.
    rest += text.slice(end, word.at)
    end = word.at + word.text.length
    addPair(result, pair)
  }
  rest = (rest + text.slice(end)).trim()
  if (rest !== '') {
    result.args[name] = rest
    result.offsets[name] = Math.max(0, text.indexOf(rest.slice(0, 8)))
  }
  return result
}

function parsePairs(module: ModuleNames, text: string, words: Word[]): FreeForm {
  const result: FreeForm = { args: {}, offsets: {} }
  const other: Word[] = []
  for (const word of words) {
    const pair = parsePair(word)
    if (pair) addPair(result, pair)
    else other.push(word)
  }
  if (other.length === 0) return result
  if (module.freeForm === undefined) {
    throw new InputError(`${module.name}: expected name=value, got \`${other[0]!.text}\``, {
      hint: 'a value with blanks must be in quotes; better write the arguments as a mapping',
    })
  }
  result.args[module.freeForm] =
    Object.keys(result.args).length === 0 ? unquote(text.trim()) : other.map((word) => word.text).join(' ')
  result.offsets[module.freeForm] = other[0]!.at
  return result
}

/** k=v words of a text that no module stands for (`include: x.yml a=1`); the others are kept in order. */
export function splitPairs(text: string): { pairs: Record<string, unknown>; words: string[] } {
  const result: FreeForm = { args: {}, offsets: {} }
  const words: string[] = []
  for (const word of splitWords(text)) {
    const pair = parsePair(word)
    if (pair) addPair(result, pair)
    else words.push(word.text)
  }
  return { pairs: result.args, words }
}

interface Pair {
  key: string
  value: string
  at: number
}

function parsePair(word: Word): Pair | undefined {
  const match = /^([A-Za-z_][\w-]*)=/.exec(word.text)
  if (!match) return undefined
  const raw = word.text.slice(match[0].length)
  const quoted = /^(["']).*\1$/s.test(raw) && raw.length > 1
  return { key: match[1]!, value: unquote(decodeEscapes(raw)), at: word.at + match[0].length + (quoted ? 1 : 0) }
}

function addPair(result: FreeForm, { key, value, at }: Pair): void {
  Object.defineProperty(result.args, key, { value, writable: true, enumerable: true, configurable: true })
  result.offsets[key] = at
}

function unquote(text: string): string {
  const first = text[0]
  if (text.length > 1 && (first === '"' || first === "'") && text.endsWith(first) && text[text.length - 2] !== '\\')
    return text.slice(1, -1)
  return text
}

/** `\n` and the like; what is no escape (`\s`, `\d`) stays as it is. */
function decodeEscapes(text: string): string {
  return text.replace(
    /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g,
    (_, long?: string, short?: string, byte?: string, letter?: string) =>
      letter !== undefined ? stringEscapes[letter]! : String.fromCodePoint(Number.parseInt(long ?? short ?? byte!, 16)),
  )
}

/** Words at blanks outside of quotes and templates. Quotes are kept. */
export function splitWords(text: string): Word[] {
  const words: Word[] = []
  const closing: Record<string, string> = { '{{': '}}', '{%': '%}', '{#': '#}' }
  let start = -1
  let quote = ''
  let block = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    const two = text.slice(at, at + 2)
    if (block !== '') {
      if (two === block) {
        block = ''
        at++
      }
      continue
    }
    if (start === -1 && /\s/.test(character)) continue
    if (start === -1) start = at
    if (closing[two] !== undefined) {
      block = closing[two]
      at++
    } else if (quote !== '') {
      if (character === '\\' && quote === '"') at++
      else if (character === quote) quote = ''
    } else if (character === '\\') at++
    else if (character === '"' || character === "'") quote = character
    else if (/\s/.test(character)) {
      words.push({ text: text.slice(start, at), at: start })
      start = -1
    }
  }
  if (quote !== '' || block !== '') {
    throw new InputError(quote !== '' ? `the quote ${quote} is not closed` : `a template is not closed: ${block} is missing`)
  }
  if (start !== -1) words.push({ text: text.slice(start), at: start })
  return words
}
