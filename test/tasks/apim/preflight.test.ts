/** What stands in the way of a deployment: on this machine, and by what other machines would answer. */
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import preflight from '../../../tasks/apim/preflight.ts'
import report from '../../../tasks/apim/preflight_report.ts'
import { clockFindings } from '../../../tasks/apim/preflight/clocks.ts'
import { javaRange } from '../../../tasks/apim/preflight/java-range.ts'
import { toInstall } from '../../../tasks/apim/preflight/java.ts'
import { listeners } from '../../../tasks/apim/preflight/listen.ts'
import { reach as reachCheck } from '../../../tasks/apim/preflight/reach.ts'
import type { PreflightArgs } from '../../../tasks/apim/preflight/arguments.ts'
import { heapMb, limitFindings } from '../../../tasks/apim/preflight/room.ts'
import { clockFact } from '../../../src/remote/probes/clock.ts'
import { freePort } from '../../ports.ts'
import { makeContext } from '../harness/context.ts'
import { makeFacts } from '../harness/facts.ts'
import { apply, localHost, parseArgs } from '../harness.ts'

const host = await localHost()
const at = (...names: string[]) => join(host.directory, ...names)
const servers: Server[] = []

interface Looked { findings: string[]; warnings: string[]; listening: number[]; present: boolean; java?: number; java_package?: string; clock: { least: number; most: number } }
const look = async (args: Record<string, unknown>) => {
  const run = await apply(preflight, args)
  assert.not.ok(run.changed)
  return run.result as unknown as Looked
}
const findings = async (args: Record<string, unknown>) => (await look(args)).findings

/** A port on which this very process listens. */
async function listening(): Promise<number> {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  return port
}

test('a host that can do it all has no findings, and its clock is known', async () => {
  const port = await freePort()
  const answer = await look({ names: ['localhost', '127.0.0.1'], listen: [{ port }], space: [{ path: at('not', 'there'), mb: 1 }], heaps: ['-Xmx1m'], descriptors: 16 })
  assert.equal([answer.findings, answer.warnings, answer.listening], [[], [], []])
  const { least, most } = answer.clock
  assert.ok(least <= 0.5 && most >= -0.5 && most - least < 60, JSON.stringify(answer.clock))
})

test('names that do not resolve are named together', async () => {
  assert.equal(await findings({ names: ['localhost', 'one.invalid', 'two.invalid', 'one.invalid'] }), ['one.invalid, two.invalid do not resolve here: correct the name, or add it to DNS or /etc/hosts'])
})

test('what has to listen, and a way that has to be free, are told apart', async () => {
  const [open, closed] = [await listening(), await freePort()]
  const reach = (port: number, more: object = {}) => ({ reach: [{ host: '127.0.0.1', port, what: 'the database', ...more }] })
  assert.equal(await findings(reach(open)), [])
  assert.equal(await findings(reach(closed)), [`127.0.0.1:${closed} (the database) can not be reached from here: nothing listens there: start it, or correct host and port`])
  assert.equal(await findings(reach(closed, { open: false })), [])
  // What other networks answer.
  const wanted = parseArgs(preflight, { reach: [{ host: 'db', port: 1, what: 'x', open: false }, { host: 'db', port: 2, open: false }, { host: 'nowhere', port: 3 }] }) as PreflightArgs
  const judge = (...answers: [rc: number, stderr: string][]) => {
    const facts = makeFacts()
    reachCheck.observe(wanted, facts).forEach((question, index) => facts.set(question, { found: true, rc: answers[index]![0], stdout: '', stderr: answers[index]![1] }))
    return reachCheck.judge(wanted, facts).findings
  }
  const unknown = 'bash: nowhere: Name or service not known\nbash: line 1: /dev/tcp/nowhere/3: Invalid argument\n'
  assert.equal(judge([124, ''], [124, ''], [1, unknown]), ['db:1 (x), 2 can not be reached from here: nothing came back within 4 s: is there a firewall between the two, or the machine down?'])
  assert.equal(judge([1, 'bash: connect: No route to host\nbash: line 1: /dev/tcp/db/1: No route to host\n'], [0, ''], [0, '']), ['db:1 (x) can not be reached from here: no route to host'])
})

