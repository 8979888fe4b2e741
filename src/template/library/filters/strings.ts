import { formatPercent } from '../../runtime/format.ts'
import { capitalize, center, replace, split, strip } from '../../runtime/methods/string.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { truthy } from '../../runtime/operators.ts'
import { pythonRepr, pythonStr } from '../../runtime/print.ts'
import { pythonReplace } from '../../../text/python-regex.ts'
import { regexOf } from '../regex.ts'
import { Tuple } from '../../runtime/values.ts'
import { asList, asNumber, asText } from './convert.ts'
import { attributeOf } from './lists.ts'
import { wordwrap } from './wordwrap.ts'

const string = plugin('', (value) => pythonStr(value))
const escapeHtml = plugin('', (value) =>
  asText(value).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[c]!))

/** Filters from text to text, and regular expressions. */
export const stringFilters: Record<string, Plugin> = {
  string,
  upper: plugin('', (value) => asText(value).toUpperCase()),
  lower: plugin('', (value) => asText(value).toLowerCase()),
  capitalize: plugin('', (value) => capitalize(asText(value))),
  title: plugin('', (value) => asText(value).replace(/[^\s\-({[<]+/g, capitalize)),
  trim: plugin('chars', (value, [chars]) => strip(asText(value), chars, 'both')),
  replace: plugin('old new count', (value, [from, to, count]) => replace(asText(value), asText(from), asText(to), count ?? -1)),
  format: plugin('*args **', (value, args, { rest }) => formatPercent(asText(value), Object.keys(rest).length > 0 ? rest : Tuple.make(args))),
  split: plugin('sep maxsplit', (value, [sep, max]) => split(asText(value), sep, max ?? -1)),
  join: plugin('d attribute', (value, [separator, attribute]) =>
    asList(value).map((item) => pythonStr(attribute === undefined || attribute === null ? item : attributeOf(item, attribute))).join(asText(separator))),
  indent: plugin('width first blank', (value, [width, first, blank]) => indent(asText(value), width ?? 4, first, blank)),
  center: plugin('width', (value, [width]) => center(asText(value), width ?? 80)),
  wordcount: plugin('', (value) => asText(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  wordwrap: plugin('width break_long_words wrapstring break_on_hyphens', (value, [width, long, joint, hyphens]) =>
    wordwrap(asText(value), asNumber(width ?? 79), { breakLong: truthy(long ?? true), breakOnHyphens: truthy(hyphens ?? true), joint: asText(joint ?? '\n') })),
  truncate: plugin('length killwords end leeway', (value, [length, kill, end, leeway]) => truncate(asText(value), length ?? 255, kill, end ?? '...', leeway ?? 5)),
  striptags: plugin('', (value) => asText(value).replace(/<!--[\s\S]*?-->|<[^>]*>/g, '').replace(/\s+/g, ' ').trim()),
  escape: escapeHtml,
  e: escapeHtml,
  forceescape: escapeHtml,
  safe: string,
  urlize: string,
  xmlattr: plugin('autospace', (value, [space]) => xmlAttributes(value as object, space ?? true)),
  pprint: plugin('', (value) => pythonRepr(value)),
  comment: plugin('style **', (value, [style], { rest }) => comment(asText(value), style ?? 'plain', rest)),
  quote: plugin('', (value) => quoteShell(asText(value))),
  regex_replace: plugin('pattern replacement ignorecase multiline count mandatory_count', (value, [pattern, replacement, ignorecase, multiline, count, mandatory]) => {
    const result = pythonReplace(asText(value), regexOf(asText(pattern), { ignorecase, multiline }), asText(replacement), count ?? 0)
    if (mandatory && mandatory !== result.matches) throw new Error(`'${pattern}' should match ${mandatory} times, but matches ${result.matches} times`)
    return result.text
  }),
  regex_search: plugin('regex *groups **', (value, [pattern, ...groups], { rest }) => regexSearch(asText(value), asText(pattern), groups, rest)),
  regex_findall: plugin('regex multiline ignorecase', (value, [pattern, multiline, ignorecase]) =>
    [...asText(value).matchAll(regexOf(asText(pattern), { ignorecase, multiline }))].map(([whole, ...groups]) =>
      groups.length === 0 ? whole : groups.length === 1 ? (groups[0] ?? '') : Tuple.make(groups.map((group) => group ?? '')))),
  regex_escape: plugin('re_type', (value, [type]) => regexEscape(asText(value), type ?? 'python')),
}

function indent(value: string, width: unknown, first: unknown, blank: unknown): string {
  const prefix = typeof width === 'string' ? width : ' '.repeat(asNumber(width))
  const [head, ...rest] = value.split('\n')
  const lines = rest.map((line) => (line !== '' || blank ? prefix + line : line))
  return [first ? prefix + head : head, ...lines].join('\n')
}

function truncate(value: string, length: number, kill: unknown, end: string, leeway: number): string {
  if (length < end.length) throw new Error(`needs a length of at least ${end.length}, that of its end '${end}', not ${length}`)
  if (value.length <= length + leeway) return value
  const cut = value.slice(0, length - end.length)
  if (kill) return cut + end
  const space = cut.lastIndexOf(' ')
  return (space === -1 ? cut : cut.slice(0, space)) + end
}

function xmlAttributes(value: object, space: boolean): string {
  const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  const wrong = entries.find(([key]) => /[\s/>=]/.test(key))
  if (wrong) throw new Error(`'${wrong[0]}' is no name of an attribute`)
  const text = entries
    .map(([key, member]) => `${key}="${escapeHtml.run(member, [], undefined as never)}"`)
    .join(' ')
  return space && text ? ` ${text}` : text
}

const commentStyles: Record<string, Record<string, string>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
}

function comment(value: string, style: string, options: Record<string, unknown>): string {
  if (!Object.hasOwn(commentStyles, style)) throw new Error(`unknown style '${style}', expected one of ${Object.keys(commentStyles).join(', ')}`)
  const p: Record<string, unknown> = { newline: '\n', beginning: '', prefix_count: 1, postfix_count: 1, end: '', ...commentStyles[style], ...options }
  const [newline, decoration] = [asText(p['newline']), asText(p['decoration'])]
  const prefix = asText(p['prefix'] ?? decoration.trimEnd())
  const postfix = asText(p['postfix'] ?? decoration.trimEnd())
  const head = prefix === '' ? '' : (prefix === newline ? newline : prefix + newline).repeat(asNumber(p['prefix_count']))
  const body = (decoration + value.split(newline).join(newline + decoration)).split(decoration + newline).join(decoration.trimEnd() + newline)
  const tail = (newline + postfix).repeat(asNumber(p['postfix_count']))
  return (p['beginning'] ? asText(p['beginning']) + newline : '') + head + body + tail + (p['end'] ? newline + asText(p['end']) : '')
}

/** Quotes a word for a POSIX shell. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`
}

function regexSearch(value: string, pattern: string, groups: unknown[], options: Record<string, unknown>): unknown {
  for (const name of Object.keys(options)) if (name !== 'ignorecase' && name !== 'multiline') throw new Error(`has no argument '${name}'`)
  const match = regexOf(pattern, options).exec(value)
  // Ansible gives None: a condition on it is false.
  if (!match) return null
  const wanted = groups.filter((group) => group !== undefined)
  if (wanted.length === 0) return match[0]
  return wanted.map((group) => {
    const name = /^\\(?:g<(\S+)>|(\d+))$/.exec(asText(group))
    if (!name) throw new Error(`unknown argument '${asText(group)}', expected a group as '\\1' or '\\g<name>'`)
    const named = name[1] !== undefined && !/^\d+$/.test(name[1])
    const [known, at]: [object, string] = named ? [match.groups ?? {}, name[1]!] : [match, String(Number(name[1] ?? name[2]))]
    if (!Object.hasOwn(known, at)) throw new Error(`'${pattern}' has no group '${at}'`)
    return (known as Record<string, unknown>)[at] ?? null
  })
}

function regexEscape(value: string, type: string): string {
  if (type === 'python') return value.replace(/[\\^$.*+?()[\]{}|\-#&~\s]/g, '\\$&')
  if (type === 'posix_basic') return value.replace(/[\].[^$*\\]/g, '\\$&')
  throw new Error(`unknown kind of expression '${type}', expected python or posix_basic`)
}

