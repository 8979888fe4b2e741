/** What get_url asks of curl and of wget, and checksums that stand in a list. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { probe } from '../../../src/module/index.ts'
import get_url from '../../../tasks/files/get_url.ts'
import { downloadCommand } from '../../../tasks/files/download/command.ts'
import { apply, localHost, type TestHost } from '../harness.ts'

const sum = createHash('sha256').update('content').digest('hex')
const server = createServer((request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/file' }).end()
  if (request.url === '/sums') return void response.end(`${sum}  other\n${sum}  file\n`)
  response.writeHead(request.url === '/file' ? 200 : 404).end('content')
})
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

// A proxy that nobody is: only who goes past it gets anything.
const direct = await localHost()
await direct.ask([probe.program({ name: 'sh' })])
process.env['http_proxy'] = 'http://127.0.0.1:9'
const proxied = await localHost()
await proxied.ask([probe.program({ name: 'sh' })])
delete process.env['http_proxy']
test.after(async () => {
  server.close()
  server.closeAllConnections()
  await direct.close()
  await proxied.close()
})

/** The host as it would be if it did not have these programs. */
function without(host: TestHost, ...names: string[]): TestHost {
  const lacks = (probe: { kind: string; name?: string }) => probe.kind === 'program' && names.includes(probe.name!)
  return { ...host, ask: async (probes) => (await host.ask(probes)).map((fact, at) => (lacks(probes[at] as { kind: string }) ? { path: undefined } : fact)) }
}

for (const [program, missing] of [['curl', 'wget'], ['wget', 'curl']] as const) {
  const host = without(direct, missing)
  const at = (name: string) => join(direct.directory, `${program}-${name}`)

  test(`${program}: what is there is fetched, also from where it has moved to`, async () => {
    await apply(get_url, { url: `${base}/file`, dest: at('one'), checksum: `sha256:${sum}` }, { host })
    await apply(get_url, { url: `${base}/moved`, dest: at('moved') }, { host })
    for (const name of ['one', 'moved']) assert.is(readFileSync(at(name), 'utf8'), 'content')
    assert.is((await apply(get_url, { url: `${base}/file`, dest: at('one'), force: true }, { host })).changed, false)
  })

  test(`${program}: what is not there is said, and nothing is left`, async () => {
    for (const force of [false, true]) {
      const run = await apply(get_url, { url: `${base}/none`, dest: at(force ? 'one' : 'none'), force }, { host, mustWork: false })
      assert.match(run.failed ?? '', /404/)
    }
    assert.not(existsSync(at('none')))
    assert.not(readdirSync(direct.directory).some((name) => name.includes('aarun-part')))
  })

  test(`${program}: the proxy of the environment is used, unless use_proxy says no`, async () => {
    const args = { url: `${base}/file`, dest: join(proxied.directory, program) }
    const run = await apply(get_url, args, { host: without(proxied, missing), mustWork: false })
    assert.ok(run.failed !== undefined && run.failed !== '', 'a message')
    await apply(get_url, { ...args, use_proxy: false }, { host: without(proxied, missing) })
    assert.is(readFileSync(args.dest, 'utf8'), 'content')
  })
}

test('wget is given nothing that others could see, and no program at all is said', async () => {
  const failed = async (host: TestHost, more: object) => (await apply(get_url, { url: `${base}/file`, dest: join(direct.directory, 'x'), ...more }, { host, mustWork: false })).failed ?? ''
  const wget = without(direct, 'curl')
  for (const more of [{ headers: { A: 'b' } }, { url_username: 'me', url_password: 'x' }, { client_cert: '/c.pem' }, { url: 'file:///etc/hostname' }])
    assert.match(await failed(wget, more), /only wget.*: install curl$/)
  assert.is(await failed(without(direct, 'curl', 'wget'), {}), 'neither curl nor wget is on the host: install curl')
})

test('certificates are checked unless told otherwise, and our own is shown', () => {
  const download = { url: 'https://x/y', timeout: 10, validateCerts: true, useProxy: true }
  const config = (more: object) => downloadCommand({ ...download, ...more }, 'curl', ['true']).stdin.split('\n')
  assert.not(config({}).includes('insecure'))
  assert.ok(config({ validateCerts: false }).includes('insecure'))
  assert.ok(config({ clientCert: '/a "b".pem' }).includes('cert = "/a \\"b\\".pem"'))
  assert.ok(config({ clientKey: '/k.pem' }).includes('key = "/k.pem"'))
  const words = (more: object) => downloadCommand({ ...download, ...more }, 'wget', ['true']).argv.join(' ')
  assert.match(words({}), ' --check-certificate ')
  assert.match(words({ validateCerts: false }), ' --no-check-certificate ')
})

test('checksums that stand in a list', async () => {
  const list = join(direct.directory, 'list')
  const args = { url: `${base}/file`, dest: join(direct.directory, 'summed'), checksum: `sha256:file://${list}` }
  const failed = async (text: string) => {
    writeFileSync(list, text)
    return (await apply(get_url, args, { host: direct, mustWork: false })).failed
  }
  assert.match((await apply(get_url, args, { host: direct, mustWork: false })).failed ?? '', /list of checksums file:\S+ can not be read$/)
  assert.is(await failed(`${sum}  other\n${sum}  another\n`), `file is not listed in file://${list}`)
  assert.is(await failed('no sums\n'), `file is not listed in file://${list}`)
  assert.is(await failed(`${sum}\n`), undefined, 'the only one needs no name')
  assert.is((await apply(get_url, { ...args, checksum: `sha256:${base}/sums` }, { host: direct })).changed, false)
  const none = await apply(get_url, { ...args, checksum: `sha256:${base}/none` }, { host: direct, mustWork: false })
  assert.match(none.failed ?? '', /list of checksums \S+\/none can not be read$/)
})

test.run()
