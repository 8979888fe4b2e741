import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Action,
  type Effect,
  type Fact,
  type FileFact,
  Overlay,
  type Probe,
  probe,
  type TreeEntry,
  Unknown,
} from '../../src/remote/index.ts'
import { fixture } from './fixture.ts'

const { host, path, end } = fixture()
test.after(end)

const bytes = (text: string) => Buffer.from(text)
const after = (actions: Action[]) => {
  const overlay = new Overlay()
  for (const action of actions) overlay.predict(action)
  return overlay
}
const absent: FileFact = { exists: false }
const run = (effects: Effect[], complete = true): Action => ({ kind: 'run', argv: ['x'], makes: effects, complete })
const unknown = (fact: Fact | Unknown, reason: RegExp) => {
  assert.instance(fact, Unknown)
  assert.match((fact as Unknown).reason, reason)
}

test('without a plan, what was observed stands', () => {
  const fact = { exists: true, mode: 0o644 }
  assert.is(new Overlay().apply(probe.file({ path: '/a' }), fact), fact)
  assert.is(new Overlay().opaque, undefined)
})

test('a written file has its content, and keeps the attributes of what was there', () => {
  const overlay = after([{ kind: 'write', path: '/etc/x', content: bytes('hello'), group: 'adm' }])
  const old: FileFact = {
    exists: true,
    type: 'file',
    mode: 0o600,
    uid: 7,
    owner: 'seven',
    gid: 0,
    group: 'root',
    size: 1,
    mtime: 3,
  }
  const fact = overlay.apply(probe.file({ path: '/etc/./x', checksum: true, content: true }), old) as FileFact
  assert.equal(
    [fact.mode, fact.owner, fact.uid, fact.group, fact.gid, fact.size, fact.mtime],
    [0o600, 'seven', 7, 'adm', undefined, 5, undefined],
  )
  assert.is(fact.sha256, '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')
  assert.not.ok('content' in (overlay.apply(probe.file({ path: '/etc/x' }), old) as FileFact))
})

test('owner names become numbers where a user is planned', () => {
  const overlay = after([
    run([
      { kind: 'user', name: 'app', fact: { exists: true, uid: 4242 } },
      { kind: 'group', name: 'app', fact: { gid: 4343 } },
    ]),
    { kind: 'write', path: '/f', content: bytes(''), owner: 'app', group: 'app' },
    { kind: 'attributes', paths: ['/g'], owner: '12' },
  ])
  const fact = overlay.apply(probe.file({ path: '/f' }), absent) as FileFact
  assert.equal([fact.uid, fact.gid, fact.owner], [4242, 4343, 'app'])
  assert.is((overlay.apply(probe.file({ path: '/g' }), { exists: true, uid: 1, owner: 'one' }) as FileFact).uid, 12)
})

test('what is removed is gone with all below, and what is made there is new', () => {
  const overlay = after([
    { kind: 'remove', path: '/a' },
    { kind: 'mkdir', path: '/a/b/c', mode: 0o700 },
    { kind: 'write', path: '/a/b/f', content: bytes('') },
  ])
  const there = { exists: true, type: 'file' as const }
  const of = (file: string) => overlay.apply(probe.file({ path: file }), there) as FileFact
  assert.equal(
    [of('/a/old').exists, of('/a/b/old').exists, of('/a').type, of('/a/b/c').mode, of('/a/b/f').type],
    [false, false, 'directory', 0o700, 'file'],
  )
  assert.is(of('/ab').exists, true)
  const tree = overlay.apply(probe.tree({ path: '/a' }), [
    { path: '', ...there },
    { path: 'old', ...there },
  ]) as TreeEntry[]
  assert.equal(
    tree.map((entry) => entry.path),
    ['', 'b', 'b/c', 'b/f'],
  )
})

test('unknown content leaves existence known', () => {
  const overlay = after([{ kind: 'copy', from: '/from', to: '/to', mode: 0o640 }])
  assert.is((overlay.apply(probe.file({ path: '/to' }), absent) as FileFact).mode, 0o640)
  unknown(overlay.apply(probe.file({ path: '/to', checksum: true }), absent), /\/to would be written/)
  unknown(overlay.apply(probe.tree({ path: '/', checksum: true }), []), /\/to would be written/)
  unknown(
    after([run([{ kind: 'file', path: '/d', fact: 'unknown' }])]).apply(probe.file({ path: '/d/x' }), absent),
    /what 'x' would do/,
  )
})

