import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import loadbalancer from '../../../tasks/apim/loadbalancer.ts'
import { setDrain, topDirective } from '../../../tasks/apim/loadbalancer/nginx/config.ts'
import { freePort } from '../../ports.ts'
import { apply, localHost, observe, parseArgs, treeHash, type Run } from '../harness.ts'
import { makeContext } from '../harness/context.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const summaries = (run: Run) => run.plan.changes.map((change) => change.summary)
const real = spawnSync('nginx', ['-v']).status === 0 ? test : test.skip
const conf = at('nginx.conf')
const prefix = at('prefix')
mkdirSync(prefix)

const backends: Server[] = []
async function backend(answer: string): Promise<number> {
  const server = createServer((_request, response) => response.end(answer))
  backends.push(server)
  return await new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
}
const [one, two, port] = [await backend('one'), await backend('two'), await freePort()]

const text = (listen: number, extra = '') => `pid run.pid;
error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  upstream apim { server 127.0.0.1:${one}; server "127.0.0.1:${two}" max_fails=3; } # server 127.0.0.1:${two};
  ${extra}
  server { listen 127.0.0.1:${listen}; location / { proxy_pass http://apim; } }
}
`
const base = { dest: conf, prefix }

async function answers(): Promise<string[]> {
  const bodies = new Set<string>()
  for (let i = 0; i < 6; i++)
    bodies.add(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text())
  return [...bodies].sort()
}
/** As the engine does: asks again while the plan is pending. */
async function settle(args: object, run: Run): Promise<string | undefined> {
  for (let i = 0; i < 40; i++) {
    const context = makeContext({ context: { before: run.facts, outcomes: run.outcomes } })
    const parsed = parseArgs(loadbalancer, args as Record<string, unknown>)
    const plan = loadbalancer.plan(parsed as never, await observe(loadbalancer, parsed, host, context), context)
    if (!plan.pending) return plan.failed
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return 'still pending'
}

real('check predicts; apply writes the tested file and starts nginx', async () => {
  const args = { ...base, content: text(port) }
  const before = treeHash(host.directory)
  const check = await apply(loadbalancer, args, { check: true })
  assert.equal(summaries(check), [`create ${conf}`, `start nginx with ${conf}`])
  assert.is(treeHash(host.directory), before)
  assert.equal(summaries(await apply(loadbalancer, args)), summaries(check))
  assert.equal(await answers(), ['one', 'two'])
  assert.equal(summaries(await apply(loadbalancer, args)), [])
})

real('a broken configuration never reaches the disk, and nginx goes on', async () => {
  const before = readFileSync(conf)
  const run = await apply(loadbalancer, { ...base, content: text(port, 'no_such_directive on;') }, { mustWork: false })
  assert.match(run.failed!, /no_such_directive/)
  assert.equal(readFileSync(conf), before)
  assert.equal(await answers(), ['one', 'two'])
})

real('a server is drained and put back', async () => {
  const drain = { ...base, upstream: 'apim', server: `127.0.0.1:${two}`, drain: true }
  const run = await apply(loadbalancer, drain)
  assert.equal(summaries(run), [`change ${conf} and reload nginx`])
  await settle(drain, run)
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(await answers(), ['one'])
  assert.is((await apply(loadbalancer, drain)).changed, false)
  assert.ok((await apply(loadbalancer, { ...drain, drain: false })).changed)
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(await answers(), ['one', 'two'])
  assert.is(readFileSync(conf, 'utf8'), text(port))
  const wrong = await apply(loadbalancer, { ...drain, server: 'node9' }, { mustWork: false })
  assert.match(wrong.failed!, /upstream apim has no server node9; it has 127/)
})

real('draining waits for the requests that were begun', async () => {
  const held: (() => void)[] = []
  const slow = createServer((_request, response) => held.push(() => response.end('slow')))
  backends.push(slow)
  const slowPort = await new Promise<number>((resolve) =>
    slow.listen(0, '127.0.0.1', () => resolve((slow.address() as { port: number }).port)),
  )
  const content = text(port).replace(`server 127.0.0.1:${one};`, `server 127.0.0.1:${slowPort};`)
  await settle({ ...base, content }, await apply(loadbalancer, { ...base, content }))
  await new Promise((resolve) => setTimeout(resolve, 500))
  const calls = [0, 1].map(async () => (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text())
  await new Promise((resolve) => setTimeout(resolve, 300))
  const drain = { ...base, server: `127.0.0.1:${slowPort}`, drain: true }
  const before = await observe(loadbalancer, parseArgs(loadbalancer, drain), host, makeContext({}))
  const settled = settle(drain, { ...(await apply(loadbalancer, drain)), facts: before })
  assert.is(await Promise.race([settled, new Promise((resolve) => setTimeout(() => resolve('waits'), 1500))]), 'waits')
  assert.ok(held.length > 0)
  for (const answer of held) answer()
  assert.is(await settled, undefined)
  for (const body of await Promise.all(calls)) assert.match(body, /^(slow|two)$/)
  await settle({ ...base, content: text(port) }, await apply(loadbalancer, { ...base, content: text(port) }))
})

real('a reload that was missed is made up for', async () => {
  writeFileSync(conf, text(port, '# by hand'))
  // Older workers: a time that is later than theirs, but not in the future.
  await new Promise((resolve) => setTimeout(resolve, 4000))
  const now = Date.now() / 1000
  utimesSync(conf, now, now)
  const run = await apply(loadbalancer, { ...base, content: text(port, '# by hand') })
  assert.equal(summaries(run), [`reload nginx: ${conf} was changed since`])
  assert.is(await settle({ ...base, content: text(port, '# by hand') }, run), undefined)
  assert.equal(summaries(await apply(loadbalancer, { ...base, content: text(port, '# by hand') })), [])
})

real('a configuration that nginx accepts but can not serve does not count as loaded', async () => {
  const args = { ...base, content: text(one) }
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const run = await apply(loadbalancer, args)
  assert.is(await settle(args, run), 'still pending')
  const back = { ...base, content: text(port) }
  await settle(back, await apply(loadbalancer, back))
})

real('a part that the main file includes is tested in its place', async () => {
  mkdirSync(at('conf.d'))
  const main = { ...base, content: text(port, `include ${at('conf.d')}/*.conf;`) }
  await settle(main, await apply(loadbalancer, main))
  const part = { dest: at('conf.d/part.conf'), main: conf, prefix, content: 'map $host $x { default 1; }\n' }
  await apply(loadbalancer, part)
  const bad = await apply(loadbalancer, { ...part, content: 'map {' }, { mustWork: false })
  assert.match(bad.failed!, /part\.conf/)
  assert.is(readFileSync(part.dest, 'utf8'), part.content)
  const other = await apply(loadbalancer, { ...part, dest: at('conf.d/new.conf'), content: 'nonsense;' }, { mustWork: false })
  assert.ok(other.failed)
  assert.not.ok(existsSync(at('conf.d/new.conf')))
})

real('a template is rendered; state started only writes', async () => {
  const options = { controllerFiles: { 'templates/lb.j2': text(port, '# {{ note }}') }, vars: { note: 'templated' } }
  const run = await apply(loadbalancer, { ...base, src: 'lb.j2', state: 'started' }, options)
  assert.equal(summaries(run), [`change ${conf}`])
  assert.match(readFileSync(conf, 'utf8'), /# templated/)
})

real('it is stopped', async () => {
  const run = await apply(loadbalancer, { ...base, state: 'stopped' })
  assert.equal(summaries(run), ['stop nginx'])
  assert.is(await settle({ ...base, state: 'stopped' }, run), undefined)
  assert.is((await apply(loadbalancer, { ...base, state: 'stopped' })).changed, false)
  const missing = await apply(loadbalancer, { ...base, nginx: 'no-such-nginx', content: '' }, { mustWork: false })
  assert.match(missing.failed!, /there is no program no-such-nginx.*install the package nginx/)
})

test('servers are found where they are, and nowhere else', () => {
  const config =
    'http { # upstream a { server x; }\n upstream a { server x weight=2; server "y" down; } upstream b { server x; } }'
  assert.equal(setDrain(config, 'a', ['x'], true), { text: config.replace('server x weight=2', 'server x weight=2 down') })
  assert.equal(setDrain(config, 'a', ['y'], false), { text: config.replace('"y" down', '"y"') })
  assert.equal(setDrain(config, 'a', ['y'], true), { text: config })
  assert.match((setDrain(config, 'c', ['x'], true) as { failed: string }).failed, /no upstream c/)
  const both = 'http { # upstream a { server x; }\n upstream a { server x weight=2 down; server "y" down; } upstream b { server x down; } }'
  assert.equal(setDrain(config, undefined, ['x'], true), { text: both })
  assert.match((setDrain(config, undefined, ['z'], true) as { failed: string }).failed, /no upstream has a server z; they have x, y/)
  assert.is(topDirective('# pid no;\nevents { pid inner; }\npid "/run/a b.pid";', 'pid'), '/run/a b.pid')
  assert.throws(() => parseArgs(loadbalancer, { dest: '/x', drain: true }), /go together/)
  assert.throws(() => parseArgs(loadbalancer, { dest: '/x', content: 'a', src: 'b' }), /either content or src/)
})

test.after(async () => {
  const pid = existsSync(join(prefix, 'run.pid')) ? Number(readFileSync(join(prefix, 'run.pid'), 'utf8')) : 0
  if (pid > 0) process.kill(pid, 'SIGTERM')
  for (const server of backends) server.close()
  await host.close()
})
test.run()
