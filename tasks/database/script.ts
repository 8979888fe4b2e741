/** Reads an SQL script far enough to know which tables it makes and drops, and where its own transaction lines are. */
import type { Engine } from './sql.ts'

export interface Script {
  /** Tables that are there when it has run; lower case. */
  tables: string[]
  /** Tables that it drops before it makes them anew, or for good; lower case. */
  drops: string[]
  /** The script without its own BEGIN and COMMIT. */
  body: Uint8Array
  /** Its last statement has no `;`. */
  open: boolean
}

interface Statement {
  start: number
  end: number
  words: string[]
  open?: boolean
}

/** Bytes are read as latin1, so that offsets are those of the file whatever its encoding is. */
export function readScript(content: Uint8Array, engine: Engine): Script {
  const text = Buffer.from(content).toString('latin1')
  const tables = new Set<string>()
  const drops = new Set<string>()
  const cuts: Statement[] = []
  let open = false
  for (const statement of statements(text, engine)) {
    open = statement.open ?? false
    const { words } = statement
    const created = createdTable(words)
    if (created) tables.add(created)
    for (const name of droppedTables(words)) {
      drops.add(name)
      tables.delete(name)
    }
    if (isTransaction(words)) cuts.push(statement)
  }
  return { tables: [...tables], drops: [...drops], body: engine === 'postgresql' ? without(content, cuts) : content, open }
}

/** One transaction is put around the whole instead. */
function without(content: Uint8Array, cuts: Statement[]): Uint8Array {
  const body = new Uint8Array(content)
  // Spaces in their place: the line numbers in the server's messages stay those of the file.
  for (const { start, end } of cuts) for (let i = start; i < end; i++) if (body[i] !== 10) body[i] = 32
  return body
}

function isTransaction(words: string[]): boolean {
  const [first, second] = words.map((word) => word.toLowerCase())
  const rest = words.length === 1 || ['work', 'transaction'].includes(second ?? '')
  return (rest && ['begin', 'commit', 'end'].includes(first ?? '')) || (first === 'start' && second === 'transaction')
}

function createdTable(words: string[]): string | undefined {
  const lower = words.map((word) => word.toLowerCase())
  if (lower[0] !== 'create') return undefined
  const at = lower.indexOf('table')
  if (at < 1 || lower.slice(1, at).some((word) => !['unlogged', 'global', 'local'].includes(word))) return undefined
  const skip = lower[at + 1] === 'if' ? 3 : 0
  return tableName(words, at + 1 + skip)
}

function droppedTables(words: string[]): string[] {
  if (words[0]?.toLowerCase() !== 'drop' || words[1]?.toLowerCase() !== 'table') return []
  const names: string[] = []
  for (let at = words[2]?.toLowerCase() === 'if' ? 4 : 2; at < words.length; at++) {
    const name = tableName(words, at)
    if (name === undefined) break
    names.push(name)
    while (words[at + 1] === '.') at += 2
    if (words[at + 1] !== ',') break
    at++
  }
  return names
}

/** The last part of a name with dots, without its quotes. */
function tableName(words: string[], at: number): string | undefined {
  let name = words[at]
  for (let i = at; words[i + 1] === '.'; i += 2) name = words[i + 2]
  if (name === undefined || /^[(),;.]/.test(name)) return undefined
  return name.replace(/^["`[]|["`\]]$/g, '').toLowerCase()
}

/** What can't hold a `;` that ends a statement: comments, text, quoted names, bodies between $tags$. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[\w+\]|\$(\w*)\$[\s\S]*?\$\1\$|[\w$\x80-\xff]+|[(),;.]/g
const MYSQL_COMMENT = /^[ \t]*#[^\n]*/gm

function* statements(source: string, engine: Engine): Generator<Statement> {
  const text = engine === 'mysql' ? source.replace(MYSQL_COMMENT, (line) => ' '.repeat(line.length)) : source
  // In standard SQL a backslash is a plain character of a text.
  const token =
    engine === 'mysql' ? TOKEN : new RegExp(TOKEN.source.replace("'(?:[^'\\\\]|''|\\\\[\\s\\S])*'", "'(?:[^']|'')*'"), 'g')
  let start = -1
  let words: string[] = []
  for (const match of text.matchAll(token)) {
    const word = match[0]
    if (word.startsWith('--') || (word.startsWith('/*') && !word.startsWith('/*!'))) continue
    if (word === ';') {
      if (words.length > 0) yield { start, end: match.index + 1, words }
      words = []
      start = -1
      continue
    }
    if (start < 0) start = match.index
    // Only the head of a statement matters, and the list of a DROP.
    if (words.length < 200) words.push(word)
  }
  if (words.length > 0) yield { start, end: text.length, words, open: true }
}
