/** Reads an SQL script far enough to know which tables it makes and drops, and what can be run one by one. */
import { type Statement, splitScript } from './script/split.ts'
import type { Engine } from './sql.ts'

export interface Script {
  /** Tables that are there when it has run, in its order; lower case. */
  tables: string[]
  /** Tables that it drops before it makes them anew, or for good; lower case. */
  drops: string[]
  /** The script without its own BEGIN and COMMIT, for psql and mysql. */
  body: Uint8Array
  /** Its last statement has no `;`. */
  open: boolean
  /** For a client that takes one statement after the other. */
  statements: Step[]
  /** What it creates, such as `TABLE` and `TRIGGER`: rights are needed for it. */
  creates: Set<string>
}

export interface Step {
  sql: string
  /** 'line 7: CREATE TABLE AM_API': no more of a statement is shown. */
  label: string
}

/** Bytes are read as latin1, so that offsets are those of the file whatever its encoding is. */
export function readScript(content: Uint8Array, engine: Engine): Script {
  const text = Buffer.from(content).toString('latin1')
  const script: Script = { tables: [], drops: [], body: content, open: false, statements: [], creates: new Set() }
  const tables = new Set<string>()
  const cuts: Statement[] = []
  let line = 1
  let seen = 0
  for (const statement of splitScript(text, engine)) {
    const { words, start, end } = statement
    script.open = statement.open ?? false
    if (engine === 'postgresql' && isTransaction(words)) {
      cuts.push(statement)
      continue
    }
    const created = createdTables(words, engine)
    for (const name of droppedTables(words, engine)) {
      script.drops.push(name)
      tables.delete(name)
    }
    for (const name of created) tables.add(name)
    const kind = createdKind(words)
    if (kind) script.creates.add(kind)
    line += text.slice(seen, start).split('\n').length - 1
    seen = start
    script.statements.push({ sql: decoded(content.subarray(start, end)), label: `line ${line}: ${titleOf(words, created)}` })
  }
  script.tables = [...tables]
  script.drops = [...new Set(script.drops)]
  if (tables.size > 0) script.creates.add('TABLE')
  if (cuts.length > 0) script.body = without(content, cuts)
  return script
}

/** UTF-8 where it is valid, as psql and mysql are told to read it. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('latin1')
  }
}

/** One transaction is put around the whole instead. */
function without(content: Uint8Array, cuts: Statement[]): Uint8Array {
  const body = new Uint8Array(content)
  // Spaces in their place: the line numbers in the server's messages stay those of the file.
  for (const { start, after } of cuts) for (let i = start; i < after; i++) if (body[i] !== 10) body[i] = 32
  return body
}

function isTransaction(words: string[]): boolean {
  const [first, second] = words.map((word) => word.toLowerCase())
  const rest = words.length === 1 || ['work', 'transaction'].includes(second ?? '')
  return (rest && ['begin', 'commit', 'end'].includes(first ?? '')) || (first === 'start' && second === 'transaction')
}

/** In the scripts for SQL Server most of them stand behind IF NOT EXISTS (...). */
function createdTables(words: string[], engine: Engine): string[] {
  const lower = words.map((word) => word.toLowerCase())
  const starts = engine === 'mssql' ? lower.flatMap((word, index) => (word === 'create' ? [index] : [])) : [0]
  return starts.flatMap((start) => createdTable(words, lower, start) ?? [])
}

function createdTable(words: string[], lower: string[], start: number): string | undefined {
  const at = lower.indexOf('table', start)
  if (lower[start] !== 'create' || at < 0) return undefined
  if (lower.slice(start + 1, at).some((word) => !['unlogged', 'global', 'local'].includes(word))) return undefined
  return tableName(words, at + 1 + (lower[at + 1] === 'if' ? 3 : 0))
}

function droppedTables(words: string[], engine: Engine): string[] {
  const lower = words.map((word) => word.toLowerCase())
  const starts = engine === 'mssql' ? lower.flatMap((word, index) => (word === 'drop' ? [index] : [])) : [0]
  return starts.flatMap((start) => (lower[start] === 'drop' && lower[start + 1] === 'table' ? namesFrom(words, start + (lower[start + 2] === 'if' ? 4 : 2)) : []))
}

function namesFrom(words: string[], from: number): string[] {
  const names: string[] = []
  for (let at = from; at < words.length; at++) {
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
  if (name === undefined || /^[(),;.#@]/.test(name)) return undefined
  return name.replace(/^["`[]|["`\]]$/g, '').toLowerCase()
}

/** 'TRIGGER' of CREATE OR REPLACE TRIGGER. */
function createdKind(words: string[]): string | undefined {
  const head = words.slice(0, 6).map((word) => word.toUpperCase())
  if (head[0] !== 'CREATE') return undefined
  return head.find((word) => /^(TABLE|TRIGGER|SEQUENCE|PROCEDURE|FUNCTION|PACKAGE|TYPE|VIEW|BUFFERPOOL|TABLESPACE)$/.test(word))
}

function titleOf(words: string[], created: string[]): string {
  if (created.length > 0) return `CREATE TABLE ${created[0]!.toUpperCase()}`
  const end = words.findIndex((word, index) => index === 6 || /^[('"]/.test(word))
  return words.slice(0, end < 0 ? 6 : end).join(' ').replaceAll(' . ', '.')
}
