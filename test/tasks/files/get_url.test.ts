import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import get_url from '../../../tasks/files/get_url.ts'
import { apply, localHost, parseArgs } from '../harness.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const sha = (text: string, algorithm = 'sha256') => createHash(algorithm).update(text).digest('hex')

/** What is served; `requests` counts the downloads. */
let served = 'version 1'
let requests = 0
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url!, 'http://x')
  if (pathname === '/sums')
    return void response.end(`${sha('other')}  other.jar\n${sha(served)} *a%20file.jar\n${sha(served)}  file.jar\n`)
  if (
    pathname === '/secret/file.jar' &&
    (request.headers.authorization !== `Basic ${Buffer.from('me:p"\\w').toString('base64')}` ||
      request.headers['x-key'] !== 'k "$(id)"')
  ) {
    response.statusCode = 401
    return void response.end()
  }
  if (!pathname.endsWith('file.jar')) {
    response.statusCode = 404
    return void response.end()
  }
  requests++
  response.end(served)
})
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const url = `${base}/file.jar`

test('downloads what is missing, into a file or a directory', async () => {
  const run = await apply(get_url, { url, dest: at('one'), mode: '0640' })
  assert.is(readFileSync(at('one'), 'utf8'), 'version 1')
  assert.is(statSync(at('one')).mode & 0o777, 0o640)
  assert.is(run.result.dest, at('one'))
  mkdirSync(at('d'))
  await apply(get_url, { url: `${url}?x=1`, dest: at('d') })
  assert.is(readFileSync(at('d/file.jar'), 'utf8'), 'version 1')
  assert.equal(readdirSync(host.directory).sort(), ['d', 'one'])
})

test('a file that is there is left alone', async () => {
  const before = requests
  served = 'version 2'
  assert.is((await apply(get_url, { url, dest: at('one') })).changed, false)
  assert.is(requests, before)
})

test('force compares the content', async () => {
  chmodSync(at('one'), 0o604)
  const run = await apply(get_url, { url, dest: at('one'), force: true, backup: true })
  assert.is(readFileSync(at('one'), 'utf8'), 'version 2')
  assert.is(statSync(at('one')).mode & 0o777, 0o604)
  assert.is(readFileSync(String(run.result.backup_file), 'utf8'), 'version 1')
  assert.is((await apply(get_url, { url, dest: at('one'), force: true })).changed, false)
})

test('a checksum decides, given or listed', async () => {
  served = 'version 3'
  const before = requests
  const wrong = await apply(get_url, { url, dest: at('one'), checksum: `sha256:${sha('else')}` }, { mustWork: false })
  assert.match(wrong.failed!, /checksum of the download is/)
  assert.is(readFileSync(at('one'), 'utf8'), 'version 2')
  assert.not(readdirSync(host.directory).some((name) => name.includes('aarun-part')))
  const args = { url, dest: at('one'), checksum: `sha256:${base}/sums` }
  await apply(get_url, args)
  assert.is(readFileSync(at('one'), 'utf8'), 'version 3')
  assert.is(requests, before + 2)
  assert.is((await apply(get_url, args)).changed, false)
  assert.is((await apply(get_url, { ...args, checksum: `sha1:${sha(served, 'sha1')}` })).changed, false)
  assert.is(requests, before + 2)
})

test('a missing page is an error, and nothing is left', async () => {
  const run = await apply(get_url, { url: `${base}/none`, dest: at('none') }, { mustWork: false })
  assert.match(run.failed!, /404/)
  assert.not(existsSync(at('none')))
  assert.not(readdirSync(host.directory).some((name) => name.includes('aarun-part')))
})

test('headers and passwords go through stdin', async () => {
  const args = {
    url: `${base}/secret/file.jar`,
    dest: at('s'),
    headers: { 'X-Key': 'k "$(id)"' },
    url_username: 'me',
    url_password: 'p"\\w',
  }
  const run = await apply(get_url, args)
  assert.is(readFileSync(at('s'), 'utf8'), served)
  const action = run.plan.changes[0]!.actions[0]!
  assert.not.match(JSON.stringify(action.kind === 'run' ? action.argv : ''), 'p\\"')
  assert.is(action.kind === 'run' && action.secret, true)
})

test('file: URLs, and names with blanks', async () => {
  writeFileSync(at('source file'), 'local')
  await apply(get_url, { url: `file://${at('source%20file')}`, dest: `${at('made dir')}/` })
  assert.is(readFileSync(at('made dir/source file'), 'utf8'), 'local')
})

test('check mode downloads nothing', async () => {
  const before = requests
  const run = await apply(get_url, { url, dest: at('check') }, { check: true })
  assert.is(run.plan.changes[0]!.summary, `create ${at('check')} from ${url}`)
  assert.is(requests, before)
  assert.not(existsSync(at('check')))
})

test('wrong arguments', () => {
  assert.throws(() => parseArgs(get_url, { url: 'ssh://x', dest: '/x' }), /expected a URL/)
  assert.throws(() => parseArgs(get_url, { url, dest: '/x', checksum: 'abc' }), /expected ALGORITHM:HEX/)
})

test.after(async () => {
  server.close()
  server.closeAllConnections()
  await host.close()
})
test.run()
