/** The INI form of an inventory. */
import { didYouMean } from '../text/similar.ts'
import { InputError, type Position } from '../yaml/index.ts'
import { makeSource, positionAt, type Source } from '../yaml/source.ts'
import { entryOf, setTable } from '../yaml/positions.ts'
import type { Inventory } from './inventory.ts'
import { parseLiteral } from './literal.ts'
import { at } from './place.ts'
import { expandRange } from './range.ts'

type Kind = 'hosts' | 'vars' | 'children'

export function parseIni(inventory: Inventory, file: string, text: string): void {
  const source = makeSource(file, text)
  /** Groups that a section uses, which another one has to declare. */
  const used: { name: string; section: string; position: Position }[] = []
  const declared = new Set(['all', 'ungrouped'])
  let group = 'ungrouped'
  let kind: Kind = 'hosts'
  for (const start of source.starts) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end === -1 ? undefined : end).trimEnd()
    const content = line.trimStart()
    const offset = start + line.length - content.length
    const position = positionAt(source, offset)
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    if (content.startsWith('[') && isSection(content)) {
      const section = parseSection(content, position)
      group = section.group
      kind = section.kind
      if (kind === 'vars') used.push({ name: group, section: content, position })
      else declare(inventory, declared, group, file, position)
      continue
    }
    if (kind === 'hosts') addHosts(inventory, group, content, source, offset)
    else if (kind === 'vars') addVariable(inventory, group, content, source, offset)
    else {
      const child = content.replace(/\s+#.*$/, '')
      used.push({ name: child, section: `[${group}:children]`, position })
      at(position, () => {
        inventory.group(child, file)
        if (group !== 'all') inventory.addTo(group, { child })
      })
    }
  }
  for (const { name, section, position } of used) {
    if (declared.has(name)) continue
    const near = didYouMean(name, declared)
    throw new InputError(`${section} names the group \`${name}\`, which is defined nowhere in this file`, {
      position,
      hint: near ? `did you mean \`${near}\`?` : `add a section [${name}]`,
    })
  }
}

function isSection(line: string): boolean {
  return /^\[[^\]]*\]\s*(#.*)?$/.test(line)
}

function parseSection(line: string, position: Position): { group: string; kind: Kind } {
  const match = /^\[([^:\]\s]+)(?::(\w+))?\]/.exec(line)
  if (!match)
    throw new InputError(`this is not a section: ${line}`, {
      position,
      hint: 'expected [group], [group:vars] or [group:children]',
    })
  const kind = match[2] ?? 'hosts'
  if (kind !== 'hosts' && kind !== 'vars' && kind !== 'children') {
    const near = didYouMean(kind, ['hosts', 'vars', 'children'])
    throw new InputError(`unknown kind of section: ${kind}`, {
      position,
      hint: near ? `did you mean [${match[1]}:${near}]?` : 'expected [group], [group:vars] or [group:children]',
    })
  }
  return { group: match[1]!, kind }
}

function declare(inventory: Inventory, declared: Set<string>, group: string, file: string, position: Position): void {
  declared.add(group)
  at(position, () => inventory.group(group, file))
}

function addHosts(inventory: Inventory, group: string, line: string, source: Source, offset: number): void {
  const position = positionAt(source, offset)
  const [pattern, ...variables] = splitWords(line, position)
  for (const variable of variables) {
    if (variable.text.includes('=')) continue
    throw new InputError(`expected name=value after the host, got \`${variable.text}\``, {
      position: positionAt(source, offset + variable.at),
      hint: 'one host a line; a value with spaces must be in quotes',
    })
  }
  for (const { name, port } of expandRange(pattern!.text, position)) {
    at(position, () => {
      const host = inventory.host(name, source.name)
      if (group !== 'all') inventory.addTo(group, { host: name })
      if (port !== undefined) host.vars.ansible_port = port
      for (const { text, at: where } of variables) {
        const equals = text.indexOf('=')
        assign(host.vars, text.slice(0, equals), text.slice(equals + 1), source, offset + where)
      }
    })
  }
}

function addVariable(inventory: Inventory, group: string, line: string, source: Source, offset: number): void {
  const equals = line.indexOf('=')
  if (equals < 1) throw new InputError(`expected name = value, got \`${line}\``, { position: positionAt(source, offset) })
  assign(inventory.group(group).vars, line.slice(0, equals).trim(), line.slice(equals + 1).trim(), source, offset)
}

function assign(vars: Record<string, unknown>, key: string, text: string, source: Source, offset: number): void {
  const entries = setTableOnce(vars, source, offset)
  const line = source.text.slice(
    offset,
    source.text.indexOf('\n', offset) === -1 ? undefined : source.text.indexOf('\n', offset),
  )
  const value = offset + Math.max(line.indexOf('=') + 1 + (/^\s*/.exec(line.slice(line.indexOf('=') + 1))?.[0].length ?? 0), 0)
  entries.set(key, { source, key: offset, value, valueEnd: value + text.length, style: 'plain' })
  Object.defineProperty(vars, key, { value: parseLiteral(text), writable: true, enumerable: true, configurable: true })
}

const tables = new WeakMap<object, ReturnType<typeof setTable>>()

function setTableOnce(vars: object, source: Source, offset: number): ReturnType<typeof setTable> {
  let entries = tables.get(vars)
  if (!entries) {
    const earlier = Object.keys(vars).map((key) => [key, entryOf(vars, key)] as const)
    entries = setTable(vars, source, offset)
    for (const [key, entry] of earlier) if (entry) entries.set(key, entry)
    tables.set(vars, entries)
  }
  return entries
}

/** Words as the shell splits them: quotes are removed, # begins a comment. */
function splitWords(line: string, position: Position): { text: string; at: number }[] {
  const words: { text: string; at: number }[] = []
  let word: { text: string; at: number } | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!
    if (quote !== '') {
      if (character === quote) quote = ''
      else if (character === '\\' && quote === '"' && (line[at + 1] === '"' || line[at + 1] === '\\')) word!.text += line[++at]
      else word!.text += character
      continue
    }
    if (/\s/.test(character)) {
      if (word) words.push(word)
      word = undefined
      continue
    }
    if (character === '#' && !word) break
    word ??= { text: '', at }
    if (character === '"' || character === "'") quote = character
    else if (character === '\\' && at + 1 < line.length) word.text += line[++at]
    else word.text += character
  }
  if (quote !== '') throw new InputError(`the quote ${quote} is not closed`, { position })
  if (word) words.push(word)
  return words
}
