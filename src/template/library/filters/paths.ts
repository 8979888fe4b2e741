import { Buffer } from 'node:buffer'
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
  normpath: plugin('', (value) => normalPath(asText(value))),
  expanduser: plugin('', (value) => asText(value).replace(/^~(?=\/|$)/, homedir())),
  expandvars: plugin('', (value) => asText(value).replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, a, b) => process.env[a ?? b] ?? whole)),
  commonpath: plugin('', (value) => commonPath(asList(value).map(asText))),
  fileglob: plugin('', (value) => globSync(asText(value))),
  win_basename: plugin('', (value) => win32.basename(asText(value))),
  win_dirname: plugin('', (value) => {
    const [, drive = '', path = ''] = /^([A-Za-z]:)?([\s\S]*)$/.exec(asText(value))!
    return drive + dirname(path, /[\\/]/)
  }),
  win_splitdrive: plugin('', (value) => {
    const drive = /^[A-Za-z]:/.exec(asText(value))?.[0] ?? ''
    return Tuple.make([drive, asText(value).slice(drive.length)])
  }),
  urlsplit: plugin('query', (value, [query]) => urlSplit(asText(value), query)),
  urlencode: plugin('', (value) => urlEncode(value)),
  urldecode: plugin('', (value) =>
    asText(value).replaceAll('+', ' ').replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'))),
}

function dirname(path: string, separator = /\//): string {
  const parts = path.split(separator)
  const head = path.slice(0, path.length - parts.at(-1)!.length)
  const end = parts.slice(0, -1).findLastIndex((part) => part !== '')
  // Nothing but separators stays as it is.
  return end === -1 ? head : path.slice(0, parts.slice(0, end + 1).join('/').length)
}

/** Like Python's: exactly two slashes at the start stay. */
function normalPath(path: string): string {
  const normal = posix.normalize(path || '.').replace(/(.)\/$/, '$1')
  return /^\/\/(?!\/)/.test(path) ? `/${normal}` : normal
}

function commonPath(paths: string[]): string {
  if (paths.length === 0) throw new Error('the list is empty')
  const absolute = paths.every((path) => path.startsWith('/'))
  if (!absolute && paths.some((path) => path.startsWith('/'))) throw new Error('some of the paths are absolute, and some are not')
  const [first = [], ...rest] = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'))
  const end = first.findIndex((part, index) => rest.some((other) => other[index] !== part))
  return (absolute ? '/' : '') + (end === -1 ? first : first.slice(0, end)).join('/')
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
  const [, username, password, host, port] = /^(?:([^:@]*)(?::(.*))?@)?(\[[^\]]*\]|[^:@]*)(?::(.*))?$/.exec(netloc) ?? []
  if (port && !/^\d+$/.test(port)) throw new Error(`the port '${port}' is no number`)
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
