/** What differs between the releases: which keys they read, their tools and their stores. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compiledPack, PACK, packOf, releases, startScript } from './compiled.ts'
import { environment, javaHome } from './java.ts'
import { Node, pause } from './node.ts'
import { nodeOffset } from './ports.ts'
import { Postgres } from './postgres.ts'
import { deployment, type Settings } from './toml.ts'

const LEGACY = ['3.0.0', '3.1.0', '3.2.0', '4.0.0', '4.1.0']
const LOOPBACK = '[transport.http.properties]\naddress = "127.0.0.1"\n'

let temp: string
let layer: string
let postgres: Postgres
let offset: number
let names = 0

test.before(async () => {
  temp = mkdtempSync(path.join(os.tmpdir(), 'aarun-pack-releases-'))
  chmodSync(temp, 0o711)
  layer = compiledPack(temp)
  postgres = await Postgres.start()
  offset = await nodeOffset()
  for (const [name, script] of [['apim', 'apimgt/postgresql.sql'], ['shared', 'postgresql.sql']] as const) {
    postgres.create(name)
    postgres.script(name, path.join(PACK, 'dbscripts', script))
  }
})

test.after(async () => {
  await Node.stopAll()
  await postgres?.stop()
  rmSync(temp, { recursive: true, force: true })
})

/** A node of the release that has started; `more` goes to the end of its deployment.toml. */
async function started(release: string, end = '', settings: Partial<Settings> = {}): Promise<Node> {
  await Node.stopAll()
  const node = new Node(path.join(temp, `node${++names}`), offset, layer, release)
  node.addDriver()
  const databases = { port: postgres.port, password: postgres.password, apim: postgres.name('apim'), shared: postgres.name('shared') }
  node.configure(deployment({ databases, end, environment: release.startsWith('3.') ? undefined : 'Default', ...settings }))
  await node.start()
  assert.ok(node.started, node.output)
  return node
}

const rendered = (node: Node, name: string): string => node.read(`repository/conf/${name}`)

function keytool(...args: string[]): string {
  return execFileSync(path.join(javaHome(), 'bin/keytool'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Whether a TCP connection to this address is accepted. */
function open(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 1000 }, () => resolve(socket.destroy() !== undefined))
    socket.on('error', () => resolve(false))
    socket.on('timeout', () => resolve(socket.destroy() === undefined))
  })
}

function handshake(port: number, version: tls.SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const socket = tls.connect(options, () => {
      resolve(String(socket.getProtocol()))
      socket.destroy()
    })
    socket.on('error', () => resolve('refused'))
  })
}

