/**
 * nginx on a host that serves another site, HAProxy, and a load balancer that is somebody else's, in front of what listens
 * on the ports of two nodes. The load balancers are real; the nodes only say who they are.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request as plain } from 'node:http'
import { Agent, request, type RequestOptions } from 'node:https'
import { connect } from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../ports.ts'
import { Nodes } from './loadbalancer/nodes.ts'
import { type Ran, Site } from './site.ts'

const site = await Site.make()
const nodes = new Nodes(site)
const model = 'inventory/local/group_vars/all/apim.yaml'
const [sitePort, httpPort] = [await freePort(), await freePort()]
const gateway = { host: 'localhost', port: site.ports.gateway }
const portal = { host: 'localhost', port: site.ports.portal }
const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: site.dir, stdio: 'ignore' })

interface Answer {
  status?: number
  headers: Record<string, string | string[] | undefined>
  body: string
  node?: number
}
/** Trusted is what is said to be trusted, and nothing else. */
function ask(options: RequestOptions, ca = 'authority.pem', send: typeof request = request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const own = { ca: readFileSync(site.path(ca)), servername: 'api.test', agent: new Agent({ maxSockets: 1 }) }
    const sent = send({ ...(send === request ? own : {}), timeout: 20_000, ...options }, (answer) => {
      let body = ''
      answer.on('data', (data) => (body += data))
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body, node: /^\{"node":(\d)/.test(body) ? JSON.parse(body).node : undefined }))
    })
    sent.on('upgrade', (answer, socket, head) => {
      let body = head.toString()
      socket.on('data', (data) => (body += data))
      socket.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }))
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', reject)
    sent.end()
  })
}
const host = { headers: { host: 'api.test' } }
async function reached(options: RequestOptions, times = 8): Promise<number[]> {
  const answers = []
  for (let i = 0; i < times; i++) answers.push(await ask({ path: '/x', ...host, ...options }))
  assert.ok(answers.every(({ status }) => status === 200), JSON.stringify(answers))
  return [...new Set(answers.map(({ node }) => node!))].sort()
}
async function until<T>(what: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await what()
    if (good(value) || tries > 60) return value
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** What the model says of the load balancer; the rest stays as in inventory/local. */
function balancer(text: string): void {
  site.edit(model, (all) => all.replace(/^ {2}loadbalancer:\n(?: {4}.*\n|\n)+/m, `  loadbalancer:\n${text.replace(/^/gm, '    ')}\n\n`))
}
const step = (...words: string[]) => site.run('steps.yaml', '-l', 'localhost,lb', ...words)
writeFileSync(site.path('playbooks/steps.yaml'), '- import_playbook: steps/certificate.yaml\n- import_playbook: steps/loadbalancer.yaml\n')
function works(run: Ran): Ran {
  assert.equal(run.failures, [])
  assert.is(run.exit, 0, run.stderr)
  return run
}
/** Takes node 1 out or puts it back, as restarts do. */
async function drain(way: 'drain' | 'undrain', run = works): Promise<Ran> {
  writeFileSync(site.path('playbooks/only.yaml'), `- hosts: node1\n  gather_facts: false\n  vars_files: [includes/node.yaml, includes/loadbalancer.yaml]\n  tasks:\n    - import_tasks: includes/${way}.yaml\n`)
  return run(await site.run('only.yaml'))
}
const ports = `ports: { ws: ${site.ports.streams}, wss: ${site.ports.streams + 1}, websub_http: 0, websub_https: null, http: ${httpPort} }`

test('a certificate of an authority, with a name that is no localhost, and an encrypted key', async () => {
  site.edit(model, (text) => text.replaceAll('hostname: localhost', 'hostname: api.test'))
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '800', '-subj', '/CN=authority', '-keyout', 'authority.key', '-out', 'authority.pem')
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-passout', 'pass:open sesame', '-keyout', 'api.key', '-out', 'api.csr', '-subj', '/CN=api.test')
  writeFileSync(site.path('names'), 'subjectAltName=DNS:api.test\n')
  openssl('x509', '-req', '-in', 'api.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key', '-days', '20', '-extfile', 'names', '-out', 'api.pem')
  writeFileSync(site.path('certificate'), `certificate:\n  file: ${JSON.stringify(site.path('api.pem'))}\n  key: ${JSON.stringify(site.path('api.key'))}\n  passphrase: open sesame\n  ca: ${JSON.stringify(site.path('authority.pem'))}`)
  mkdirSync(site.path('nginx/sites'), { recursive: true })
  writeFileSync(site.path('nginx/nginx.conf'), `# the host's own
pid "${site.path('nginx/run.pid')}"; error_log "${site.path('nginx/error.log')}";
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path "${site.path('nginx/t1')}"; proxy_temp_path "${site.path('nginx/t2')}"; fastcgi_temp_path "${site.path('nginx/t3')}";
  uwsgi_temp_path "${site.path('nginx/t4')}"; scgi_temp_path "${site.path('nginx/t5')}";
  include sites/*;
}
`)
  writeFileSync(site.path('nginx/sites/shop'), `server { listen 127.0.0.1:${sitePort}; location / { return 200 "the shop"; } }\n`)
  execFileSync('nginx', ['-c', site.path('nginx/nginx.conf')])
})

