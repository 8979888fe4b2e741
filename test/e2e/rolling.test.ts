/**
 * Restarts while clients call: not one request is lost, although the nodes of this suite stop as rudely as a process can:
 * with the calls in flight unanswered. Half of the calls are POSTs, which nginx must not send to another node.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Agent, request, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Site } from './site.ts'

const site = await Site.make()
site.edit('lab/pack/lib/src/org/aarun/standin/Main.java', (text) => {
  assert.match(text, 'Listener.drain(20);')
  return text.replace('Listener.drain(20);', 'Runtime.getRuntime().halt(0);')
})
/** A back end that takes its time, so that there is always a call in flight. */
const backend = createServer((_request, response) => setTimeout(() => response.end('done'), 250)).listen(0, '127.0.0.1')
const gatewayPort = site.ports.gateway
const ca = () => readFileSync(site.local('secrets/tls/ca.pem'))
const conf = () => readFileSync(site.local('nginx/nginx.conf'), 'utf8')

interface Answer {
  status?: number
  node: string
  body: string
}

function send(options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', ca: ca(), timeout: 60_000, ...options }, (answer) => {
      let text = ''
      answer.on('data', (data) => (text += data))
      answer.on('end', () => resolve({ status: answer.statusCode, node: String(answer.headers['x-node']), body: text }))
      answer.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer within a minute')))
    sent.on('error', (error) => reject(Object.assign(error, { reused: sent.reusedSocket })))
    sent.end(body)
  })
}

/** Clients that call through the load balancer until they are told to stop. */
class Clients {
  calls = 0
  readonly failures: string[] = []
  /** Which node's gateway answered how often, by the header of the stand-in. */
  readonly nodes = new Map<string, number>()
  private stopped = false
  private readonly workers: Promise<void>[]

  constructor() {
    const kinds = [false, true].flatMap((keepAlive) => [{ keepAlive, slow: false }, { keepAlive, slow: true }])
    this.workers = kinds.map(({ keepAlive, slow }) => this.work(new Agent({ keepAlive, maxSockets: 1 }), slow))
  }

  async stop(): Promise<void> {
    this.stopped = true
    await Promise.all(this.workers)
  }

