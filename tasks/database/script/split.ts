/**
 * An SQL script as its statements, in each dialect as the vendor's own client reads it: psql, mysql, sqlcmd, SQL*Plus and
 * the command line of DB2.
 */
import type { Engine } from '../sql.ts'
import { aloneOnLine, endsLine, type Token, tokens } from './tokens.ts'

/** `start` to `end` is its text, without what ends it; `after` is where the next one can begin. */
export interface Statement {
  start: number
  end: number
  after: number
  words: string[]
  /** The last one, with nothing that ends it. */
  open?: boolean
}

/** How many characters at this token end the statement with these words; 0: it goes on. */
type Ending = (token: Token, words: string[]) => number

export function splitScript(source: string, engine: Engine): Statement[] {
  return engine === 'mssql' ? batches(source).flatMap((batch) => parts(source, batch)) : split(source, engine)
}

function split(source: string, engine: Engine): Statement[] {
  const found: Statement[] = []
  const client = clientOf(source, engine)
  let words: Token[] = []
  let after = 0
  for (const token of tokens(source, engine)) {
    if (token.start < after) continue
    if (words.length === 0) {
      after = client.command(token)
      if (after > token.start) continue
    }
    const length = client.ending(token, texts(words))
    if (length === 0) {
      words.push(token)
      continue
    }
    after = token.start + length
    if (words.length > 0) found.push(statement(words, after, client.strips))
    words = []
  }
  if (words.length > 0) found.push({ ...statement(words, source.length, client.strips), open: true })
  return found
}

/** A `;` that the client would not send along is none of the statement's. */
function statement(words: Token[], after: number, strips: (words: string[]) => boolean): Statement {
  const own = words.length > 1 && words.at(-1)!.text === ';' && strips(texts(words)) ? words.slice(0, -1) : words
  return { start: own[0]!.start, end: own.at(-1)!.end, after, words: texts(own) }
}

const texts = (words: Token[]) => words.map((word) => word.text)

interface Client {
  ending: Ending
  /** Where a command of the client itself ends that begins at this token; 0 or the token's start: it is none. */
  command(token: Token): number
  strips(words: string[]): boolean
}

function clientOf(source: string, engine: Engine): Client {
  const lineEnd = (at: number) => (source.indexOf('\n', at) < 0 ? source.length : source.indexOf('\n', at))
  const client: Client = { ending: (token) => Number(token.text === ';'), command: () => 0, strips: () => false }
  if (engine === 'mysql') {
    let delimiter = ';'
    client.ending = (token) => (source.startsWith(delimiter, token.start) ? delimiter.length : 0)
    client.command = (token) => {
      const found = /^delimiter[^\S\n]+(\S+)/i.exec(source.slice(token.start, lineEnd(token.start)))
      if (!found) return 0
      delimiter = found[1]!
      return lineEnd(token.start)
    }
  }
  if (engine === 'oracle') {
    client.ending = (token, words) => {
      if (token.text === '/' && aloneOnLine(source, token)) return 1
      return Number(token.text === ';' && !isProgram(words))
    }
    client.command = (token) => (isSqlPlus(source.slice(token.start, lineEnd(token.start))) ? lineEnd(token.start) : 0)
  }
  if (engine === 'db2') {
    let terminator = terminatorOf(source)
    const marks = [...source.matchAll(/^--#SET TERMINATOR[^\S\n]+(\S)/gim)]
    client.ending = (token, words) => {
      while (marks.length > 0 && marks[0]!.index < token.start) terminator = marks.shift()![1]!
      if (token.text !== terminator) return 0
      return Number(terminator === ';' ? depth(words) === 0 : endsLine(source, token.end))
    }
    client.strips = () => true
  }
  return client
}

/** What SQL*Plus does by itself; `SET ROLE` and the like are SQL. */
function isSqlPlus(line: string): boolean {
  return /^(set\s+(?!transaction\b|role\b|constraints?\b)|prompt\b|rem(ark)?\b|whenever\b|spool\b|show\b|exit\b|quit\b|clear\b|column\b)/i.test(line)
}

/** PL/SQL has `;` inside, and ends at a line with `/` only. */
function isProgram(words: string[]): boolean {
  const head = words.slice(0, 6).join(' ').toLowerCase()
  return /^(begin|declare|< <|create (or replace )?((non)?editionable )?(trigger|procedure|function|package|type)) ?/.test(`${head} `)
}

/** By what the script does: `db2 -td/`, `db2 -td@` or `db2 -t` is on none of its lines. */
function terminatorOf(source: string): string {
  const ends = new Set<string>()
  for (const token of tokens(source, 'db2')) if ('/@'.includes(token.text) && endsLine(source, token.end)) ends.add(token.text)
  return ends.has('/') ? '/' : ends.has('@') ? '@' : ';'
}

/** How many blocks are open: BEGIN and CASE, until their END. */
function depth(words: string[]): number {
  let open = 0
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]?.toLowerCase() ?? ''
    const lower = word.toLowerCase()
    const before = words[index - 1]?.toLowerCase()
    if (lower === 'begin' && !/^(tran|transaction|distributed|work)$/.test(next)) open++
    else if (lower === 'case' && before !== 'end') open++
    else if (lower === 'end' && !/^(if|while|for|loop|repeat)$/.test(next)) open--
  }
  return open
}

/** What stands between lines with GO. */
function batches(source: string): Token[][] {
  const found: Token[][] = [[]]
  let skip = -1
  for (const token of tokens(source, 'mssql')) {
    if (token.start < skip) continue
    const line = source.slice(token.start, source.indexOf('\n', token.start) < 0 ? source.length : source.indexOf('\n', token.start))
    if (/^go(\s+\d+)?;?\s*(--.*)?$/i.test(line) && /(^|\n)[^\S\n]*$/.test(source.slice(Math.max(0, source.lastIndexOf('\n', token.start - 1)), token.start))) {
      skip = token.start + line.length
      found.push([])
    } else found.at(-1)!.push(token)
  }
  return found.filter((batch) => batch.length > 0)
}

/**
 * A batch in its statements, so that a message can tell which one it was. It stays whole where its parts need each other:
 * a program, which has to be alone in its batch, or a variable, which lives as long as it.
 */
function parts(source: string, batch: Token[]): Statement[] {
  const words = texts(batch).map((word) => word.toLowerCase())
  const program = /^(create|alter)( or alter)? (proc|procedure|function|trigger|view) /.test(`${words.slice(0, 4).join(' ')} `)
  const last = batch.at(-1)!.end
  if (program || words.includes('declare')) return [statement(batch, last, () => false)]
  const found: Statement[] = []
  let own: Token[] = []
  for (const token of batch) {
    if (token.text !== ';' || depth(texts(own)) > 0) {
      own.push(token)
      continue
    }
    if (own.length > 0) found.push(statement(own, token.end, () => false))
    own = []
  }
  if (own.length > 0) found.push({ ...statement(own, source.length, () => false), open: true })
  return found
}