test('every release starts with what it ships, but for the databases, and tells its version', async () => {
  for (const release of releases()) {
    const node = await started(release)
    assert.match((await node.management('/services/Version')).text, `WSO2 API Manager-${release} (stand-in)`)
    assert.not.ok(existsSync(node.file('repository/deployment/server/userstores')))
    for (const file of ['carbon.xml', 'axis2/axis2.xml', 'api-manager.xml', 'identity/identity.xml']) assert.not.match(rendered(node, file), /\{[{%]/)
  }
})

test('each pack has the start script of its own only, and its shipped deployment.toml renders', () => {
  for (const release of releases()) {
    const home = packOf(release, path.join(temp, `shipped ${release}`), layer)
    assert.not.ok(existsSync(path.join(home, startScript(release.startsWith('3.') ? '4.0.0' : '3.0.0'))))
    const run = spawnSync('sh', [path.join(home, 'bin/ciphertool.sh'), '-Dconfigure', '-Dpassword=wso2carbon'], { env: environment(), encoding: 'utf8' })
    assert.is(run.status, 0, run.stderr)
  }
})

test('the Java that a release does not know is named, and the start goes on', () => {
  const said = (release: string, version: string) => {
    const jdk = path.join(temp, `jdk ${version}`)
    mkdirSync(path.join(jdk, 'bin'), { recursive: true })
    writeFileSync(path.join(jdk, 'release'), `JAVA_VERSION="${version}"\n`)
    writeFileSync(path.join(jdk, 'bin/java'), '#!/bin/sh\necho started\n', { mode: 0o755 })
    const home = packOf(release, path.join(temp, `range ${release}`), layer)
    const run = spawnSync('sh', [path.join(home, startScript(release))], { env: { ...environment(), JAVA_HOME: jdk }, encoding: 'utf8' })
    assert.match(run.stdout, 'started', run.stderr)
    return /\[ERROR\] (.*)/.exec(run.stdout)?.[1]
  }
  for (const release of LEGACY) {
    assert.is(said(release, '11.0.22'), undefined)
    assert.is(said(release, '1.8.0_392'), undefined)
    assert.is(said(release, '17.0.15'), 'CARBON is supported only on JDK 1.7, 1.8, 9, 10 and 11')
  }
  assert.is(said('4.2.0', '17.0.15'), undefined)
  assert.is(said('4.2.0', '21.0.2'), 'CARBON is supported only between JDK 11 and JDK 17')
  assert.is(said('4.6.0', '21.0.2'), undefined)
  assert.is(said('4.6.0', '1.8.0_392'), 'CARBON is supported only between JDK 11 and JDK 21')
  assert.is(said('4.7.0', '17.0.15'), 'CARBON is supported only between JDK 21 and JDK 25')
  assert.is(said('4.7.0', '25'), undefined)
})

test('the cipher tool finds the keystore in the rendered carbon.xml up to 4.1, and in deployment.toml from 4.2 on', () => {
  for (const release of ['3.2.0', '4.1.0', '4.2.0', '4.7.0']) {
    const home = packOf(release, path.join(temp, `cipher ${release}`), layer)
    const own = path.join(home, 'repository/resources/security/own.jks')
    keytool('-genkeypair', '-alias', 'own', '-keyalg', 'RSA', '-storetype', 'JKS', '-dname', 'CN=x', '-storepass', 'another', '-keypass', 'another', '-keystore', own)
    const toml = '[keystore.internal]\nfile_name = "own.jks"\ntype = "JKS"\nalias = "own"\npassword = "another"\n\n[secrets]\na = "[b]"\n'
    writeFileSync(path.join(home, 'repository/conf/deployment.toml'), toml)
    const tool = (password: string) =>
      spawnSync('sh', [path.join(home, 'bin/ciphertool.sh'), '-Dconfigure', `-Dpassword=${password}`], { env: environment(), encoding: 'utf8' })
    const right = tool('another')
    if (LEGACY.includes(release)) {
      assert.is(right.status, 1)
      assert.match(right.stderr, "CipherToolException: Error loading keyStore from ' ")
      assert.match(right.stderr, 'wso2carbon.jks')
      assert.is(tool('wso2carbon').status, 0)
    } else {
      assert.is(right.status, 0, right.stderr)
      assert.match(right.stdout, /\{type: JKS, alias: own, path: .*own\.jks\}/)
    }
  }
})

test('4.4 and 4.5 ship a truststore that is PKCS12 under the name of a JKS', () => {
  for (const release of releases()) {
    const home = packOf(release, path.join(temp, `stores ${release}`), layer)
    const list = keytool('-list', '-keystore', path.join(home, 'repository/resources/security/client-truststore.jks'), '-storepass', 'wso2carbon')
    assert.match(list, ['4.4.0', '4.5.0'].includes(release) ? 'Keystore type: PKCS12' : 'Keystore type: JKS', release)
  }
})

test('transport.http.enable closes 9763 from 4.7 on; the address is heeded by all', async () => {
  const closed = '[transport.http]\nenable = false\n'
  for (const release of ['3.2.0', '4.6.0']) {
    await started(release, closed)
    assert.ok(await open('127.0.0.1', 9763 + offset), release)
  }
  await started('4.7.0', closed)
  assert.not.ok(await open('127.0.0.1', 9763 + offset))
  const outside = Object.values(os.networkInterfaces()).flat().find((address) => address?.family === 'IPv4' && !address.internal)?.address
  for (const release of ['3.2.0', '4.7.0']) {
    await started(release, LOOPBACK)
    assert.ok(await open('127.0.0.1', 9763 + offset))
    if (outside) assert.not.ok(await open(outside, 9763 + offset), release)
  }
})

test('3.0 replaces the parameters of its transports by its own', async () => {
  const end = '[transport.passthru_https.listener.parameters]\nHttpsProtocols = "TLSv1.2"\n[transport.passthru_http.listener]\nenable = false\n'
  const old = await started('3.0.0', end)
  assert.match(rendered(old, 'axis2/axis2.xml'), '<parameter name="HttpsProtocols">TLSv1,TLSv1.1,TLSv1.2</parameter>')
  assert.ok(await open('127.0.0.1', 8280 + offset))
  const next = await started('3.1.0', end)
  assert.match(rendered(next, 'axis2/axis2.xml'), '<parameter name="HttpsProtocols">TLSv1.2</parameter>')
  assert.not.ok(await open('127.0.0.1', 8280 + offset))
})

test('9711 keeps its old TLS versions up to 4.1, whatever is written', async () => {
  const end = '[transport.binary.receiver]\nsslEnabledProtocols = ["TLSv1.3"]\n'
  for (const [release, version] of [['3.2.0', 'TLSv1.2'], ['4.1.0', 'TLSv1.2'], ['4.2.0', 'TLSv1.3']] as const) {
    await started(release, end)
    assert.is(await handshake(9711 + offset, version), version, release)
    assert.is(await handshake(9711 + offset, version === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2'), 'refused', release)
  }
})

test('9711 of an old release heeds its versions when the template is mended', async () => {
  const node = await started('3.2.0')
  await node.stop()
  const template = node.file('repository/resources/conf/templates/repository/conf/data-bridge/data-bridge-config.xml.j2')
  writeFileSync(template, readFileSync(template, 'utf8').replace('name="configuration_key"', 'name="{{configuration_key}}"'))
  node.configure(`${node.read('repository/conf/deployment.toml')}\n[transport.binary.receiver]\nsslEnabledProtocols = ["TLSv1.3"]\n`)
  await node.start()
  assert.is(await handshake(9711 + offset, 'TLSv1.3'), 'TLSv1.3')
})

test('the broker on 8672 allows TLSv1 only, which no Java speaks any more, until it is told better', async () => {
  await started('4.6.0')
  assert.is(await handshake(8672 + offset, 'TLSv1.2'), 'refused')
  await started('4.6.0', '[broker.transport.amqp.ssl_connection]\nssl_enabled_protocols = "TLSv1.2"\n')
  assert.is(await handshake(8672 + offset, 'TLSv1.2'), 'TLSv1.2')
})

test('an environment that replaces the shipped one loses what it does not repeat', async () => {
  const node = await started('4.2.0')
  assert.match(rendered(node, 'api-manager.xml'), /<Environment type="hybrid" api-console="" isDefault="">\s*<Name>Default</)
})

test('the id of a gateway is empty unless it is given, and read from 4.6 on', async () => {
  const end = '[apim.gateway_notification]\ngateway_id = "one"\n'
  assert.match(rendered(await started('4.6.0'), 'api-manager.xml'), '<GatewayID></GatewayID>')
  assert.match(rendered(await started('4.6.0', end), 'api-manager.xml'), '<GatewayID>one</GatewayID>')
  assert.not.match(rendered(await started('4.5.0', end), 'api-manager.xml'), 'GatewayID')
})

test('the password of the login pages is the public one until it is changed, with its hash', async () => {
  const shipped = await started('3.2.0')
  assert.match(rendered(shipped, 'identity/EndpointConfig.properties'), 'app.password=dashboard\n')
  assert.match(rendered(shipped, 'identity/identity.xml'), 'hash="66cd9688a2ae068244ea01e70f0e230f5623b7fa4cdecb65070a09ec06452262"')
  const end = '[identity.auth_framework.endpoint]\napp_password = "other"\n[account_recovery.endpoint.auth]\nhash = "abcd"\n'
  const changed = await started('4.2.0', end)
  for (const file of ['EndpointConfig.properties', 'RecoveryEndpointConfig.properties']) assert.match(rendered(changed, `identity/${file}`), 'app.password=other\n')
  assert.match(rendered(changed, 'identity/identity.xml'), 'hash="abcd"')
})

test('4.7 writes a key of its own into a deployment.toml that has none', async () => {
  const node = await started('4.7.0')
  const toml = node.read('repository/conf/deployment.toml')
  const key = /^\[encryption\]\nkey = "([0-9a-f]{64})"\n/.exec(toml)?.[1]
  assert.match(rendered(node, 'carbon.xml'), `<Secret>${key}</Secret>`)
  await node.stop()
  await node.start()
  assert.is(node.read('repository/conf/deployment.toml'), toml)
  const given = await started('4.7.0', '[encryption]\nkey = "abcd"\n')
  assert.match(rendered(given, 'carbon.xml'), '<Secret>abcd</Secret>')
})

test('values keep their units, lists and flags on the way into a file; $ref is left alone in arrays of tables', async () => {
  const end = '[apim.cache.gateway_token]\nexpiry_time = "15m"\n[[datasource]]\nid = "X"\nurl = "$ref{server.hostname}"\n'
  const node = await started('3.2.0', end)
  assert.match(rendered(node, 'api-manager.xml'), '<TokenCacheExpiry>900</TokenCacheExpiry>')
  assert.match(rendered(node, 'datasources/master-datasources.xml'), '<url>$ref{server.hostname}</url>')
})

test('4.x: started comes before the APIs, and an old level has no health check', async () => {
  const node = await started('4.2.0')
  await node.stop()
  await node.start({ APIM_STANDIN_START_DELAY_MS: '800' })
  const health = () => node.management('/api/am/gateway/v2/server-startup-healthcheck')
  assert.is((await node.management('/services/Version')).status, 200)
  assert.is((await health()).status, 500)
  await pause(1200)
  assert.is((await health()).status, 200)
  await node.stop()
  await node.start({ APIM_STANDIN_HEALTHCHECK: 'off' })
  assert.is((await health()).status, 404)
  const oldest = await started('4.0.0')
  assert.is((await oldest.management('/api/am/gateway/v2/server-startup-healthcheck')).status, 404)
})

test.run()
