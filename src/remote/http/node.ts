/** HTTP requests made by this machine, with Node's own client. */
import { readFile } from 'node:fs/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import type { HttpFact, HttpRequest } from '../probe.ts'

/** Makes the request; whatever goes wrong is in the answer's `error`. */
export async function requestHttp(ask: HttpRequest): Promise<HttpFact> {
  const deadline = Date.now() + (ask.timeout ?? 30) * 1000
  try {
    const files = await readFiles(ask)
    let current = ask
    for (let redirects = 0; redirects <= 20; redirects++) {
      const fact = await once(current, files, deadline)
      const location = fact.headers.location
      if (!ask.followRedirects || location === undefined || ![301, 302, 303, 307, 308].includes(fact.status)) return fact
      current = redirected(current, fact.status, location)
    }
    return failure('too many redirects')
  } catch (error) {
    return failure(describe(error as NodeJS.ErrnoException))
  }
}

const failure = (error: string): HttpFact => ({ status: 0, headers: {}, body: new Uint8Array(), error })

interface Files {
  ca?: Buffer
  cert?: Buffer
  key?: Buffer
}

async function readFiles(ask: HttpRequest): Promise<Files> {
  const read = (path: string | undefined) => (path === undefined ? undefined : readFile(path))
  const cert = await read(ask.clientCert)
  return { ca: await read(ask.caPath), cert, key: (await read(ask.clientKey)) ?? cert }
}

/** The next request: as curl and browsers do, a POST becomes a GET, and credentials stay with their host. */
function redirected(ask: HttpRequest, status: number, location: string): HttpRequest {
  const url = new URL(location, ask.url)
  const next: HttpRequest = { ...ask, url: url.href }
  const method = ask.method?.toUpperCase() ?? 'GET'
  if (status === 303 || (status < 303 && method === 'POST')) {
    next.method = method === 'HEAD' ? 'HEAD' : 'GET'
    next.body = undefined
  }
  if (url.host !== new URL(ask.url).host) {
    next.headers = Object.fromEntries(
      Object.entries(ask.headers ?? {}).filter(([name]) => !/^(authorization|cookie)$/i.test(name)),
    )
  }
  return next
}

function once(ask: HttpRequest, files: Files, deadline: number): Promise<HttpFact> {
  const url = new URL(ask.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`'${url.protocol}' is not supported: expected http or https`)
  const body = ask.body !== undefined && ask.body.byteLength > 0 ? ask.body : undefined
  const target = connectTo(ask.connectTo)
  const headers: Record<string, string | number> = { Accept: '*/*', ...ask.headers }
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  if (!given.has('host')) headers.Host = url.host
  if (body && !given.has('content-type')) headers['Content-Type'] = 'application/octet-stream'
  if (body) headers['Content-Length'] = body.byteLength
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const options: https.RequestOptions = {
    method: ask.method?.toUpperCase() ?? (body ? 'POST' : 'GET'),
    host: target?.host ?? hostname,
    port: target?.port ?? (url.port === '' ? undefined : Number(url.port)),
    path: url.pathname + url.search,
    headers,
    agent: false,
    ...(url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
    ...(url.protocol === 'https:'
      ? { ...files, rejectUnauthorized: ask.verify !== false, ...(/^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname }) }
      : {}),
  }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        clearTimeout(late)
        const all = Object.entries(response.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ])
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(all), body: Buffer.concat(chunks) })
      })
    })
    const late = setTimeout(
      () => request.destroy(new Error(`no complete answer within ${ask.timeout ?? 30} s`)),
      Math.max(1, deadline - Date.now()),
    )
    request.on('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
    request.end(body)
  })
}

function connectTo(address: string | undefined): { host: string; port: number | undefined } | undefined {
  if (address === undefined) return undefined
  const match = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address)
  return { host: match?.[1] ?? address, port: match?.[2] === undefined ? undefined : Number(match[2]) }
}

function describe(error: NodeJS.ErrnoException & { errors?: Error[] }): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'the connection was refused'
    case 'ENOTFOUND':
      return 'the name could not be resolved'
    case 'ECONNRESET':
      return 'the connection was closed before an answer came'
  }
  return error.message || error.errors?.[0]?.message || String(error.code)
}
