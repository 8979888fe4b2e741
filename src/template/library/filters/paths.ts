import { globSync } from '../glob.ts'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { posix, resolve, win32 } from 'node:path'
import process from 'node:process'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { isDict, Tuple } from '../../runtime/values.ts'
import { asList, asText } from './convert.ts'

/** Filters on paths and URLs. */
export const pathFilters: Record<string, Plugin> = {
  // Python's basename of 'a/' is empty, dirname is 'a'.
  basename: plugin('', (value) => asText(value).slice(asText(value).lastIndexOf('/') + 1)),
  dirname: plugin('', (value) => dirname(asText(value))),
  splitext: plugin('', (value) => {
    const [, stem, extension] = /^([\s\S]*?[^/.][^/]*?|[^.]*|[\s\S]*?)(\.[^./]*)?$/.exec(asText(value))!
    return Tuple.make([stem, extension ?? ''])
  }),
  path_join: plugin('', (value) => (typeof value === 'string' ? value : joinPaths(asList(value).map(asText)))),
  relpath: plugin('start', (value, [start]) => posix.relative(resolve(asText(start ?? '.')), resolve(asText(value))) || '.'),
  realpath: plugin('', (value) => realPath(asText(value))),
  normpath: plugin('', (value) => posix.normalize(asText(value) || '.').replace(/(.)\/$/, '$1')),
  expanduser: plugin('', (value) => asText(value).replace(/^~(?=\/|$)/, homedir())),
  expandvars: plugin('', (value) => asText(value).replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, a, b) => process.env[a ?? b] ?? whole)),
  commonpath: plugin('', (value) => {
    const [first = [], ...rest] = asList(value).map((path) => asText(path).split('/'))
    const end = first.findIndex((part, index) => rest.some((other) => other[index] !== part))
    const common = (end === -1 ? first : first.slice(0, end)).join('/')
    return common === '' && first[0] === '' ? '/' : common
  }),
  fileglob: plugin('', (value) => globSync(asText(value))),
  win_basename: plugin('', (value) => win32.basename(asText(value))),
  win_dirname: plugin('', (value) => win32.dirname(asText(value))),
  win_splitdrive: plugin('', (value) => {
    const drive = /^[A-Za-z]:/.exec(asText(value))?.[0] ?? ''
    return Tuple.make([drive, asText(value).slice(drive.length)])
  }),
  urlsplit: plugin('query', (value, [query]) => urlSplit(asText(value), query)),
  urlencode: plugin('', (value) => urlEncode(value)),
  urldecode: plugin('', (value) => decodeURIComponent(asText(value).replaceAll('+', ' '))),
}

function dirname(path: string): string {
  const end = path.lastIndexOf('/') + 1
  const head = path.slice(0, end)
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '')
}

/** Like Python's: an absolute part starts over. */
export function joinPaths(parts: string[]): string {
  return parts.reduce((path, part) => (part.startsWith('/') || path === '' ? part : path.endsWith('/') ? path + part : `${path}/${part}`), '')
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function urlSplit(text: string, query: unknown): unknown {
  const [, scheme = '', netloc = '', path = '', search = '', fragment = ''] = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(text)!
  const [, username, password, host, port] = /^(?:([^:@]*)(?::([^@]*))?@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(netloc) ?? []
  const parts: Record<string, unknown> = {
    fragment,
    hostname: host ? host.toLowerCase().replace(/^\[|\]$/g, '') : null,
    netloc,
    password: password ?? null,
    path,
    port: port ? Number(port) : null,
    query: search,
    scheme: scheme.toLowerCase(),
    username: username ?? null,
  }
  if (!query) return parts
  if (!Object.hasOwn(parts, asText(query))) throw new Error(`unknown part '${asText(query)}', expected one of ${Object.keys(parts).join(', ')}`)
  return parts[asText(query)]
}

function urlEncode(value: unknown): string {
  const quote = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  // In one piece '/' stays, in pairs it does not.
  if (typeof value === 'string' || typeof value === 'number') return quote(asText(value)).replaceAll('%2F', '/')
  const pairs = isDict(value) ? Object.entries(value) : (asList(value) as [unknown, unknown][])
  const plus = (text: string) => quote(text).replaceAll('%20', '+')
  return pairs.map(([key, member]) => `${plus(asText(key))}=${plus(asText(member))}`).join('&')
}
