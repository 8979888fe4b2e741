/** The request that `uri` describes, and what `register` sees of the answer. */
import type { HttpFact, HttpRequest } from '../../../src/module/index.ts'
import { type MultipartPart, multipart } from './multipart.ts'

export interface RequestArgs {
  url: string
  method: string
  headers: Record<string, string>
  body?: unknown
  body_format: 'raw' | 'json' | 'form-urlencoded' | 'form-multipart'
  url_username?: string
  url_password?: string
  http_agent: string
  validate_certs: boolean
  ca_path?: string
  connect_to?: string
  client_cert?: string
  client_key?: string
  timeout: number
  follow_redirects: string
}

/** `files`: contents of the files that a form or `src` sends. */
export function requestOf(args: RequestArgs, files: { body?: Uint8Array; parts?: Map<string, Uint8Array> }): HttpRequest {
  const { content, type } = files.body ? { content: files.body, type: undefined } : bodyOf(args, files.parts)
  const headers: Record<string, string> = { ...args.headers }
  const has = (name: string) => Object.keys(headers).some((header) => header.toLowerCase() === name)
  if (type !== undefined && !has('content-type')) headers['Content-Type'] = type
  if (!has('user-agent')) headers['User-Agent'] = args.http_agent
  if (args.url_username !== undefined && !has('authorization')) {
    headers.Authorization = `Basic ${Buffer.from(`${args.url_username}:${args.url_password ?? ''}`).toString('base64')}`
  }
  return {
    url: args.url,
    method: args.method,
    headers,
    ...(content === undefined ? {} : { body: content }),
    verify: args.validate_certs,
    ...(args.ca_path === undefined ? {} : { caPath: args.ca_path }),
    ...(args.connect_to === undefined ? {} : { connectTo: args.connect_to }),
    ...(args.client_cert === undefined ? {} : { clientCert: args.client_cert }),
    ...(args.client_key === undefined ? {} : { clientKey: args.client_key }),
    timeout: args.timeout,
    followRedirects: follows(args),
  }
}

/** Requests that change nothing: asked as a question, in check mode too. */
export const isQuestion = (method: string) => ['GET', 'HEAD', 'OPTIONS'].includes(method)

/** `safe`: only where the next request changes nothing either. */
function follows(args: RequestArgs): boolean {
  if (args.follow_redirects === 'safe' || args.follow_redirects === 'urllib2')
    return args.method === 'GET' || args.method === 'HEAD'
  return args.follow_redirects === 'all' || args.follow_redirects === 'yes'
}

function bodyOf(args: RequestArgs, parts = new Map<string, Uint8Array>()): { content?: Uint8Array; type?: string } {
  const { body } = args
  if (body === undefined || body === null) return {}
  const encode = (text: string) => new TextEncoder().encode(text)
  switch (args.body_format) {
    case 'json':
      return { content: encode(typeof body === 'string' ? body : JSON.stringify(body)), type: 'application/json' }
    case 'form-urlencoded':
      return {
        content: encode(typeof body === 'string' ? body : urlencode(body as object)),
        type: 'application/x-www-form-urlencoded',
      }
    case 'form-multipart':
      return multipart(body as Record<string, string | MultipartPart>, parts)
    default:
      return { content: encode(typeof body === 'string' ? body : JSON.stringify(body)) }
  }
}

function urlencode(body: object): string {
  const pairs = Array.isArray(body) ? (body as [string, unknown][]) : Object.entries(body)
  const form = new URLSearchParams()
  for (const [name, value] of pairs)
    for (const one of Array.isArray(value) ? value : [value]) form.append(String(name), one === null ? '' : plain(one))
  return form.toString()
}

const plain = (value: unknown) =>
  typeof value === 'object' ? JSON.stringify(value) : typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)

/** Names and values of the cookies in a Set-Cookie header; several stand there with commas between them, as a date has one. */
function cookiesOf(header: string): Record<string, string> {
  return Object.fromEntries([...header.matchAll(/(?:^|, )([\w!#$%&'*+.^`|~-]+)=([^;,]*)/g)].map(([, name, value]) => [name!, value!]))
}

/** Headers by lower-case names with underscores, status, url, cookies, and the content where asked for. */
export function answerResult(args: { url: string; return_content: boolean }, fact: HttpFact): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fact.headers)) result[name.toLowerCase().replace(/-/g, '_')] = value
  const type = fact.headers['content-type'] ?? ''
  const content = new TextDecoder().decode(fact.body)
  const cookies = cookiesOf(fact.headers['set-cookie'] ?? '')
  const json = /^application\/([\w.+-]+\+)?json\b|^text\/json\b/i.test(type) ? parseJson(content) : undefined
  return {
    ...result,
    url: args.url,
    status: fact.status === 0 ? -1 : fact.status,
    redirected: false,
    msg: messageOf(fact),
    cookies,
    cookies_string: Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; '),
    ...(json === undefined ? {} : { json }),
    ...(args.return_content ? { content } : {}),
  }
}

/** Why the answer is not what was asked for; undefined when it is. */
export function answerProblem(wanted: number[], fact: HttpFact): string | undefined {
  const status = fact.status === 0 ? -1 : fact.status
  if (wanted.includes(status)) return undefined
  return `Status code was ${status} and not [${wanted.join(', ')}]: ${fact.error ?? messageOf(fact)}`
}

const messageOf = (fact: HttpFact) =>
  fact.status === 0
    ? `Request failed: ${fact.error ?? 'no answer came'}`
    : fact.status < 400
      ? `OK (${fact.headers['content-length'] ?? fact.body.byteLength} bytes)`
      : `HTTP Error ${fact.status}`

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
