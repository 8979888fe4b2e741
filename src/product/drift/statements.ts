/**
 * What a configuration file says, statement by statement: each attribute and text of an XML file, and each property. The
 * order in which they stand and the space around them are none: in the product both come from Java's hash tables.
 */

export interface Statement {
  value: string
  /** From 1. */
  line: number
}

/** By where they stand: `Server/Ports/Offset`, `transportSender[https]/parameter[HttpsProtocols]`, `Connector[2]@port`. */
export type Statements = Map<string, Statement>

export function statementsOf(file: string, text: string): Statements {
  return file.endsWith('.xml') ? ofXml(text) : ofLines(text)
}

/** `name = value`, or any other line as it is. */
function ofLines(text: string): Statements {
  const said: Statements = new Map()
  for (const [i, line] of text.split('\n').entries()) {
    const [, name = '', value = ''] = /^\s*([^\s#!=:][^=:]*?)\s*[=:](.*)$/s.exec(line) ?? [undefined, line.trim()]
    if (name !== '' && !/^[#!]/.test(name)) add(said, name, value, i + 1)
  }
  return said
}

const piece = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<![^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+|<)/g
const attribute = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

interface Element {
  name: string
  path: string
  /** How many of a name are in it so far. */
  counts: Map<string, number>
}

/** Reads on whatever it meets: a file that was edited by hand may be broken. */
function ofXml(text: string): Statements {
  const said: Statements = new Map()
  const open: Element[] = [{ name: '', path: '', counts: new Map() }]
  let [line, from] = [1, 0]
  for (const match of text.matchAll(piece)) {
    line += text.slice(from, match.index).split('\n').length - 1
    from = match.index
    const [, data, close, name, attributes = '', alone, words] = match
    const within = open.at(-1)!
    if (name !== undefined) {
      const element = begin(name, attributes, within)
      add(said, element.path, '', line)
      for (const [, key, double, single] of attributes.matchAll(attribute)) add(said, `${element.path}@${key}`, double ?? single ?? '', line)
      if (alone === '') open.push(element)
    } else if (close !== undefined) {
      const at = open.findLastIndex((element) => element.name === close)
      if (at > 0) open.length = at
    } else if ((data ?? words ?? '').trim() !== '') addText(said, within.path, data ?? words!, line)
  }
  return said
}

/** Elements of one name are told apart by what names them, else by their number; the outermost is alone. */
function begin(name: string, attributes: string, { path, counts }: Element): Element {
  const [, own] = (path !== '' && /\s(?:name|id)\s*=\s*["']([^"']*)["']/i.exec(attributes)) || []
  const label = own === undefined ? name : `${name}[${own}]`
  const count = (counts.get(label) ?? 0) + 1
  counts.set(label, count)
  return { name, path: `${path === '' ? '' : `${path}/`}${label}${count > 1 ? `[${count}]` : ''}`, counts: new Map() }
}

function addText(said: Statements, path: string, text: string, line: number): void {
  const there = said.get(path)
  // The line in which it begins.
  const lead = /^\s*/.exec(text)![0].split('\n').length - 1
  if (there && there.value === '') said.set(path, { value: bare(text), line: line + lead })
  else said.set(path, { value: `${there?.value ?? ''}${bare(text)}`, line: there?.line ?? line + lead })
}

function add(said: Statements, path: string, value: string, line: number): void {
  let name = path
  for (let i = 2; said.has(name); i++) name = `${path}[${i}]`
  said.set(name, { value: bare(value), line })
}

const bare = (text: string) => text.replace(/\s+/g, '')

/** The same value; the host's own environment and system properties stand where ours can only name them. */
export function isSame(wanted: string, found: string): boolean {
  if (wanted === found) return true
  const parts = wanted.split(/\$(?:env|sys)\{[^}]*\}/)
  return parts.length > 1 && new RegExp(`^${parts.map((part) => part.replace(/\W/g, '\\$&')).join('.*')}$`).test(found)
}
