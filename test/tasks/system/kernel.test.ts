/** sysctl and hostname: files of the test, and the kernel's own values in a namespace of their own (as root). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact, Probe } from '../../../src/module/index.ts'
import hostname from '../../../tasks/system/hostname.ts'
import sysctl from '../../../tasks/system/sysctl.ts'
import { connect, type Connection } from '../../../src/remote/index.ts'
import { apply, laws, localHost, parseArgs, type TestHost } from '../harness.ts'
import { planWith, runs } from '../harness/made-up.ts'

let host: TestHost
test.before(async () => {
  host = await localHost()
})
test.after(() => host.close())

test('the file: set, changed, removed, each once; other lines stay', async () => {
  const sysctl_file = join(host.directory, 'sysctl.conf')
  const text = '# net.core.somaxconn = 1\n; x\nkernel.a=1\n  net/core/somaxconn  =  128  \nvm.swappiness = 10'
  writeFileSync(sysctl_file, text)
  const args = { name: 'net.core.somaxconn', sysctl_file, reload: false }
  assert.not((await apply(sysctl, { ...args, value: 128 })).changed)
  assert.ok((await apply(sysctl, { ...args, value: 4096 })).changed)
  assert.is(readFileSync(sysctl_file, 'utf8'), text.replace('  net/core/somaxconn  =  128  ', 'net.core.somaxconn=4096'))
  assert.ok((await apply(sysctl, { ...args, name: 'net.ipv4.ip_forward', value: 'yes' })).changed)
  assert.match(readFileSync(sysctl_file, 'utf8'), /vm\.swappiness = 10\nnet\.ipv4\.ip_forward=1\n$/)
  assert.not((await apply(sysctl, { ...args, name: 'net.ipv4.ip_forward', value: true })).changed)
  assert.ok((await apply(sysctl, { ...args, state: 'absent' })).changed)
  assert.not((await apply(sysctl, { ...args, state: 'absent' })).changed)
})

test('laws', async () => {
  const text = fc.constantFrom('', 'a.b=1\n', 'a.b = 1 2\n#a.b=3\na.b=1\t2', '-a.b=5\n', 'a/b=1\n\n')
  await laws(
    sysctl,
    fc.record({
      text: fc.option(text),
      value: fc.constantFrom('1', '1 2', 'on', '5'),
      state: fc.constantFrom('present', 'absent'),
    }),
    ({ text, value, state }, directory) => {
      if (text !== null) writeFileSync(join(directory, 'f'), text)
      return { name: 'a.b', value, state, sysctl_file: join(directory, 'f'), reload: false }
    },
    { host, runs: 12 },
  )
})

test('the running kernel', () => {
  const plan = (raw: Record<string, unknown>, live: string | undefined) =>
    planWith(
      sysctl,
      { name: 'a.b', sysctl_set: true, ...raw },
      (probe: Probe): Fact =>
        probe.kind === 'sysctl'
          ? { value: live }
          : { exists: true, type: 'file', content: new TextEncoder().encode('a.b=1 2\n') },
    )
  assert.equal(runs(plan({ value: '1 2' }, '1\t2')), [])
  assert.equal(runs(plan({ value: '1 2' }, '3')), ['sysctl -w a.b=1 2'])
  assert.equal(runs(plan({ value: '4' }, '3')), ['write', 'sysctl -p /etc/sysctl.conf', 'sysctl -w a.b=4'])
  assert.match(plan({ value: '1 2' }, undefined).failed ?? '', /no parameter a\.b/)
  assert.equal(runs(plan({ value: '1 2', ignoreerrors: true }, undefined)), [])
})

test('the name of the host', () => {
  const plan = (now: string, kept: string, systemd: boolean) =>
    planWith(hostname, { name: 'node1.example.com' }, (probe: Probe): Fact => {
      if (probe.kind === 'command') return { found: true, rc: 0, stdout: `${now}\n`, stderr: '' }
      if (probe.kind !== 'file') throw new Error(probe.kind)
      return probe.path === '/etc/hostname' ? { exists: true, content: new TextEncoder().encode(kept) } : { exists: systemd }
    })
  assert.equal(runs(plan('old', 'old\n', true)), ['hostnamectl set-hostname -- node1.example.com'])
  assert.equal(runs(plan('old', '# x\nold\n', false)), ['write', 'hostname node1.example.com'])
  assert.equal(runs(plan('node1.example.com', 'old\n', false)), ['write'])
  const done = plan('node1.example.com', 'node1.example.com\n', false)
  assert.equal(done.changes, [])
  assert.equal(done.engine?.systemFacts, {
    hostname: 'node1',
    nodename: 'node1.example.com',
    fqdn: 'node1.example.com',
    domain: 'example.com',
  })
})

test('bad arguments', () => {
  for (const [module, raw, message] of [
    [sysctl, { name: 'a.b' }, /value is missing/],
    [sysctl, { name: '-w x', value: 1 }, /expected a key/],
    [sysctl, { name: 'a/../b', value: 1 }, /expected a key/],
    [sysctl, { name: 'a', value: '1\n2' }, /one line/],
    [hostname, { name: 'a b' }, /letters, digits/],
    [hostname, { name: '-x' }, /letters, digits/],
  ] as const) {
    assert.throws(
      () => parseArgs(module, raw),
      (error: Error) => message.test(error.message),
    )
  }
})

if (hasNamespaces()) {
  // The shell that we talk to has a host name and an /etc of its own.
  const enter = 'mount --make-rprivate / && mount --bind "$0" /etc && exec "$@"'
  let connection: Connection
  let own: TestHost
  test.before(async () => {
    const etc = join(host.directory, 'etc')
    cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true })
    connection = connect({ transport: 'exec', prefix: ['unshare', '-u', '-m', 'sh', '-c', enter, etc] })
    own = { ...host, ask: (probes) => connection.ask(probes), act: async (actions) => (await connection.act(actions)).outcomes }
  })
  test.after(() => connection.close())

  test('a real name, once', async () => {
    const before = execFileSync('uname', ['-n'], { encoding: 'utf8' })
    assert.ok((await apply(hostname, { name: 'aarun-t.example.com' }, { host: own })).changed)
    assert.not((await apply(hostname, { name: 'aarun-t.example.com' }, { host: own })).changed)
    assert.is(readFileSync(join(host.directory, 'etc/hostname'), 'utf8'), 'aarun-t.example.com\n')
    assert.is(execFileSync('uname', ['-n'], { encoding: 'utf8' }), before, 'only there')
  })

  test('a real kernel parameter, once; by the file and by itself', async () => {
    const args = {
      name: 'kernel.domainname',
      value: 'aarun-t.example',
      sysctl_file: join(host.directory, 'live.conf'),
      sysctl_set: true,
    }
    assert.ok((await apply(sysctl, args, { host: own })).changed)
    assert.not((await apply(sysctl, args, { host: own })).changed)
    const [fact] = await own.ask([{ kind: 'sysctl', key: 'kernel.domainname' }])
    assert.equal(fact, { value: 'aarun-t.example' })
    const unknown = await apply(sysctl, { ...args, name: 'kernel.no_such_thing' }, { host: own, mustWork: false })
    assert.match(unknown.failed ?? '', /no parameter kernel\.no_such_thing/)
  })
}

function hasNamespaces(): boolean {
  try {
    execFileSync('unshare', ['-u', '-m', 'sh', '-c', 'mount --make-rprivate / && hostname x'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

test.run()
