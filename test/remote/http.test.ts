import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type HttpFact, type HttpRequest, probe } from '../../src/remote/index.ts'
import { fixture } from './fixture.ts'

/** aarun's own client, and curl on the host. */
const local = fixture()
const remote = fixture({ transport: 'exec', prefix: ['env', 'AARUN=1'] })
const sides = spawnSync('curl', ['--version']).status === 0 ? [local, remote] : [local]
if (sides.length === 1) console.log('skipped: curl is not installed')
const servers: Server[] = []
let plain = ''
let secure = ''
let port = 0
/** A server that wants to see a certificate. */
let mutual = 0

test.before(async () => {
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test.example',
    '-addext',
    'subjectAltName=DNS:test.example',
    '-keyout',
    local.path('key'),
    '-out',
    local.path('cert'),
  ])
  assert.is(made.status, 0, String(made.stderr))
  plain = `http://127.0.0.1:${await listen(createServer(answer))}`
  port = await listen(createTlsServer({ key: readFileSync(local.path('key')), cert: readFileSync(local.path('cert')) }, answer))
  secure = `https://test.example:${port}`
  const ours = { key: readFileSync(local.path('key')), cert: readFileSync(local.path('cert')) }
  mutual = await listen(createTlsServer({ ...ours, ca: ours.cert, requestCert: true, rejectUnauthorized: true }, answer))
  writeFileSync(local.path('both'), Buffer.concat([ours.cert, ours.key]))
})
test.after(async () => {
  for (const server of servers) server.close()
  await local.end()
  await remote.end()
})

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  servers.push(server as Server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const url = new URL(request.url ?? '', 'http://x')
    if (url.pathname === '/slow') return void setTimeout(() => response.end(), 5000).unref()
    if (url.pathname === '/binary') return void response.end(Buffer.from([0, 255, 10, 13]))
    if (url.pathname === '/moved') {
      const to = url.searchParams.get('to') ?? '/echo'
      return void response.writeHead(Number(url.searchParams.get('by') ?? 302), { Location: to }).end()
    }
    if (url.pathname === '/circle') return void response.writeHead(302, { Location: '/circle' }).end()
    if (url.pathname === '/dropped') return void response.destroy()
    if (url.pathname === '/cut') return void response.writeHead(200, { 'Content-Length': 100 }).write('short', () => response.destroy())
    response.writeHead(Number(url.searchParams.get('status') ?? 200), {
      'X-Two': ['a', 'b'],
      'Content-Type': 'application/json',
    })
    const { method, headers } = request
    response.end(JSON.stringify({ method, path: request.url, headers, body: Buffer.concat(chunks).toString() }))
  })
}

const everywhere = (
  name: string,
  body: (ask: (request: HttpRequest) => Promise<HttpFact>, side: typeof local) => Promise<void>,
) => {
  for (const side of sides)
    test(`${name} (${side.host.target.transport})`, () => body((request) => side.ask(probe.http(request)), side))
}
const json = (fact: HttpFact) => JSON.parse(Buffer.from(fact.body).toString())

everywhere('status, headers, body', async (ask) => {
  const fact = await ask({ url: `${plain}/echo?status=404&x=[1]{2}`, headers: { 'X-Odd': `it's "q" \\ $HOME`, Empty: '' } })
  assert.is(fact.status, 404)
  assert.equal([fact.headers['x-two'], fact.headers['content-type']], ['a, b', 'application/json'])
  assert.equal([json(fact).headers['x-odd'], json(fact).headers.empty, json(fact).method], [`it's "q" \\ $HOME`, '', 'GET'])
  assert.equal([...(await ask({ url: `${plain}/binary` })).body], [0, 255, 10, 13])
  assert.is((await ask({ url: `${plain}/x`, method: 'HEAD' })).status, 200)
})

everywhere('redirects are followed only when asked', async (ask) => {
  assert.is((await ask({ url: `${plain}/moved` })).status, 302)
  assert.is(json(await ask({ url: `${plain}/moved`, followRedirects: true })).path, '/echo')
})

everywhere('a redirected POST becomes a GET where HTTP says so', async (ask) => {
  const post = { method: 'POST', body: Buffer.from('x'), followRedirects: true }
  for (const [by, method, body] of [[301, 'GET', ''], [302, 'GET', ''], [303, 'GET', ''], [307, 'POST', 'x'], [308, 'POST', 'x']] as const) {
    const told = json(await ask({ ...post, url: `${plain}/moved?by=${by}` }))
    assert.equal([told.method, told.body], [method, body], String(by))
  }
  assert.is((await ask({ url: `${plain}/moved?by=303`, method: 'HEAD', followRedirects: true })).status, 200)
})

