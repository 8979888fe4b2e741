/**
 * HTTP requests made by the host itself, with curl (`node.ts`: those that this machine makes). In: a request. Out: status,
 * headers and body, or why there are none. The settings for curl come in a file: none is seen in the process list.
 */
import type { HttpFact, HttpRequest } from '../probe.ts'
import { hostPath, type Host } from '../probes/host.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

export interface AskedHttp {
  /** Shell that makes the request. */
  command: string
  /** Shell that succeeds when the answer has one of these status codes. */
  succeeds(success: number[] | 'any' | undefined): string
  read(reply: Reply): HttpFact
}

export function askHttp(request: Request, ask: HttpRequest, host: Host): AskedHttp {
  const name = request.name('c')
  const body = ask.body === undefined || ask.body.byteLength === 0 ? undefined : request.payload(ask.body)
  const settings = request.payload(curlSettings(ask, host, body !== undefined))
  const part = (letter: string) => `"$_R/${name}${letter}"`
  const data = body === undefined ? '' : ` --data-binary @${body}`
  return {
    command:
      `if _program curl; then curl -q -sS -K ${settings}${data} -D ${part('h')} -o ${part('b')} -w '%{http_code}' ` +
      `>${part('s')} 2>${part('e')} </dev/null 3<&- 4>&-; else echo missing >${part('e')}; fi`,
    succeeds(success) {
      if (success === 'any') return `read -r _c <${part('s')}; [ "$_c" != 000 ]`
      const pattern = success ? success.map((code) => Math.trunc(code)).join('|') || '-' : '1??|2??|3??'
      return `_c=; read -r _c <${part('s')}; case $_c in ${pattern}) exit 0;; *) exit 1;; esac`
    },
    read(reply) {
      // Behind the line that counts curl may give advice.
      const said = reply.text(`${name}e`).trim()
      const error = /^curl: \(\d+\) (.*)$/m.exec(said)?.[1] ?? said
      const status = Number(reply.text(`${name}s`)) || 0
      const body = reply.bytes(`${name}b`) ?? new Uint8Array()
      if (status !== 0 && error === '') return { status, headers: parseHeaders(reply.text(`${name}h`)), body }
      const why =
        error === 'missing' ? 'curl is not installed on the host: install it, or make the request from the controller' : error
      return { status: 0, headers: {}, body: new Uint8Array(), error: why.split('\n').at(-1) || 'no answer came' }
    },
  }
}

function curlSettings(ask: HttpRequest, host: Host, hasBody: boolean): string {
  const usual = hasBody ? 'POST' : 'GET'
  const method = ask.method?.toUpperCase() ?? usual
  const lines: [string, string][] = [['url', ask.url]]
  if (method === 'HEAD') lines.push(['head', ''])
  else if (method !== usual) lines.push(['request', method])
  for (const [header, value] of Object.entries(ask.headers ?? {})) {
    if (/[\r\n\0]/.test(header + value)) throw new Error(`the header ${header.split(/[\r\n\0]/)[0]} has a line break in it`)
    lines.push(['header', value === '' ? `${header};` : `${header}: ${value}`])
  }
  // Without its own word curl would call the body a form, and wait for leave to send it.
  if (hasBody && !hasHeader(ask, 'content-type')) lines.push(['header', 'Content-Type: application/octet-stream'])
  if (!hasHeader(ask, 'expect')) lines.push(['header', 'Expect:'])
  if (ask.verify === false) lines.push(['insecure', ''])
  if (ask.caPath !== undefined) lines.push(['cacert', hostPath(ask.caPath, host)])
  if (ask.clientCert !== undefined) lines.push(['cert', hostPath(ask.clientCert, host)])
  if (ask.clientKey !== undefined) lines.push(['key', hostPath(ask.clientKey, host)])
  if (ask.followRedirects) lines.push(['location', ''])
  if (ask.connectTo !== undefined) lines.push(['connect-to', `::${ask.connectTo}`])
  lines.push(['max-time', String(ask.timeout ?? 30)], ['globoff', ''], ['proto', '=http,https'])
  return lines.map(([key, value]) => (value === '' ? `${key}\n` : `${key} = ${curlQuote(value)}\n`)).join('')
}

const hasHeader = (ask: HttpRequest, name: string) =>
  Object.keys(ask.headers ?? {}).some((header) => header.toLowerCase() === name)

function curlQuote(text: string): string {
  if (text.includes('\0')) throw new Error('a request has a NUL character in it')
  const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' }
  return `"${text.replace(/[\\"\n\r\t\v]/g, (c) => escapes[c] as string)}"`
}

/** The headers of the last answer, names in lower case. */
export function parseHeaders(text: string): Record<string, string> {
  const last =
    text
      .replace(/\r/g, '')
      .split(/\n\n/)
      .filter((block) => /^HTTP\//.test(block))
      .at(-1) ?? ''
  const headers: Record<string, string> = {}
  for (const line of last.split('\n').slice(1)) {
    const at = line.indexOf(':')
    if (at <= 0) continue
    const name = line.slice(0, at).toLowerCase()
    const value = line.slice(at + 1).trim()
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  return headers
}

/** Adds probes; they run beside each other. */
export function askHttps(request: Request, asks: HttpRequest[], host: Host): (reply: Reply) => HttpFact[] {
  const asked = asks.map((ask) => {
    const one = askHttp(request, ask, host)
    request.add(`_turn; { ${one.command}; } &`)
    return one
  })
  return (reply) => asked.map((one) => one.read(reply))
}