test('a port that somebody else holds is a finding, one of our own is not', async () => {
  const [port, free] = [await listening(), await freePort()]
  const listen = [{ port, what: 'portals' }, { port: free }]
  const taken = await look({ listen, owners: [at('home')] })
  assert.equal(taken.findings, [`port ${port} (portals) is taken by ${process.title === 'node' ? 'node' : process.execPath.split('/').at(-1)} (process ${process.pid} of ${process.env.USER ?? 'root'}): stop it, or choose other ports (apim_node.offset, or the port in question)`])
  assert.equal(taken.listening, [])
  // A server that names its home on its command line, as the product does; the home may have another name besides.
  mkdirSync(at('am'))
  symlinkSync(at('am'), at('link'))
  const own = await freePort()
  const child = spawn(process.execPath, ['-e', `require('net').createServer().listen(${own}, '127.0.0.1', () => console.log('up'))`, '--', `-Dcarbon.home=${at('am')}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ours = (owner: string) => look({ listen: [{ port: own }], owners: [owner] }).then(({ findings, listening }) => [findings.length, listening])
    for (const owner of [at('am'), at('link')]) assert.equal(await ours(owner), [0, [own]])
    // /opt/am is not /opt/a.
    assert.equal(await ours(at('a')), [1, []])
  } finally {
    child.kill()
  }
})

test('the table of sockets is read', () => {
  const table = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:159C 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1\n   1: 0100007F:159C 0100007F:9999 01 0:0 0:0 0 0 0 4712 1\n'
  assert.equal(listeners(table), [{ port: 5532, inode: '4711' }])
})

test('room: disks, memory, open files', async () => {
  const path = at('home')
  assert.match((await findings({ space: [{ path, mb: 10 ** 9 }] })).join(), new RegExp(`^/.* has \\d+ MB free, but ${path} needs 1000000000 MB$`))
  assert.equal(await findings({ space: [{ path: host.directory, mb: 10 ** 9, spare_mb: 1 }] }), [])
  assert.equal([heapMb('-Xms64m -Xmx2g -Dx=y'), heapMb('-Xmx512M'), heapMb('-Xmx2048k'), heapMb('-Xms1g')], [2048, 512, 2, 0])
  const said = 'MemTotal:        4194304 kB\nmax\ndescriptors 1024\n'
  assert.equal(limitFindings({ heaps: ['-Xmx2g'], descriptors: 512 }, said), [])
  assert.match(limitFindings({ heaps: ['-Xmx2g', '-Xmx3g'], descriptors: 0 }, said).join(), /has 4096 MB of memory, but apim\.jvm_memory lets 2 servers take 5120 MB/)
  assert.match(limitFindings({ heaps: ['-Xmx2g'], descriptors: 0 }, said.replace('max', '1073741824')).join(), /has 1024 MB of memory/)
  assert.match(limitFindings({ heaps: [], descriptors: 4096 }, said).join(), /may open 1024 files, but the server needs 4096: raise the hard limit of nofile/)
})

/** A home with this start script and release. */
function home(name: string, release: string, script = ''): Record<string, unknown> {
  mkdirSync(at(name, 'bin'), { recursive: true })
  writeFileSync(at(name, 'bin/version.txt'), release)
  writeFileSync(at(name, 'bin/server.sh'), script)
  return { path: at(name), version: '3.2.0', script: 'bin/server.sh' }
}

test('a home with another release, another product, or none', async () => {
  assert.is((await look({ home: home('same', 'WSO2 API Manager v3.2.0\n') })).present, true)
  assert.equal(await findings({ home: { ...home('same', 'WSO2 API Manager v3.2.0'), path: at('nothing') } }), [])
  assert.match((await findings({ home: home('old', 'WSO2 API Manager v3.1.0\n') })).join(), /old holds WSO2 API Manager v3\.1\.0, but apim\.version is 3\.2\.0: another release goes into another apim_node\.home/)
  assert.match((await findings({ home: home('is', 'WSO2 Identity Server v5.10.0\n') })).join(), /is holds WSO2 Identity Server v5\.10\.0, which is not WSO2 API Manager/)
  writeFileSync(at('file'), '')
  assert.match((await findings({ home: { ...home('same', 'WSO2 API Manager v3.2.0'), path: at('file') } })).join(), /the home of the server, is a file/)
})

/** A Java that says it is this version. */
function jdk(name: string, version: string): string {
  mkdirSync(at(name, 'bin'), { recursive: true })
  writeFileSync(at(name, 'bin/java'), `#!/bin/sh\necho "    java.specification.version = ${version}" >&2\n`, { mode: 0o755 })
  return at(name)
}

test('the Java of the node is held against the range of the start script in its home, else that which is given', async () => {
  const java = { home: jdk('jdk17', '17'), versions: [8, 11], product: 'API Manager 3.2.0' }
  assert.match((await findings({ java })).join(), /^has Java 17 in .*jdk17, but API Manager 3\.2\.0 runs on Java 8 to 11: install one, and give its directory as apim\.java_home$/)
  assert.is((await look({ java: { ...java, home: jdk('jdk8', '1.8') } })).java, 8)
  const newer = home('newer', 'WSO2 API Manager v3.2.0', 'echo " [ERROR] CARBON is supported only between JDK 11 and JDK 17"\n')
  assert.equal(await findings({ java, home: newer }), [])
  assert.is((await findings({ java: { ...java, fixed: true }, home: newer })).length, 1)
  assert.match((await findings({ java: { ...java, home: at('no-jdk') } })).join(), /there is no bin\/java in .*no-jdk: install a JDK \(8 to 11\) there, or correct apim\.java_home/)
})

test('ranges that start scripts name', () => {
  assert.equal(javaRange('   echo " [ERROR] CARBON is supported only on JDK 1.7, 1.8, 9, 10 and 11"\n'), [8, 11])
  assert.equal(javaRange('echo "[ERROR] CARBON is supported only between JDK 21 and JDK 25"'), [21, 25])
  assert.is(javaRange('#!/bin/sh\nexec java\n'), undefined)
})

test('where a package brings the Java, it is one in the range', () => {
  const policy = (candidates: Record<string, string>) => Object.entries(candidates).map(([name, version]) => `${name}:\n  Installed: (none)\n  Candidate: ${version}\n  Version table:\n     ${version} 500\n`).join('')
  const debian = policy({ 'default-jdk-headless': '2:1.17-74', 'openjdk-17-jdk-headless': '17.0.13+11-2', 'openjdk-11-jdk-headless': '(none)' })
  assert.is(toInstall({ product: 'x' }, [11, 17], debian).result?.java_package, 'default-jdk-headless')
  assert.match(toInstall({ product: 'API Manager 3.2.0' }, [8, 11], debian).findings?.join() ?? '', /there is no Java here, and default-jdk-headless would bring Java 17, but API Manager 3\.2\.0 runs on Java 8 to 11/)
  assert.is(toInstall({ product: 'x' }, [8, 11], policy({ 'default-jdk-headless': '2:1.17-74', 'openjdk-11-jdk-headless': '11.0.25+9-1' })).result?.java_package, 'openjdk-11-jdk-headless')
})

test('clocks: what is certain is a finding, what may be is a warning', () => {
  const around = (offset: number, doubt: number) => ({ least: offset - doubt, most: offset + doubt })
  assert.equal(clockFindings({ a: around(0, 0.1), b: around(1.5, 0.1) }, 2), { findings: [], warnings: [] })
  assert.match(clockFindings({ a: around(0, 0.1), b: around(-40, 0.1), c: around(1, 0.1) }, 2).findings.join(), /^the clocks of b and c differ by 41 s or more: set both by NTP/)
  assert.match(clockFindings({ a: around(0, 0.1), b: around(0, 3) }, 2).warnings.join(), /^the clocks of a, b could not be compared: an answer took longer than 2 s$/)
  // A slow host is asked when it begins and when it ends: 10 s of work are no doubt.
  assert.equal(clockFact(100, 105.1, 115.1, 110.2), { least: 115.1 - 110.2, most: 105.1 - 100 })
  assert.equal(clockFact(100, Number.NaN, Number.NaN, 110).least, Number.NEGATIVE_INFINITY)
})

test('the report puts all hosts into one message, and what they have in common once', () => {
  const results: Record<string, unknown> = {
    one: { findings: ['lacks unzip', 'has Java 17'], warnings: ['no getent'], clock: { least: 0, most: 0.1 } },
    two: { findings: ['lacks unzip'], clock: { least: 60, most: 60.1 } },
    three: { unreachable: true, msg: 'Connection refused' },
  }
  const context = makeContext({
    context: { hosts: () => [...Object.keys(results), 'four'], evaluate: (text) => ((name: string) => (text.endsWith('is defined') ? name in results : results[name]))(/"(\w+)"/.exec(text)?.[1] ?? '') },
  })
  const plan = report.plan({ general: ['apim.x is no key'], results: ['looked'], hosts: 'all', clocks: 2 }, makeFacts(), context)
  assert.is(
    plan.failed,
    [
      '5 things stand in the way of this run; nothing was changed:',
      '- apim.x is no key',
      '- one, two: lacks unzip',
      '- one: has Java 17',
      '- three: can not be reached: Connection refused',
      '- the clocks of one and two differ by 60 s or more: set both by NTP (timedatectl set-ntp true); 2 s are the most that tokens and quotas bear',
    ].join('\n'),
  )
  assert.equal(plan.warnings, ['one: no getent'])
  assert.is(report.plan({ general: [], results: [], hosts: 'all', clocks: 2 }, makeFacts(), context).failed, undefined)
})

test.after(async () => {
  for (const server of servers) server.close()
  await host.close()
})
test.run()