everywhere('a redirect to another server takes no credentials along, and a circle ends', async (ask) => {
  const headers = { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Kept': 'c' }
  const here = json(await ask({ url: `${plain}/moved`, headers, followRedirects: true }))
  assert.equal([here.headers.authorization, here.headers['x-kept']], ['Bearer x', 'c'])
  const other = plain.replace('127.0.0.1', 'localhost')
  const there = json(await ask({ url: `${plain}/moved?to=${other}/echo`, headers, followRedirects: true }))
  assert.equal([there.headers.authorization, there.headers.cookie, there.headers['x-kept']], [undefined, undefined, 'c'])
  assert.match((await ask({ url: `${plain}/circle`, followRedirects: true })).error ?? '', /redirects/)
})

everywhere('a body is sent with POST unless something else is said, as bytes of no known kind', async (ask) => {
  const told = json(await ask({ url: `${plain}/echo`, body: Buffer.from('@x') }))
  assert.equal([told.method, told.body, told.headers['content-type']], ['POST', '@x', 'application/octet-stream'])
})

everywhere('a name and password in the URL', async (ask) => {
  const told = json(await ask({ url: `${plain.replace('//', '//me:p%40ss@')}/echo` }))
  assert.is(told.headers.authorization, `Basic ${Buffer.from('me:p@ss').toString('base64')}`)
})

everywhere('connect-to leaves the name as it is, with a port or without', async (ask) => {
  const { port: open } = new URL(plain)
  assert.is(json(await ask({ url: 'http://test.example/echo', connectTo: `127.0.0.1:${open}` })).headers.host, 'test.example')
  assert.is(json(await ask({ url: `http://test.example:${open}/echo`, connectTo: '127.0.0.1' })).headers.host, `test.example:${open}`)
})

everywhere('a header can not bring others with it', async (ask) => {
  const asked = await ask({ url: `${plain}/echo`, headers: { 'X-A': 'b\r\nX-C: d' } }).then((fact) => fact.error ?? json(fact).headers, (error: Error) => error.message)
  assert.type(asked, 'string')
  assert.match(asked, /line break|Invalid character/)
})

everywhere('our certificate, with the key beside it or in it', async (ask) => {
  const request = { url: `https://test.example:${mutual}/echo`, connectTo: `127.0.0.1:${mutual}`, caPath: local.path('cert') }
  assert.is((await ask(request)).status, 0)
  assert.is((await ask({ ...request, clientCert: local.path('cert'), clientKey: local.path('key') })).status, 200)
  assert.is((await ask({ ...request, clientCert: local.path('both') })).status, 200)
  const missing = await ask({ ...request, clientCert: local.path('none') })
  assert.match(missing.error ?? '', /none/)
})

everywhere('certificates: refused, trusted, not checked', async (ask) => {
  const connectTo = `127.0.0.1:${port}`
  const refused = await ask({ url: `${secure}/echo`, connectTo })
  assert.is(refused.status, 0)
  assert.match(refused.error ?? '', /certificate|self.signed/i)
  assert.is((await ask({ url: `${secure}/echo`, connectTo, caPath: local.path('cert') })).status, 200)
  assert.is((await ask({ url: `${secure}/echo`, connectTo, verify: false })).status, 200)
  const other = await ask({ url: `https://other.example:${port}/`, connectTo, caPath: local.path('cert') })
  assert.is(other.status, 0)
})

everywhere('no answer is a fact with a reason', async (ask) => {
  const slow = await ask({ url: `${plain}/slow`, timeout: 1 })
  assert.is(slow.status, 0)
  assert.ok(slow.error)
  const refused = await ask({ url: 'http://127.0.0.1:1/' })
  assert.match(refused.error ?? '', /refused|connect/i)
  assert.is((await ask({ url: 'file:///etc/passwd' })).status, 0)
  for (const path of ['dropped', 'cut']) {
    const fact = await ask({ url: `${plain}/${path}` })
    assert.equal([fact.status, fact.body.byteLength], [0, 0], path)
    assert.match(fact.error ?? '', /closed|Empty reply|aborted/i)
  }
  assert.match((await ask({ url: 'http://nowhere.invalid/' })).error ?? '', /resolve/)
})

everywhere('actions send bodies, and say what was not accepted without telling secrets', async (_ask, side) => {
  const body = Buffer.from(`{"a": "@file \\n 'x'"}`)
  const post = { method: 'POST', body, headers: { 'Content-Type': 'application/json' } }
  const { outcomes, facts } = await side.host.act(
    [
      { kind: 'http', request: { ...post, url: `${plain}/a?token=hunter2` } },
      { kind: 'http', request: { ...post, method: 'PUT', url: `${plain}/b?status=409` }, success: [409] },
      { kind: 'write', path: side.path('between'), content: Buffer.from('x') },
      { kind: 'http', request: { ...post, url: `${plain}/c?status=500&token=hunter2` } },
      { kind: 'write', path: side.path('never'), content: Buffer.from('x') },
    ],
    {
      then: [
        probe.file({ path: side.path('between') }),
        probe.file({ path: side.path('never') }),
        probe.http({ url: `${plain}/then` }),
      ],
    },
  )
  assert.equal(
    outcomes.map((outcome) => outcome.ok),
    [true, true, true, false],
  )
  assert.equal([json(outcomes[0]?.http as HttpFact).body, json(outcomes[1]?.http as HttpFact).method], [String(body), 'PUT'])
  assert.match(outcomes[3]?.error ?? '', /^POST http:\/\/127\.0\.0\.1:\d+\/c was answered with status 500$/)
  assert.equal(
    (facts as { exists?: boolean; status?: number }[]).map((fact) => fact.exists ?? fact.status),
    [true, false, 200],
  )
})

everywhere('which status counts as done is for the action to say', async (_ask, side) => {
  const done = async (url: string, success?: number[] | 'any') => (await side.host.act([{ kind: 'http', request: { url }, ...(success && { success }) }])).outcomes[0]?.ok
  assert.is(await done(`${plain}/echo?status=500`, 'any'), true)
  assert.is(await done('http://127.0.0.1:1/', 'any'), false)
  assert.is(await done(`${plain}/echo`, []), false)
  assert.is(await done(`${plain}/echo?status=404`), false)
  assert.is(await done(`${plain}/echo?status=204`), true)
})

test.run()
