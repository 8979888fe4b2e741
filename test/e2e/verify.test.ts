/**
 * What verify.yaml proves is shown to fail: one setting at a time is broken on a running pair, and the proof has to name it.
 * Settings of node 2 that do not hide each other are broken together, and the server is restarted by the proof that does so.
 */
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createServer, type Server } from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { program } from '../program.ts'
import { goThrough } from './release.ts'
import { type Ran, Site } from './site.ts'

const version = '4.4.0'
const site = await Site.make((model) => model.replace("version: '3.2.0'", `version: '${version}'`))
const port = (base: number, node: 1 | 2) => base + site.offset + node - 1
const secret = (name: string) => readFileSync(site.local('secrets', name), 'utf8').trim()

/** What the last task says, a line for each finding; '' when all proofs are good. */
const found = (ran: Ran): string => (ran.failures.find((line) => line.includes('Nothing was found')) ?? '').replace(/^.*?Nothing was found: /, '')
/** Tags run one proof each, without `verify-`. */
async function verify(...proofs: string[]): Promise<string> {
  const tags = proofs.map((proof) => `verify-${proof}`).join(',')
  const ran = await site.run('verify.yaml', ...(tags ? ['-t', tags] : []))
  assert.is(ran.exit, found(ran) ? 2 : 0, ran.stderr + ran.failures.join('\n'))
  return found(ran)
}
function sql(database: 'apim_db' | 'shared_db', statement: string): string {
  const user = database.replace('_db', '')
  const env = { ...process.env, PGPASSWORD: secret(`${user}-db`) }
  return execFileSync('psql', ['-qAt', '-h', '127.0.0.1', '-p', String(site.ports.database), '-U', user, '-d', database, '-c', statement], { env, encoding: 'utf8' }).trim()
}
/** What the last play but one says of each proof, in the order of its list. */
const states = (ran: Ran): string =>
  ran.events
    .flatMap((event) => (event.event === 'result' && event.host === 'localhost' && Array.isArray(event.result?.msg) ? event.result.msg.map(String) : []))
    .map((line) => line.replace(/ {2,}.*/, ''))
    .join(' ')
function says(text: string, line: RegExp): void {
  if (!line.test(text)) assert.unreachable(`${line}\nis not in\n${text}`)
}
/** How many APIs, applications and policies of verify.yaml are left. */
const left = () =>
  ['AM_API WHERE API_NAME', 'AM_APPLICATION WHERE NAME', 'AM_API_THROTTLE_POLICY WHERE NAME', 'AM_POLICY_APPLICATION WHERE NAME', 'AM_POLICY_SUBSCRIPTION WHERE NAME']
    .map((where) => Number(sql('apim_db', `SELECT COUNT(*) FROM ${where} LIKE 'Verify%'`)))
const nginx = (change: (text: string) => string) => {
  site.edit(site.local('nginx/nginx.conf'), change)
  process.kill(Number(readFileSync(site.local('nginx/nginx.pid'), 'utf8')), 'SIGHUP')
}

test('a pair that is in order passes, and nothing is left of it', async () => {
  const ran = await goThrough(site, version)
  assert.equal(states(ran), 'ok ok ok ok ok ok ok ok ok ok ok ok ok not applicable')
  assert.equal(left(), [0, 0, 0, 0, 0])
})

test('what a verification leaves that is killed is removed by the next one', async () => {
  const [command, ...words] = program
  const killed = spawn(command, [...words, 'playbooks/verify.yaml', '-t', 'verify-quota', '--output', 'json'], { cwd: site.dir, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise((resolve) => killed.once('exit', resolve))
  let output = ''
  killed.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes('"All gateways can be called"')) killed.kill('SIGKILL')
  })
  await ended
  assert.equal(left(), [3, 2, 1, 1, 1])
  assert.is(await verify('sync'), '')
  assert.equal(left(), [0, 0, 0, 0, 0])
})