test('commands that read what changes are not known', () => {
  const overlay = after([
    { kind: 'write', path: '/etc/app/conf', content: bytes('') },
    run([{ kind: 'touched', resource: 'tcp:db:5432', reason: 'the server would be restarted' }]),
  ])
  const ok = { found: true, rc: 0, stdout: '', stderr: '' }
  const ask = (...reads: string[]) => overlay.apply(probe.command({ argv: ['q'], reads }), ok)
  unknown(ask('/etc/app'), /conf would be written/)
  unknown(ask('/etc/app/conf/x'), /conf would be written/)
  unknown(ask('/other', 'tcp:db:5432'), /restarted/)
  assert.is(ask('/etc/apple'), ok)
  assert.is(ask(), ok)
  unknown(overlay.apply(probe.port({ host: 'db', port: 5432 }), { open: true }), /restarted/)
  unknown(overlay.apply(probe.http({ url: 'http://db:5432/x' }), { status: 200, headers: {}, body: bytes('') }), /restarted/)
})

test('an exact answer holds until something touches it later', () => {
  const asked = probe.command({ argv: ['q'], reads: ['r'] })
  const fact = { found: true, rc: 0, stdout: 'new', stderr: '' }
  const touch: Effect = { kind: 'touched', resource: 'r', reason: 'why' }
  assert.equal(
    after([run([touch]), run([{ kind: 'probe', probe: asked, fact }])]).apply(asked, { ...fact, stdout: 'old' }),
    fact,
  )
  unknown(after([run([{ kind: 'probe', probe: asked, fact }]), run([touch])]).apply(asked, fact), /why/)
})

test('what an opaque command or a package may bring is not missing for sure', () => {
  const missing = { found: false, rc: 127, stdout: '', stderr: '' }
  const opaque = after([{ kind: 'run', argv: ['make', 'install'] }])
  assert.match(opaque.opaque ?? '', /make install/)
  const packaged = after([run([{ kind: 'package', name: 'nginx', fact: { manager: 'apt', installed: '1' } }])])
  assert.is(packaged.opaque, undefined)
  for (const overlay of [opaque, packaged]) {
    unknown(overlay.apply(probe.command({ argv: ['nginx', '-t'] }), missing), /nginx is not there yet/)
    unknown(overlay.apply(probe.command({ argv: ['q'] }), { ...missing, found: true, rc: 1 }), /not there yet/)
    unknown(overlay.apply(probe.program({ name: 'nginx' }), {}), /not there yet/)
    unknown(
      overlay.apply(probe.unit({ name: 'nginx' }), { manager: 'systemd', exists: false, active: false, enabled: false }),
      /not there yet/,
    )
    unknown(overlay.apply(probe.port({ host: 'localhost', port: 80 }), { open: false }), /not there yet/)
    assert.equal(overlay.apply(probe.port({ host: 'localhost', port: 80 }), { open: true }), { open: true })
    assert.is((overlay.apply(probe.command({ argv: ['q'] }), { ...missing, found: true, rc: 0 }) as { rc: number }).rc, 0)
  }
  const secret = after([{ kind: 'run', argv: ['login', 'hunter2'], secret: true }])
  assert.not.match(secret.opaque ?? '', /hunter2/)
})

test('units: planned states, and unit files that are only planned', () => {
  const none = { manager: 'systemd' as const, exists: false, active: false, enabled: false }
  const overlay = after([
    { kind: 'write', path: '/etc/systemd/system/app.service', content: bytes('') },
    run([{ kind: 'unit', name: 'db', fact: { active: true } }]),
  ])
  assert.equal(overlay.apply(probe.unit({ name: 'app' }), none), { ...none, exists: true })
  assert.equal(overlay.apply(probe.unit({ name: 'db.service' }), none), { ...none, exists: true, active: true })
  assert.equal(overlay.apply(probe.unit({ name: 'other' }), none), none)
  unknown(overlay.apply(probe.port({ host: 'localhost', port: 1 }), { open: false }), /not there yet/)
})

