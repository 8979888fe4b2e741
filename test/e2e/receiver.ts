/** A service on the Internet that takes events of analytics, as far as nodes talk to it: the vendor's with its event hub, or Moesif. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Call {
  url: string
  /** The token, or the key of the application. */
  authorization: string
  body: string
}

export interface Receiver {
  calls: Call[]
  close(): void
}

export async function receiver(port: number, key: string, certificate: string): Promise<Receiver> {
  const calls: Call[] = []
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      calls.push({ url: request.url ?? '', authorization: String(request.headers.authorization ?? request.headers['x-moesif-application-id']), body })
      const hub = encodeURIComponent(`sb://localhost:${(server.address() as AddressInfo).port}/hub`)
      if (request.url === '/auth/v1/token') response.end(JSON.stringify({ token: `SharedAccessSignature sr=${hub}&sig=x` }))
      else response.writeHead(201).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { calls, close: () => (server.closeAllConnections(), server.close()) }
}
