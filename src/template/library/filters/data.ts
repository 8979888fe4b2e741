import { Buffer } from 'node:buffer'
import { parseAllDocuments, parseDocument, type Tags } from 'yaml'
import { truthy } from '../../runtime/operators.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { numberText, typeName } from '../../runtime/print.ts'
import { isDict, NativeObject } from '../../runtime/values.ts'
import { yamlText } from '../yaml-text.ts'
import { asText } from './convert.ts'

/** Filters between data and its text in JSON, YAML and base 64. */
export const dataFilters: Record<string, Plugin> = {
  to_json: plugin('indent sort_keys **', (value, [indent, sortKeys], { rest }) => toJson(value, { indent, sortKeys, ascii: rest['ensure_ascii'] ?? true })),
  to_nice_json: plugin('indent sort_keys **', (value, [indent, sortKeys], { rest }) =>
    toJson(value, { indent: indent ?? 4, sortKeys: sortKeys ?? true, ascii: rest['ensure_ascii'] ?? true })),
  tojson: plugin('indent', (value, [indent]) =>
    toJson(value, { indent, sortKeys: true, ascii: true }).replace(/[<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)),
  from_json: plugin('**', (value) => {
    if (typeof value !== 'string') throw new Error(`needs JSON text, not ${typeName(value)}`)
    try {
      return JSON.parse(value) as unknown
    } catch (error) {
      throw new Error(`no valid JSON: ${(error as Error).message}`)
    }
  }),
  to_yaml: plugin('indent **', (value, [indent], { rest }) => toYaml(value, indent ?? 2, (rest['default_flow_style'] ?? null) as boolean | null, rest)),
  to_nice_yaml: plugin('indent **', (value, [indent], { rest }) => toYaml(value, indent ?? 4, false, rest)),
  from_yaml: plugin('', (value) => (typeof value === 'string' ? fromYaml(value) : value)),
  from_yaml_all: plugin('', (value) => (typeof value === 'string' ? fromYamlAll(value) : value)),
  b64encode: plugin('encoding', (value, [encoding]) => Buffer.from(asText(value), bufferEncoding(encoding)).toString('base64')),
  b64decode: plugin('encoding', (value, [encoding]) => Buffer.from(asText(value), 'base64').toString(bufferEncoding(encoding))),
}

function bufferEncoding(name: unknown): BufferEncoding {
  const encodings: Record<string, BufferEncoding> = { 'utf-8': 'utf8', utf8: 'utf8', 'utf-16-le': 'utf16le', 'utf-16le': 'utf16le', ascii: 'ascii', latin1: 'latin1', 'latin-1': 'latin1' }
  const found = encodings[asText(name ?? 'utf-8').toLowerCase()]
  if (!found) throw new Error(`unknown encoding '${asText(name)}'`)
  return found
}

interface JsonOptions {
  indent: unknown
  sortKeys: unknown
  ascii: unknown
}

/** JSON as Python writes it: a blank after colons and commas, other than ASCII escaped. */
export function toJson(value: unknown, options: JsonOptions, depth = 0): string {
  const indent = options.indent === undefined || options.indent === null ? undefined : typeof options.indent === 'number' ? ' '.repeat(options.indent) : asText(options.indent)
  const wrap = (open: string, parts: string[], close: string) => {
    if (parts.length === 0) return open + close
    if (indent === undefined) return open + parts.join(', ') + close
    const inner = `\n${indent.repeat(depth + 1)}`
    return `${open}${inner}${parts.join(`,${inner}`)}\n${indent.repeat(depth)}${close}`
  }
  if (Array.isArray(value)) return wrap('[', value.map((item) => toJson(item, options, depth + 1)), ']')
  if (isDict(value)) {
    const keys = options.sortKeys ? Object.keys(value).sort() : Object.keys(value)
    return wrap('{', keys.map((key) => `${jsonString(key, options.ascii)}: ${toJson(value[key], options, depth + 1)}`), '}')
  }
  if (value instanceof NativeObject) return toJson(value.plain(), options, depth)
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  if (typeof value === 'boolean') return String(value)
  return value === null || value === undefined ? 'null' : jsonString(asText(value), options.ascii)
}

function jsonString(text: string, ascii: unknown): string {
  const quoted = JSON.stringify(text)
  return ascii ? quoted.replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted
}

/** `flow` null: innermost collections in one line. */
function toYaml(value: unknown, indent: number, flow: boolean | null, options: Record<string, unknown>): string {
  return yamlText(value, { indent, flow, sortKeys: options['sort_keys'] !== false, explicitStart: truthy(options['explicit_start']) })
}

// YAML 1.1 as PyYAML reads it: dates stay text; `y` and `n` are text.
const options = {
  version: '1.1' as const,
  uniqueKeys: false,
  customTags: (tags: Tags): Tags => tags
    .filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp')
    .map((tag) => (typeof tag !== 'string' && tag.tag === 'tag:yaml.org,2002:bool' && 'test' in tag && tag.test ? { ...tag, test: narrower(tag.test) } : tag)),
}

function narrower(test: RegExp): RegExp {
  return new RegExp(`^(?![yYnN]$)(?:${test.source.replace(/^\^|\$$/g, '')})$`)
}

export function fromYaml(text: string): unknown {
  const document = parseDocument(text, options)
  if (document.errors.length > 0) throw new Error(`no valid YAML: ${document.errors[0]!.message}`)
  return document.toJS({ mapAsMap: false, maxAliasCount: 1000 }) ?? null
}

function fromYamlAll(text: string): unknown[] {
  const documents = parseAllDocuments(text, options)
  return Array.isArray(documents) ? documents.map((document) => {
    if (document.errors.length > 0) throw new Error(`no valid YAML: ${document.errors[0]!.message}`)
    return document.toJS() as unknown
  }) : []
}
