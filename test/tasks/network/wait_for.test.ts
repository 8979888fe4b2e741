/** wait_for and uri, against real ports and a real web server of the test. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, createServer, type Server as TcpServer, type Socket } from 'node:net'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import uri from '../../../tasks/network/uri.ts'
import wait_for from '../../../tasks/network/wait_for.ts'
import { parseConnections } from '../../../tasks/network/tcp-connections.ts'
import { multipart } from '../../../tasks/network/uri/multipart.ts'
import { apply, localHost, parseArgs, type TestHost } from '../harness.ts'

interface Seen {
  method?: string
  url?: string
  headers: IncomingMessage['headers']
  body: string
}

let host: TestHost
let http: Server
let base: string
const seen: Seen[] = []
test.before(async () => {
  host = await localHost()
  http = createHttp((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('latin1'),
      })
      if (request.url === '/moved') return response.writeHead(302, { Location: '/json' }).end()
      if (request.url === '/bad') return response.writeHead(503, { 'X-Why-Not': 'busy' }).end('try later')
      if (request.url === '/broken') return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{')
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json; charset=utf-8' })
      response.end('{"a": [1, "{{ x }}"]}')
    })
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
test.after(async () => {
  http.close()
  http.closeAllConnections()
  await host.close()
})

function listen(onConnection: (socket: Socket) => void = () => {}): Promise<{ server: TcpServer; port: number }> {
  const server = createServer((socket) => {
    // Who asks may go before all is sent.
    socket.on('error', () => {})
    onConnection(socket)
  })
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () => done({ server, port: (server.address() as AddressInfo).port })),
  )
}
const pendingOf = async (raw: Record<string, unknown>) => (await apply(wait_for, raw)).plan.pending
const close = (server: TcpServer) => new Promise((done) => server.close(done))

test('a port: answers, answers no more', async () => {
  const { server, port } = await listen((socket) => socket.destroy())
  assert.is(await pendingOf({ port }), undefined)
  assert.is(await pendingOf({ port, state: 'stopped' }), `127.0.0.1:${port} still answers`)
  await close(server)
  assert.is(await pendingOf({ port }), `127.0.0.1:${port} does not answer yet`)
  assert.is(await pendingOf({ port, msg: 'no gateway' }), 'no gateway')
  assert.is(await pendingOf({ port, state: 'stopped' }), undefined)
})

test('a port that sends a text', async () => {
  const { server, port } = await listen((socket) => socket.end('SSH-2.0-Open_9\r\n'))
  const run = await apply(wait_for, { port, search_regex: 'Open_(?P<version>\\d+)' })
  assert.is(run.plan.pending, undefined)
  assert.equal(run.result.match_groups, ['9'])
  assert.equal(run.result.match_groupdict, { version: '9' })
  assert.match((await pendingOf({ port, search_regex: 'Closed', connect_timeout: 1 })) ?? '', /has not sent 'Closed'/)
  await close(server)
})

test('a path, and a text in it', async () => {
  const path = join(host.directory, 'a log')
  assert.is(await pendingOf({ path }), `${path} is not there yet`)
  assert.is(await pendingOf({ path, state: 'absent' }), undefined)
  writeFileSync(path, 'one\nWSO2 Carbon started in 42 sec\n')
  assert.is(await pendingOf({ path }), undefined)
  const run = await apply(wait_for, { path, search_regex: '^WSO2 .* in (\\d+) sec$' })
  assert.equal(run.result.match_groups, ['42'])
  assert.match((await pendingOf({ path, search_regex: 'failed' })) ?? '', /'failed' in .* is not there yet/)
  assert.is(await pendingOf({ path, search_regex: 'failed', state: 'absent' }), undefined)
})

test('drained: until the last connection is gone', async () => {
  const sockets: Socket[] = []
  const { server, port } = await listen((socket) => sockets.push(socket))
  const { connect } = await import('node:net')
  const client = connect(port, '127.0.0.1')
  await new Promise((done) => client.once('connect', done))
  assert.is(await pendingOf({ port, state: 'drained' }), `127.0.0.1:${port} still has 1 connection`)
  assert.is(await pendingOf({ port, state: 'drained', exclude_hosts: '127.0.0.1' }), undefined)
  assert.is(await pendingOf({ port, state: 'drained', host: '127.0.0.2' }), undefined)
  client.destroy()
  for (const socket of sockets) socket.destroy()
  await close(server)
})

test("the kernel's table", () => {
  const text = `  sl  local_address rem_address   st
   0: 0100007F:1F90 0200000A:C350 01 00000000:00000000 00:00000000 00000000
   1: 0000000000000000FFFF00000100007F:0050 00000000000000000000000001000000:0000 0A 0
`
  assert.equal(parseConnections(text), [
    { local: '127.0.0.1', localPort: 8080, remote: '10.0.0.2', remotePort: 50000, state: 'ESTABLISHED' },
    { local: '127.0.0.1', localPort: 80, remote: '::1', remotePort: 0, state: 'LISTEN' },
  ])
})

test('neither port nor path: only time', async () => {
  assert.equal((await apply(wait_for, { timeout: 7 })).plan.engine, { pause: { seconds: 7 } })
})

test('GET: status, headers, content and JSON; asked in check mode too', async () => {
  const run = await apply(
    uri,
    { url: `${base}/json?a=b`, return_content: true, headers: { 'X-Hostile': `it's "x" $(id) \\` } },
    { check: true },
  )
  assert.equal(run.plan.changes, [])
  assert.is(run.result.status, 200)
  assert.equal(run.result.json, { a: [1, '{{ x }}'] })
  assert.is(run.result.content, '{"a": [1, "{{ x }}"]}')
  assert.is(run.result.content_type, 'application/json; charset=utf-8')
  assert.is(seen.at(-1)?.headers['x-hostile'], `it's "x" $(id) \\`)
  assert.not('json' in (await apply(uri, { url: `${base}/broken` })).result)
})

test('a status that was not asked for fails with it', async () => {
  const run = await apply(uri, { url: `${base}/bad`, return_content: true }, { mustWork: false })
  assert.match(run.failed ?? '', /^Status code was 503 and not \[200\]/)
  assert.is(run.plan.result?.x_why_not, 'busy')
  assert.is(run.plan.result?.content, 'try later')
  assert.is((await apply(uri, { url: `${base}/bad`, status_code: '200, 503' })).result.status, 503)
})

test('no answer is status -1', async () => {
  const { server, port } = await listen()
  await close(server)
  const run = await apply(uri, { url: `http://127.0.0.1:${port}/` }, { mustWork: false })
  assert.match(run.failed ?? '', /^Status code was -1 and not \[200\]/)
  assert.is(run.plan.result?.status, -1)
  assert.is((await apply(uri, { url: `http://127.0.0.1:${port}/`, status_code: -1 })).plan.result?.status, -1)
})

test('redirects', async () => {
  assert.is((await apply(uri, { url: `${base}/moved` })).result.status, 200)
  assert.is((await apply(uri, { url: `${base}/moved`, follow_redirects: 'none', status_code: 302 })).result.location, '/json')
  assert.is((await apply(uri, { url: `${base}/moved`, follow_redirects: false, status_code: 302 })).result.status, 302)
})

test('POST: sent once, not in check mode; JSON, forms and files', async () => {
  const count = seen.length
  const json = {
    url: `${base}/x`,
    method: 'post',
    body_format: 'json',
    body: { b: ["it's", 1, null] },
    status_code: [201],
    user: 'ann',
    password: 'p:ä',
  }
  const check = await apply(uri, json, { check: true })
  assert.is(check.plan.changes[0]!.summary, `POST ${base}/x`)
  assert.is(seen.length, count)
  const run = await apply(uri, json)
  assert.is(run.changed, false)
  assert.equal(run.result.json, { a: [1, '{{ x }}'] })
  assert.is(seen.length, count + 1)
  const last = () => seen.at(-1)!
  assert.is(last().body, `{"b":["it's",1,null]}`)
  assert.is(last().headers['content-type'], 'application/json')
  assert.is(last().headers.authorization, `Basic ${Buffer.from('ann:p:ä').toString('base64')}`)
  await apply(uri, {
    url: `${base}/x`,
    method: 'POST',
    body_format: 'form-urlencoded',
    body: { a: 'x & y', b: [1, 2] },
    status_code: 201,
  })
  assert.is(last().body, 'a=x+%26+y&b=1&b=2')
  const files = { 'files/api.zip': new Uint8Array([0, 255, 10, 13]), 'files/body.bin': new Uint8Array([1, 0, 2]) }
  const form = {
    note: 'n',
    file: { filename: 'api.zip', mime_type: 'application/zip' },
    text: { content: 't', filename: 'a"b.txt' },
  }
  await apply(
    uri,
    { url: `${base}/x`, method: 'POST', body_format: 'form-multipart', body: form, status_code: 201 },
    { controllerFiles: files },
  )
  assert.match(last().headers['content-type'] ?? '', /^multipart\/form-data; boundary="==[0-9a-f]{32}=="$/)
  assert.ok(
    last().body.includes(
      'Content-Disposition: form-data; name="file"; filename="api.zip"\r\nContent-Type: application/zip\r\n\r\n\0\xff\n\r\r\n--',
    ),
  )
  assert.ok(last().body.includes('name="text"; filename="a%22b.txt"'))
  await apply(uri, { url: `${base}/x`, method: 'PUT', src: 'body.bin' }, { controllerFiles: files })
  assert.is(last().body, '\x01\0\x02')
  const failed = await apply(uri, { url: `${base}/bad`, method: 'DELETE', status_code: [204] }, { mustWork: false })
  assert.match(failed.failed ?? '', /^Status code was 503 and not \[204\]/)
})

test('dest: written once, with its mode', async () => {
  const dest = join(host.directory, 'answer')
  assert.ok((await apply(uri, { url: `${base}/json`, dest, mode: '0600' })).changed)
  assert.is(readFileSync(dest, 'utf8'), '{"a": [1, "{{ x }}"]}')
  const again = await apply(uri, { url: `${base}/json`, dest, mode: '0600' })
  assert.not(again.changed)
  assert.is(again.result.path, dest)
  assert.ok((await apply(uri, { url: `${base}/name.json`, dest: host.directory })).changed)
  assert.ok(existsSync(join(host.directory, 'name.json')))
})

test('creates', async () => {
  writeFileSync(join(host.directory, 'done'), '')
  const count = seen.length
  const run = await apply(uri, { url: `${base}/x`, method: 'POST', creates: join(host.directory, 'done') })
  assert.is(run.plan.changes.length, 0)
  assert.is(seen.length, count)
})

test('the boundary of a form follows from its content', () => {
  const form = { a: 'x' }
  assert.equal(multipart(form, new Map()), multipart(form, new Map()))
})

test('bad arguments', () => {
  for (const [module, raw, message] of [
    [uri, { url: 'ftp://x' }, /http:\/\/ or https/],
    [uri, { url: 'http://x', body: 'a', src: 'b' }, /either body or src/],
    [uri, { url: 'http://x', method: 'POST', dest: '/x' }, /dest goes only with GET/],
    [wait_for, { port: 1, path: '/x' }, /either port or path/],
    [wait_for, { port: 70000 }, /1 to 65535/],
    [wait_for, { path: '/x', search_regex: '(' }, /regular expression/],
    [wait_for, { state: 'drained' }, /needs a port/],
  ] as const) {
    assert.throws(
      () => parseArgs(module, raw),
      (error: Error) => message.test(error.message),
      JSON.stringify(raw),
    )
  }
})

test.run()