const hostFiles = () => ['nginx.conf', 'sites/shop'].map((name) => readFileSync(site.path('nginx', name), 'utf8'))

test('nginx: a file of our own beside what the host serves, which stays as it is', async () => {
  balancer(`main: ${JSON.stringify(site.path('nginx/nginx.conf'))}\nunit: ''\n${ports}\n${readFileSync(site.path('certificate'), 'utf8')}`)
  const before = hostFiles()
  const check = works(await step('--check'))
  assert.equal(readdirSync(site.path('nginx/sites')), ['shop'])
  const run = works(await step())
  assert.equal(run.changed.filter((line) => line.startsWith('lb ')), check.changed.filter((line) => line.startsWith('lb ')))
  assert.match(run.text, /api\.pem ends in (19|20) days/)
  assert.not.match(run.text + run.stderr, /open sesame/)
  await nodes.start(1)
  await nodes.start(2)
  assert.equal(hostFiles(), before)
  assert.equal(readdirSync(site.path('nginx/sites')), ['shop', 'zz-apim.conf'])
  for (const name of ['apim.key', 'apim.pass']) assert.is(statSync(site.path('nginx/tls', name)).mode & 0o777, 0o600)
  assert.equal(works(await step()).changed, [])
})

/** The same of every kind. */
async function balances(): Promise<void> {
  assert.equal(await until(() => reached(gateway), (all) => all.length === 2), [1, 2])
  const seen = JSON.parse((await ask({ ...portal, path: '/who', headers: { host: `api.test:${portal.port}` } })).body).headers
  assert.is(seen.host, `api.test:${portal.port}`)
  assert.equal([seen['x-forwarded-host'], seen['x-forwarded-proto'], seen['x-forwarded-port']], [`api.test:${portal.port}`, 'https', String(portal.port)])
  const redirect = await ask({ host: 'localhost', port: httpPort, path: '/publisher?a=b', ...host }, undefined, plain as typeof request)
  assert.equal([redirect.status, redirect.headers.location], [301, `https://api.test:${portal.port}/publisher?a=b`])
  const upgrade = { headers: { host: 'api.test', connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' } }
  assert.match((await ask({ host: 'localhost', port: site.ports.streams, ...upgrade }, undefined, plain as typeof request)).body, /^node [12]$/)
  assert.match((await ask({ host: 'localhost', port: site.ports.streams + 1, ...upgrade })).body, /^node [12]$/)
}

test('nginx: both nodes are reached, the other site is, and users see the certificate of their own', async () => {
  await balances()
  assert.equal(await reached(portal), [(await reached(portal))[0]!])
  assert.is((await ask({ host: 'localhost', port: sitePort, path: '/' }, undefined, plain as typeof request)).body, 'the shop')
})

test('a configuration that does not pass its test is refused, and the old one serves', async () => {
  const before = readFileSync(site.path('nginx/sites/zz-apim.conf'))
  const template = readFileSync(site.path('playbooks/templates/nginx.conf.j2'), 'utf8')
  site.edit('playbooks/templates/nginx.conf.j2', (text) => text.replace('keepalive 64;', 'keepalive sixty;'))
  assert.match((await step()).failures.join(), /invalid value "sixty"/)
  site.edit('playbooks/templates/nginx.conf.j2', () => template)
  assert.equal(readFileSync(site.path('nginx/sites/zz-apim.conf')), before)
  assert.equal(await reached(gateway), [1, 2])
})

/** A request that was begun is waited for, and none goes to the node meanwhile; then it comes back. */
async function drains(): Promise<void> {
  const begun = Array.from({ length: 6 }, () => ask({ ...gateway, path: '/slow', ...host }))
  await until(async () => nodes.held.length, (count) => count === 6)
  let over = false
  const drained = drain('drain').finally(() => (over = true))
  await until(() => reached(gateway, 6), (all) => all.join() === '2')
  assert.is(over, false)
  for (const answer of nodes.held.splice(0)) answer()
  assert.ok((await Promise.all(begun)).every(({ status }) => status === 200))
  await drained
  nodes.stop(1)
  assert.equal(await reached(gateway), [2])
  assert.equal(await reached(portal), [2])
  await nodes.start(1)
  await drain('undrain')
  assert.equal(await until(() => reached(gateway), (all) => all.length === 2), [1, 2])
}

test('nginx: a node is drained and comes back, its file as before', async () => {
  const before = readFileSync(site.path('nginx/sites/zz-apim.conf'))
  await drains()
  assert.equal(readFileSync(site.path('nginx/sites/zz-apim.conf')), before)
})

test('somebody else s load balancer: what it has to do is told, and it is looked at from outside', async () => {
  const served = ports
  balancer(`kind: external\n${served}\n${readFileSync(site.path('certificate'), 'utf8').replace(/^ {2}key.*\n.*passphrase.*\n/m, '')}`)
  const told = works(await step())
  assert.match(told.text, new RegExp(`${gateway.port}\\s+gateway \\(TLS\\)\\s+https localhost:${8243 + site.offset}, localhost:${8244 + site.offset}`))
  assert.match(readFileSync(site.local('loadbalancer.txt'), 'utf8'), /GET \/services\/Version answers 200/)
  writeFileSync(site.path('playbooks/only.yaml'), '- import_playbook: steps/external.yaml\n')
  // The names of this test lead nowhere but here.
  site.edit('playbooks/includes/outside.yaml', (text) => text.replace('    timeout: 10', '    timeout: 10\n    connect_to: 127.0.0.1'))
  site.edit('playbooks/steps/external.yaml', (text) => text.replace('            follow_redirects: none', '            follow_redirects: none\n            connect_to: 127.0.0.1').replace('host: "{{ apim.gateway_hostname }}"', 'host: localhost'))
  works(await site.run('only.yaml'))
  balancer(`kind: external\n${served.replace(String(site.ports.streams), String(await freePort()))}\n${readFileSync(site.path('certificate'), 'utf8')}`)
  assert.match((await site.run('only.yaml')).failures.join(), /nobody listens on api\.test:\d+: configure it at the load balancer/)
  // Nobody is told, unless somebody says how.
  site.edit(model, (text) => text.replace('kind: external', `kind: external\n    drain_command: [sh, -c, 'echo "$@" > "$0"', ${JSON.stringify(site.path('told'))}]`))
  await drain('drain')
  assert.match(readFileSync(site.path('told'), 'utf8'), /^drain node1 localhost$/m)
  execFileSync('nginx', ['-c', site.path('nginx/nginx.conf'), '-s', 'quit'])
})

test('HAProxy of our own: both nodes are reached, users of the portals stay where they are', async () => {
  balancer(`kind: haproxy\nprivate: ${JSON.stringify(site.path('haproxy'))}\n${ports}\n${readFileSync(site.path('certificate'), 'utf8')}`)
  await until(async () => spawnSync('curl', ['-s', `http://127.0.0.1:${httpPort}/`]).status, (status) => status === 7)
  const run = works(await step())
  assert.not.match(run.text + run.stderr, /open sesame|BEGIN .*KEY/)
  await balances()
  assert.equal(works(await step()).changed, [])
  for (const path of [site.path('haproxy/tls/apim.pem.key'), site.local('secrets/loadbalancer/plain.key')]) assert.is(statSync(path).mode & 0o777, 0o600)
  assert.is(statSync(site.path('haproxy/haproxy.sock')).mode & 0o777, 0o600)
  const first = await ask({ ...portal, path: '/x', ...host })
  const cookie = String(first.headers['set-cookie']).split(';')[0]!
  assert.equal(await reached({ ...portal, headers: { ...host.headers, cookie } }), [first.node])
  assert.equal(await reached(portal), [1, 2])
})

test('HAProxy: what does not pass its test is refused; a node is drained, and put back when a run was ended in between', async () => {
  const before = readFileSync(site.path('haproxy/haproxy.cfg'), 'utf8')
  const template = readFileSync(site.path('playbooks/templates/haproxy.cfg.j2'), 'utf8')
  site.edit('playbooks/templates/haproxy.cfg.j2', (text) => text.replace('option redispatch 1', 'option redispatchh 1'))
  assert.match((await step()).failures.join(), /unknown option 'redispatchh'/)
  site.edit('playbooks/templates/haproxy.cfg.j2', () => template)
  await drains()
  await drain('drain')
  assert.equal(await reached(gateway), [2])
  assert.is(works(await step()).changed.length, 1)
  assert.equal(await until(() => reached(gateway), (all) => all.length === 2), [1, 2])
  assert.is(readFileSync(site.path('haproxy/haproxy.cfg'), 'utf8'), before)
  nodes.stop(2)
  assert.equal(await reached(gateway, 12), [1])
  await nodes.start(2)
})

test('HAProxy: another certificate is shown after a reload', async () => {
  const shown = () => new Promise<string>((resolve, reject) => {
    const socket = connect({ host: 'localhost', port: gateway.port, rejectUnauthorized: false }, () => (resolve(String(socket.getPeerCertificate().valid_to)), socket.destroy()))
    socket.on('error', reject)
  })
  const before = await shown()
  assert.match(before, /20\d\d/)
  openssl('x509', '-req', '-in', 'api.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key', '-days', '90', '-extfile', 'names', '-out', 'api.pem')
  works(await step())
  assert.is.not(await until(shown, (now) => now !== before), before)
  const down = await site.run('teardown.yaml', '-l', 'lb')
  works(down)
  await until(async () => spawnSync('curl', ['-s', `http://127.0.0.1:${httpPort}/`]).status, (status) => status === 7)
})

test('HAProxy of the host: beside its own file; an address that is taken already is refused', async () => {
  mkdirSync(site.path('shared'))
  const own = (port: number) => `global\n  pidfile "${site.path('shared/run.pid')}"\ndefaults\n  mode http\n  timeout connect 3s\n  timeout client 9s\n  timeout server 9s\nfrontend shop\n  bind *:${port}\n  http-request return status 200 content-type text/plain string "the shop"\n`
  writeFileSync(site.path('shared/haproxy.cfg'), own(httpPort))
  balancer(`kind: haproxy\nmain: ${JSON.stringify(site.path('shared/haproxy.cfg'))}\nunit: ''\n${ports}\n${readFileSync(site.path('certificate'), 'utf8')}`)
  assert.match((await step()).failures.join(), new RegExp(`listens on \\*:${httpPort} \\(frontend shop, line 9\\) already`))
  assert.not.ok(existsSync(site.path('shared/conf.d/apim.cfg')))
  writeFileSync(site.path('shared/haproxy.cfg'), own(sitePort))
  works(await step())
  assert.is(readFileSync(site.path('shared/haproxy.cfg'), 'utf8'), own(sitePort))
  assert.equal(await until(() => reached(gateway), (all) => all.length === 2), [1, 2])
  assert.is((await ask({ host: 'localhost', port: sitePort, path: '/' }, undefined, plain as typeof request)).body, 'the shop')
  assert.equal(works(await step()).changed, [])
})

test.after(async () => {
  nodes.close()
  for (const name of ['nginx/run.pid', 'haproxy/haproxy.pid', 'shared/run.pid']) {
    if (existsSync(site.path(name))) spawnSync('sh', ['-c', 'kill "$(head -n 1 "$1")"', 'sh', site.path(name)])
  }
  await site.remove()
})
test.run()
