/** Two nodes as the load balancer sees them: what listens on their ports, with their certificate, and says which node it is. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { createServer as createPlain } from 'node:http'
import type { Socket } from 'node:net'
import type { Site } from '../site.ts'

/** RFC 6455: HAProxy looks at the answer. */
function accepted(request: IncomingMessage): string {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

export class Nodes {
  /** Requests of '/slow' that wait for their answer. */
  readonly held: (() => void)[] = []
  private servers = new Map<number, (Server | ReturnType<typeof createPlain>)[]>()
  private readonly site: Site

  constructor(site: Site) {
    this.site = site
  }

  async start(node: 1 | 2): Promise<void> {
    const secret = (name: string) => readFileSync(this.site.local('secrets/tls', name))
    const tls = { cert: secret('apim.pem'), key: secret('apim.key') }
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      const say = () => response.end(JSON.stringify({ node, url: request.url, headers: request.headers }))
      if (request.url === '/slow') this.held.push(say)
      else say()
    }
    const offset = this.site.offset + node - 1
    const started = [
      ...[9443, 8243, 8099].map((port) => ({ port, server: createServer(tls, answer) })),
      { port: 9099, server: createPlain(answer) },
    ]
    for (const { server } of started) server.on('upgrade', (request: IncomingMessage, socket: Socket) => socket.end(`${accepted(request)}node ${node}`))
    await Promise.all(started.map(({ port, server }) => new Promise<void>((resolve, reject) => server.once('error', reject).listen(port + offset, '127.0.0.1', resolve))))
    this.servers.set(node, started.map(({ server }) => server))
  }

  /** As rudely as a process can. */
  stop(node: 1 | 2): void {
    for (const server of this.servers.get(node) ?? []) {
      server.close()
      server.closeAllConnections()
    }
    this.servers.delete(node)
  }

  close(): void {
    for (const node of [1, 2] as const) this.stop(node)
  }
}