  private async work(agent: Agent, slow: boolean): Promise<void> {
    const options = slow ? { path: '/slow/1.0', method: 'POST' } : { path: '/hello/1.0' }
    for (const end = Date.now() + 300_000; !this.stopped && Date.now() < end; this.calls++) {
      const failure = await this.call({ port: gatewayPort, agent, ...options })
      if (failure) this.failures.push(`${new Date().toISOString()} ${options.path} ${failure}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    agent.destroy()
  }

  /** Undefined: answered with 200. */
  private async call(options: RequestOptions, again = true): Promise<string | undefined> {
    try {
      const { status, node, body } = await send(options, options.method === 'POST' ? '{}' : undefined)
      this.nodes.set(node, (this.nodes.get(node) ?? 0) + 1)
      return status === 200 ? undefined : `${status} from ${node}: ${body.slice(0, 200)}`
    } catch (error) {
      // A server may close a connection that has been idle at the very moment when a call is sent on it. Clients that keep
      // connections have to send it again (RFC 9112, 9.3.1), once, on a new one.
      const { code, message, reused } = error as NodeJS.ErrnoException & { reused?: boolean }
      if (reused && code === 'ECONNRESET' && again) return this.call({ ...options, agent: false }, false)
      return `${code ?? ''} ${message}`
    }
  }
}

async function whileCalled(work: () => Promise<void>): Promise<string[]> {
  const clients = new Clients()
  try {
    await work()
  } finally {
    await clients.stop()
  }
  assert.ok(clients.calls > 200, `${clients.calls} calls`)
  assert.ok([1, 2].every((node) => [...clients.nodes.keys()].some((name) => name.endsWith(`:${8242 + site.offset + node}`))), [...clients.nodes].join())
  return clients.failures
}

/** The owner of the certificate that is shown on a port. */
async function tlsNames(port: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: 'localhost', port, servername: 'localhost', rejectUnauthorized: false }, () => {
      resolve([String(socket.getPeerCertificate().subject.CN)])
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

/** Publishes an API of the slow back end on node 1 (in the stand-in's short form), and waits until both nodes have it. */
async function publishSlow(): Promise<void> {
  const management = { port: 9443 + site.offset, auth: `admin:${readFileSync(site.local('secrets/admin'), 'utf8').trim()}` }
  const api = {
    name: 'Slow',
    context: '/slow',
    version: '1.0',
    endpoint: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
    throttlingPolicy: 'Unlimited',
    gatewayEnvironments: ['Production and Sandbox'],
  }
  const headers = { 'content-type': 'application/json' }
  const made = await send({ ...management, method: 'POST', path: '/api/am/publisher/v1/apis', headers }, JSON.stringify(api))
  assert.is(made.status, 201, made.body)
  const { id } = JSON.parse(made.body) as { id: string }
  assert.is((await send({ ...management, method: 'POST', path: `/api/am/publisher/v1/apis/change-lifecycle?apiId=${id}&action=Publish`, headers }, '{}')).status, 200)
  for (const node of [0, 1]) {
    for (let tries = 0; tries < 50; tries++) {
      if ((await send({ port: 8243 + site.offset + node, path: '/slow/1.0' })).status === 200) break
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

test('rolling-restart.yaml restarts both nodes and loses no request', async () => {
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.is(run.exit, 0, run.stderr)
  await publishSlow()
  const before = conf()
  const pids = [site.pid(1), site.pid(2)]
  const lost = await whileCalled(async () => {
    const rolling = await site.run('rolling-restart.yaml')
    assert.equal(rolling.failures, [])
    assert.is(rolling.exit, 0, rolling.stderr)
  })
  assert.equal(lost, [])
  assert.is.not(site.pid(1), pids[0])
  assert.is.not(site.pid(2), pids[1])
  assert.is(conf(), before)
})

test('after it site.yaml has nothing to change', async () => {
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.equal(run.changed, [])
})

test('a change of the configuration restarts both nodes and loses no request', async () => {
  const before = conf()
  const pids = [site.pid(1), site.pid(2)]
  site.edit('playbooks/steps/database.yaml', (text) => text.replaceAll('maxActive: 50', 'maxActive: 40'))
  const check = await site.run('site.yaml', '--check')
  const lost = await whileCalled(async () => {
    const run = await site.run('site.yaml')
    assert.equal(run.failures, [])
    assert.is(run.exit, 0, run.stderr)
    assert.equal(check.changed, run.changed)
  })
  assert.equal(lost, [])
  assert.match(readFileSync(site.toml(1), 'utf8'), /maxActive *= *40/)
  assert.is.not(site.pid(1), pids[0])
  assert.is.not(site.pid(2), pids[1])
  assert.is(conf(), before)
  assert.equal((await site.run('site.yaml')).changed, [])
})

test('another certificate for users loses no request, and the key that signs and encrypts stays', async () => {
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '400', '-subj', '/CN=renewed', '-addext', names]
  execFileSync('openssl', [...request, '-keyout', site.path('new.key'), '-out', site.path('new.pem')], { stdio: 'ignore' })
  const shown = async () => (await tlsNames(gatewayPort)).concat(await tlsNames(8243 + site.offset), await tlsNames(9444 + site.offset))
  assert.equal(await shown(), ['localhost', 'localhost', 'localhost'])
  const primary = () => readFileSync(join(site.home(2), 'repository/resources/security/apim.jks'), 'latin1')
  const before = primary()
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace("file: ''", `file: '${site.path('new.pem')}'`).replace("key: ''", `key: '${site.path('new.key')}'`))
  const lost = await whileCalled(async () => {
    const run = await site.run('site.yaml')
    assert.equal(run.failures, [])
    assert.is(run.exit, 0, run.stderr)
  })
  assert.equal(lost, [])
  assert.equal(await shown(), ['renewed', 'renewed', 'renewed'])
  assert.is(primary(), before)
  assert.equal((await site.run('site.yaml')).changed, [])
})

test('a node that does not come back is put back, the other one is left alone and serves', async () => {
  const pid = site.pid(2)
  const before = conf()
  const good = readFileSync(site.toml(1), 'utf8')
  site.edit(site.toml(1), (text) => text.replace(/^file_name *= *"apim.jks"/m, 'file_name = "none.jks"'))
  const run = await site.run('rolling-restart.yaml')
  assert.is(run.exit, 2)
  assert.match(run.failures.join('\n'), /node1 .*none\.jks/, run.failures.join('\n'))
  assert.is(site.pid(2), pid)
  assert.is(conf(), before)
  site.edit(site.toml(1), () => good)
  assert.equal((await site.run('site.yaml', '-t', 'start')).failures, [])
})

test('without draining, calls are lost: this suite would see it', async () => {
  site.edit('playbooks/includes/drain.yaml', (text) => text.replace('drain: true', 'drain: false'))
  const lost = await whileCalled(async () => {
    assert.equal((await site.run('rolling-restart.yaml')).failures, [])
  })
  assert.ok(lost.length > 0)
  assert.ok(lost.every((line) => / 50[234] /.test(line)), lost.join('\n'))
})

test.after(async () => {
  backend.close()
  await site.remove()
})
test.run()