test('databases: a table, the administrator, a callback; and a keystore of the pack', async () => {
  const admin = sql('shared_db', 'SELECT UM_USER_PASSWORD FROM UM_USER')
  const callback = sql('apim_db', "SELECT CALLBACK_URL FROM IDN_OAUTH_CONSUMER_APPS WHERE APP_NAME = 'apim_devportal'")
  const keystore = join(site.home(2, version), 'repository/resources/security/tls.jks')
  sql('apim_db', 'ALTER TABLE AM_WORKFLOWS RENAME TO AM_WORKFLOW')
  sql('shared_db', "UPDATE UM_USER SET UM_USER_PASSWORD = encode(sha256(('admin' || UM_SALT_VALUE)::bytea), 'base64')")
  copyFileSync(keystore, `${keystore}.good`)
  copyFileSync(site.path('lab/pack/repository/resources/security/client-truststore.jks'), keystore)
  const one = await verify('schema', 'passwords', 'sync')
  says(one, /^apim_db: .*AM_WORKFLOWS.*\(step 'database'\)$/im)
  says(one, /^node1 answers 200 to admin with the password "admin": change it in the user store/m)
  says(one, /^node1 answers 401 at .*\/register: apim\.admin\.password is not the password that admin has in the user store/m)
  sql('apim_db', 'ALTER TABLE AM_WORKFLOW RENAME TO AM_WORKFLOWS')
  sql('shared_db', `UPDATE UM_USER SET UM_USER_PASSWORD = '${admin}'`)
  sql('apim_db', "UPDATE IDN_OAUTH_CONSUMER_APPS SET CALLBACK_URL = 'https://old.example.com' WHERE APP_NAME = 'apim_devportal'")
  const two = await verify('schema', 'passwords', 'portals')
  says(two, /^node2: tls\.jks opens with the password of every pack \(step 'certificate'/m)
  says(two, /^the login page refuses the devportal: Registered callback does not match with the provided url/m)
  assert.is(two.split('\n').length, 2, two)
  sql('apim_db', `UPDATE IDN_OAUTH_CONSUMER_APPS SET CALLBACK_URL = '${callback}' WHERE APP_NAME = 'apim_devportal'`)
  renameSync(`${keystore}.good`, keystore)
})

const toml = site.toml(2, version)
/** Without the group of node 1 in this array of tables. */
function withoutFirst(text: string, table: string): string {
  const groups = [...text.matchAll(new RegExp(`^\\[\\[${table.replaceAll('.', '\\.')}\\]\\]\\n(?:[^[\\n].*\\n)*`, 'gm'))].map(([group]) => group)
  const first = groups.find((group) => group.includes(`:${port(9611, 1)}`))
  assert.ok(groups.length === 2 && first, text)
  return text.replace(first, '')
}
const good = `${toml}.good`

test('a load balancer without node 1, and portals that it does not reach; then one without node 2', async () => {
  const before = readFileSync(site.local('nginx/nginx.conf'), 'utf8')
  copyFileSync(toml, good)
  // The proof of a node that is stopped starts node 2 with this.
  site.edit(toml, (text) => {
    const group = withoutFirst(text, 'apim.throttling.url_group')
    const broken = group
      .replaceAll(/^event_duplicate_url *=.*$/gm, 'event_duplicate_url = []')
      .replace(/^address *= *"127.0.0.1"\n/m, '')
      .replace(/^proxyPort *=.*\n/m, '')
      .replace(`${site.ports.portal}/devportal"`, `${site.ports.portal}/store"`)
      .replace('"$secret{shared_db_password}"', `"${secret('shared-db')}"`)
    assert.is(broken.split('\n').length, group.split('\n').length - 2)
    return broken
  })
  nginx((text) => text.replace(`    server localhost:${port(8243, 1)} `, '    #').replace('    location / {', '    location ~ ^/(publisher|devportal|admin)/ { return 502; }\n    location / {'))
  const said = await verify('balancer', 'failover', 'portals')
  says(said, new RegExp(`^https://localhost:${site.ports.portal}/publisher does not begin a login: HTTP Error 502. The name must lead to the load balancer`, 'm'))
  says(said, /^8 calls through the load balancer reached 1 of the 2 nodes: 127\.0\.0\.1:\d+\. The others are not in apim_gateways of nginx's configuration/m)
  says(said, /^with node2 stopped, 6 of 6 calls through the load balancer were answered by HTTP Error 502: the others must be in apim_gateways of nginx's configuration/m)
  nginx(() => before)
})

test('node 2: throttling to itself only, no duplicates, 9763 open, a clear password, wrong addresses: each is named, the rest is good', async () => {
  const ran = await site.run('verify.yaml', '--skip-tags', 'failover')
  const said = found(ran)
  says(said, /^deployment\.toml of node2 has in clear text: \[database\.shared_db\] password\./m)
  says(said, new RegExp(`^node2 listens on ${port(9763, 2)} \\(management without TLS\\) for everybody: \\[transport\\.http\\.properties\\] address = "127\\.0\\.0\\.1" \\(step 'hardening'\\)`, 'm'))
  says(said, new RegExp(`^The login of node2 leads to https://localhost:${port(9443, 2)}/oauth2/authorize, and not to .*proxyPort \\(step 'gateway'`, 'm'))
  says(said, /^The Publisher's link to the Developer Portal of node2 leads to .*\/store, and not to .*: \[apim\.devportal\] url/m)
  says(said, /^node1 answers 200 to a token that was revoked on node2 ten seconds ago: event_duplicate_url of node2 \(\[apim\.throttling\], and \[apim\.event_hub\] from 4\.1 on\) must name the broker of node1/m)
  for (const what of ['an API', 'an application', 'a subscription'])
    says(said, new RegExp(`^after 10 calls of all nodes together, the quota of 10 of ${what} is not used up on node1: the decisions do not get there: event_duplicate_url of the others`, 'm'))
  assert.is(said.split('\n').length, 8, said)
  assert.equal(states(ran), 'ok ok FAILED FAILED ok ok FAILED ok ok FAILED FAILED ok not looked not applicable')
  assert.not.match(ran.text, secret('shared-db'))
  assert.equal(left(), [0, 0, 0, 0, 0])
})

test('node 2: events of its hub to itself only, and no certificate to check tokens with', async () => {
  renameSync(good, toml)
  site.edit(toml, (text) => withoutFirst(text, 'apim.event_hub.publish.url_group'))
  const truststore = join(site.home(2, version), 'repository/resources/security/client-truststore.jks')
  execFileSync('keytool', ['-delete', '-alias', 'gateway_certificate_alias', '-keystore', truststore, '-storepass:env', 'PASS'], { env: { ...process.env, PASS: secret('truststore') }, stdio: 'ignore' })
  assert.is(await verify('failover'), '')
  const said = await verify('sync', 'token')
  says(said, /^node1 answers 404 to an API that node2 has published: .*\[apim\.event_hub\] url_group/m)
  says(said, /^node2 answers 401 to a token of node1: it does not know the key that signed it\. \[keystore\.primary\] must be the same.*gateway_certificate_alias/m)
  says(said, /^node2 answers 401 to a token of node2: /m)
  says(said, /^node1 answers 403 to a token of node2: it has not heard of the subscription that was made there\. \[apim\.event_hub\] url_group of node2 must name every node/m)
})

test('another server in the place of node 2: it does not answer, and shows another certificate', async () => {
  process.kill(site.pid(2, version))
  for (let tries = 0; tries < 100 && alive(site.pid(2, version)); tries++) await new Promise((resolve) => setTimeout(resolve, 50))
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '9', '-subj', '/CN=localhost', '-keyout', site.path('other.key'), '-out', site.path('other.pem')], { stdio: 'ignore' })
  const servers = await Promise.all([9443, 8243].map((base) => impostor(port(base, 2))))
  try {
    const said = await verify('nodes', 'certificate')
    says(said, new RegExp(`^node2 does not answer on ${port(9443, 2)} \\(.*certificate.*\\): start it \\(aarun playbooks/site\\.yaml -t start\\)`, 'm'))
    says(said, /^the nodes show different certificates: node1:9443 [0-9A-F:]+, node1:8243 [0-9A-F:]+, node2:9443 [0-9A-F:]+, node2:8243 [0-9A-F:]+\. Run step 'certificate'/m)
  } finally {
    for (const server of servers) server.close()
  }
})

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function impostor(at: number): Promise<Server> {
  const server = createServer({ key: readFileSync(site.path('other.key')), cert: readFileSync(site.path('other.pem')) }, (socket) => socket.destroy())
  server.on('tlsClientError', () => undefined)
  return new Promise((resolve) => server.listen(at, () => resolve(server)))
}

test.after(async () => {
  rmSync(good, { force: true })
  await site.remove()
})
test.run()