test('users, groups, mounts, kernel parameters, ports', () => {
  const overlay = after([
    run([
      { kind: 'user', name: 'u', fact: { exists: false } },
      { kind: 'group', name: 'g', fact: { gid: 5 } },
      { kind: 'mount', path: '/m/', fact: { mounted: true, source: 's', fstype: 'nfs' } },
      { kind: 'sysctl', key: 'k', value: '1' },
      { kind: 'port', host: 'h', port: 9, open: true },
    ]),
  ])
  assert.equal(overlay.apply(probe.user({ name: 'u' }), { exists: true, uid: 1 }), { exists: false })
  assert.equal(overlay.apply(probe.group({ name: 'g' }), { exists: false }), { exists: true, gid: 5 })
  assert.equal(overlay.apply(probe.mount({ path: '/m' }), { mounted: false }), { mounted: true, source: 's', fstype: 'nfs' })
  assert.equal(overlay.apply(probe.sysctl({ key: 'k' }), {}), { value: '1' })
  assert.equal(overlay.apply(probe.port({ host: 'h', port: 9 }), { open: false }), { open: true })
  unknown(overlay.apply(probe.file({ path: '/m/x' }), absent), /what is below \/m is not known/)
  assert.equal(overlay.apply(probe.file({ path: '/m' }), absent), absent)
  overlay.predict({ kind: 'write', path: '/m/y', content: bytes('y') })
  assert.is((overlay.apply(probe.file({ path: '/m/y' }), absent) as FileFact).size, 1)
})

test('the law: what is predicted is what is there afterwards', async () => {
  const names = ['a', 'b', 'c']
  const name = fc.constantFrom(...names, 'a/x', 'b/x', 'a/x/y', "it's")
  const at = (one: string) => path('law', one)
  const mode = fc.option(fc.constantFrom(0o600, 0o640, 0o755), { nil: undefined })
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.record({
      kind: fc.constant('write' as const),
      path: name.map(at),
      content: fc.string({ maxLength: 4 }).map(bytes),
      mode,
    }),
    fc.record({ kind: fc.constant('mkdir' as const), path: name.map(at), mode }),
    fc.record({ kind: fc.constant('remove' as const), path: name.map(at) }),
    fc.record({
      kind: fc.constant('symlink' as const),
      path: fc.constantFrom('l', 'm').map(at),
      target: fc.constantFrom('a', 'nowhere'),
    }),
    fc.record({ kind: fc.constant('rename' as const), from: name.map(at), to: fc.constantFrom('b', 'r').map(at) }),
    fc.record({ kind: fc.constant('copy' as const), from: name.map(at), to: name.map(at), mode }),
    fc.record({ kind: fc.constant('attributes' as const), paths: name.map((one) => [at(one)]), mode }),
    fc.record({ kind: fc.constant('hardlink' as const), path: name.map(at), target: fc.constantFrom('a', 'b', 'a/x').map(at) }),
  )
  const probes: Probe[] = [
    ...[...names, 'l', 'm', 'r', 'a/x', 'b/x', "it's"].flatMap((one) => [
      probe.file({ path: at(one), checksum: true }),
      probe.file({ path: at(one), follow: true }),
    ]),
    probe.tree({ path: path('law') }),
    probe.tree({ path: at('a'), checksum: true }),
  ]
  let compared = 0
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 6 }), fc.subarray(names), async (actions, existing) => {
      rmSync(path('law'), { recursive: true, force: true })
      mkdirSync(path('law'))
      for (const one of existing)
        one === 'c' ? symlinkSync('../elsewhere', at('c')) : one === 'a' ? mkdirSync(at('a')) : writeFileSync(at(one), 'old')
      const before = await host.ask(probes)
      const { outcomes, facts } = await host.act(actions, { then: probes, keepGoing: true })
      // Only what would be done counts: an action that fails is none that a module would plan.
      const overlay = after(actions.filter((_action, index) => outcomes[index]?.ok))
      probes.forEach((asked, index) => {
        const predicted = overlay.apply(asked, before[index] as Fact)
        if (predicted instanceof Unknown) return
        compared++
        assert.equal(shape(predicted), shape(facts[index] as Fact), JSON.stringify({ actions, existing, asked }))
      })
    }),
    { numRuns: 60 },
  )
  assert.ok(compared > 300, `${compared} compared`)
  assert.ok(existsSync(path('law')) && readdirSync(path()).length > 0)
})

/** What a module could ask about and the prediction claims to know. */
function shape(fact: Fact): unknown {
  if (Array.isArray(fact)) return fact.map((entry) => ({ path: entry.path, ...(shape(entry) as object) }))
  const { exists, type, target, sha256 } = fact as FileFact
  return { exists, type, target, sha256 }
}

test.run()
