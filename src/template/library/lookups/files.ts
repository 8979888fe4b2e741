import { dirname, isAbsolute, join } from 'node:path'
import { runTemplate } from '../../runtime/execute.ts'
import { asText } from '../filters/convert.ts'
import { globSync } from '../glob.ts'
import { restoreNewlines, withoutLastNewline } from '../../runtime/lazy.ts'
import { truthy } from '../../runtime/operators.ts'
import { parseTemplate } from '../../language/parser.ts'
import type { LookupPlugin } from '../../runtime/plugins.ts'
import { regexOf } from '../regex.ts'
import { Frame } from '../../runtime/session.ts'
import { isDict, type Dict } from '../../runtime/values.ts'
import { contextOf, termOptions } from './context.ts'

const unquoted = (value: unknown, otherwise: boolean) => (value === undefined ? otherwise : truthy(value) && value !== 'false' && value !== 'no')

/** Lookups that read files of this machine. */
export const fileLookups: Record<string, LookupPlugin> = {
  file: (terms, { lstrip, rstrip }, { env }) => terms.map((name) => {
    const context = contextOf(env)
    let text = context.readFile(context.file('files', asText(name)))
    if (unquoted(lstrip, false)) text = text.trimStart()
    return unquoted(rstrip, true) ? text.trimEnd() : text
  }),
  unvault: (terms, _options, { env }) => terms.map((name) => {
    const context = contextOf(env)
    return context.readFile(context.file('files', asText(name)))
  }),
  lines: (terms, _options, { env }) => terms.flatMap((command) => contextOf(env).run(asText(command)).replace(/\n$/, '').split('\n')),
  template: (terms, { template_vars: vars, trim_blocks: trim, lstrip_blocks: lstrip }, { env }) => terms.map((name) => {
    const context = contextOf(env)
    const file = context.file('templates', asText(name))
    const source = { text: context.readFile(file), file }
    const frame = new Frame()
    if (isDict(vars)) for (const [key, value] of Object.entries(vars)) frame.names.set(key, value)
    const options = { trimBlocks: unquoted(trim, true), lstripBlocks: unquoted(lstrip, false), rawStrings: false }
    const text = runTemplate(parseTemplate({ ...source, text: withoutLastNewline(source.text) }, options), { ...env, source, frame }, false)
    return restoreNewlines(source.text, text as string)
  }),
  fileglob: (terms, _options, { env }) => terms.flat().flatMap((pattern) => {
    const text = asText(pattern)
    if (isAbsolute(text)) return globSync(text)
    try {
      const context = contextOf(env)
      return globSync(join(context.file('files', dirname(text)), text.slice(text.lastIndexOf('/') + 1)))
    } catch {
      return []
    }
  }),
  first_found: (terms, options, { env }) => firstFound(terms, options, contextOf(env).file.bind(contextOf(env))),
  ini: (terms, keyword, { env }) => terms.flatMap((term) => {
    const { rest, options } = termOptions(asText(term), keyword)
    const context = contextOf(env)
    const type = asText(options['type'] ?? 'ini')
    const file = asText(options['file'] ?? (type === 'properties' ? 'ansible.properties' : 'ansible.ini'))
    const section = type === 'properties' ? '' : asText(options['section'] ?? 'global')
    return iniValue(context.readFile(context.file('files', file)), section, rest, options)
  }),
  csvfile: (terms, keyword, { env }) => terms.flatMap((term) => {
    const { rest, options } = termOptions(asText(term), keyword)
    const context = contextOf(env)
    const delimiter = asText(options['delimiter'] ?? 'TAB').replace(/^(TAB|\\t)$/, '\t')
    const rows = parseCsv(context.readFile(context.file('files', asText(options['file'] ?? 'ansible.csv'))), delimiter)
    const row = rows.find((cells) => cells[Number(options['keycol'] ?? 0)] === rest)
    if (!row) return options['default'] === undefined ? [] : [options['default']]
    const column = Number(options['col'] ?? 1)
    if (!(column in row)) throw new Error(`the row of '${rest}' has no column ${column}`)
    return [row[column]]
  }),
}

function firstFound(terms: unknown[], options: Dict, find: (kind: 'files' | 'templates' | 'vars', name: string) => string): unknown[] {
  const strings = (value: unknown) => (typeof value === 'string' ? value.split(/[,;]/).map((part) => part.trim()) : Array.isArray(value) ? value.map(asText) : [])
  let skip = truthy(options['skip'])
  const candidates: string[] = []
  const addAll = (files: string[], paths: string[]) => {
    for (const path of paths.length > 0 ? paths : ['']) candidates.push(...files.map((file) => (path && !isAbsolute(file) ? join(path, file) : file)))
  }
  for (const term of terms.flat()) {
    if (isDict(term)) {
      skip ||= truthy(term['skip'])
      addAll(strings(term['files']), strings(term['paths']))
    } else addAll(strings(term), strings(options['paths']))
  }
  addAll(strings(options['files']), strings(options['paths']))
  for (const candidate of candidates) {
    for (const kind of ['files', 'templates', 'vars'] as const) {
      try {
        return [find(kind, candidate)]
      } catch {
        // Not there: the next place or candidate.
      }
    }
  }
  if (skip) return []
  throw new Error(`found none of: ${candidates.join(', ')}`)
}

function iniValue(text: string, section: string, key: string, options: Dict): unknown[] {
  const found: [string, string][] = []
  let current = ''
  const sections = new Set([current])
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]\s*$/.exec(line)
    const entry = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line)
    if (header) sections.add((current = header[1]!))
    else if (entry && (current === section || (current === 'DEFAULT' && !found.some(([name]) => name === entry[1])))) found.push([entry[1]!, entry[2]!])
  }
  const fold = (name: string) => (truthy(options['case_sensitive']) ? name : name.toLowerCase())
  if (!sections.has(section)) throw new Error(`has no section '${section}'`)
  if (truthy(options['re'])) return found.filter(([name]) => regexOf(key, {}, 'match').test(fold(name))).map(([, value]) => value)
  const match = found.findLast(([name]) => fold(name) === fold(key))
  return [match ? match[1] : (options['default'] ?? '')]
}

function parseCsv(text: string, delimiter: string): string[][] {
  return text.split(/\r?\n/).filter((line) => line !== '').map((line) => {
    const cells: string[] = []
    let cell = ''
    let quoted = false
    for (let at = 0; at < line.length; at++) {
      const char = line[at]!
      if (quoted && char === '"' && line[at + 1] === '"') cell += line[++at]
      else if (char === '"' && (quoted || cell === '')) quoted = !quoted
      else if (!quoted && char === delimiter) {
        cells.push(cell)
        cell = ''
      } else cell += char
    }
    return [...cells, cell]
  })
}
