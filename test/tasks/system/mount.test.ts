/** mount: the text of fstab, options, and real tmpfs and bind mounts in a directory of the test (as root). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MountFact } from '../../../src/module/index.ts'
import mount from '../../../tasks/system/mount.ts'
import { findEntry, withEntry, withoutEntry } from '../../../tasks/system/mount/fstab.ts'
import { missingOptions } from '../../../tasks/system/mount/options.ts'
import { apply, laws, localHost, parseArgs, type TestHost } from '../harness.ts'
import { planWith, runs } from '../harness/made-up.ts'

const FSTAB = `# a comment, with\ttabs
UUID=1-2 /  ext4   errors=remount-ro 0       1

proc            /proc proc defaults
/dev/sdb1\t/mnt/with\\040blank\text4 ro
/dev/sdc1 none swap sw 0 0
broken`

const entry = { src: '/dev/sdb1', path: '/mnt/with blank', fstype: 'ext4', opts: 'ro', dump: '0', passno: '0' }

test('an entry that is there stays byte for byte', () => {
  assert.is(withEntry(FSTAB, entry), FSTAB)
  assert.is(withEntry(FSTAB, { ...entry, path: '/mnt/with blank/' }), FSTAB)
  assert.is(withEntry(FSTAB, { src: 'proc', path: '/proc', fstype: 'proc', opts: 'defaults', dump: '0', passno: '0' }), FSTAB)
})

test('only the line of the mount point changes', () => {
  const changed = withEntry(FSTAB, { ...entry, opts: 'rw' })
  assert.is(changed, FSTAB.replace('/dev/sdb1\t/mnt/with\\040blank\text4 ro', '/dev/sdb1 /mnt/with\\040blank ext4 rw 0 0'))
  assert.is(withEntry(FSTAB, { ...entry, path: '/new' }), `${FSTAB}\n/dev/sdb1 /new ext4 ro 0 0\n`)
  assert.is(withoutEntry(FSTAB, '/mnt/with blank/'), FSTAB.replace('/dev/sdb1\t/mnt/with\\040blank\text4 ro\n', ''))
  assert.is(withoutEntry(FSTAB, 'none', '/dev/sdc1'), FSTAB.replace('/dev/sdc1 none swap sw 0 0\n', ''))
  assert.is(withoutEntry(FSTAB, 'none', '/dev/other'), FSTAB)
  assert.is(findEntry(FSTAB, '/')?.src, 'UUID=1-2')
})

test('any entry is found again, and removing it restores the text', () => {
  const word = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((text) => /^[^\n\r\0#\u0085\u2028\u2029]+$/.test(text) && text.trim() === text && !/[^\S \t]/.test(text))
  fc.assert(
    fc.property(
      word,
      word.map((text) => `/${text}`),
      word,
      (src, path, opts) => {
        const made = { src, path: path.replace(/(?<!^)\/+$/, ''), fstype: 'x', opts, dump: '0', passno: '2' }
        const text = withEntry(`${FSTAB}\n`, made)
        assert.equal(findEntry(text, made.path, src), made)
        assert.is(withoutEntry(text, made.path, src), `${FSTAB}\n`)
      },
    ),
  )
})

test('options: what the kernel adds does not count', () => {
  const current = ['rw', 'nosuid', 'relatime', 'size=65536k', 'mode=755', 'inode64']
  for (const wanted of [
    'defaults',
    'rw',
    'noauto,nofail,_netdev',
    'size=64m',
    'mode=0755',
    'nosuid',
    'x-systemd.automount',
    'size=50%',
  ]) {
    assert.equal(missingOptions(wanted, current, 'tmpfs'), [], wanted)
  }
  assert.equal(missingOptions('ro,nodev,size=1m', current, 'tmpfs'), ['ro', 'nodev', 'size=1m'])
  assert.equal(missingOptions('suid', current, 'ext4'), ['suid'])
  assert.equal(missingOptions('vers=4', ['rw', 'vers=4.2'], 'nfs4'), [])
})

function plan(raw: Record<string, unknown>, fstab: string, now: MountFact, exists = true, context = {}) {
  return planWith(
    mount,
    raw,
    (probe) => {
      if (probe.kind === 'mount') return now
      if (probe.kind !== 'file') throw new Error(probe.kind)
      if (probe.path === '/etc/fstab') return { exists: true, type: 'file', content: new TextEncoder().encode(fstab) }
      return { exists, type: 'directory' }
    },
    context,
  )
}

const share = { path: '/data', src: 'srv:/export', fstype: 'nfs4', opts: 'rw,_netdev' }
const line = 'srv:/export /data nfs4 rw,_netdev 0 0\n'
const on: MountFact = { mounted: true, source: 'srv:/export', fstype: 'nfs4', options: ['rw', 'relatime', 'vers=4.2'] }
const table: [string, Record<string, unknown>, string, MountFact, string[]][] = [
  ['mounted, all there', { state: 'mounted' }, line, on, []],
  ['mounted, nothing there', { state: 'mounted' }, '', { mounted: false }, ['write', 'mount -- /data']],
  ['mounted, only the entry', { state: 'mounted' }, line, { mounted: false }, ['mount -- /data']],
  [
    'mounted, the wrong share',
    { state: 'mounted' },
    line,
    { ...on, source: 'old:/export' },
    ['umount -- /data', 'mount -- /data'],
  ],
  ['mounted, other options', { state: 'mounted', opts: 'ro' }, line, on, ['write', 'script /data']],
  ['mounted, other passno', { state: 'mounted', passno: 2 }, line, on, ['write']],
  ['present', { state: 'present' }, '', { mounted: false }, ['write']],
  ['present, not at boot', { state: 'present', boot: false }, line, on, ['write']],
  ['unmounted', { state: 'unmounted' }, line, on, ['umount -- /data']],
  ['unmounted already', { state: 'unmounted' }, line, { mounted: false }, []],
  ['absent', { state: 'absent' }, line, on, ['umount -- /data', 'write', 'rmdir --ignore-fail-on-non-empty -- /data']],
  ['absent already', { state: 'absent' }, '', { mounted: false }, []],
  ['absent from fstab', { state: 'absent_from_fstab' }, line, on, ['write']],
  ['remounted', { state: 'remounted' }, line, on, ['script /data']],
  ['remounted, was off', { state: 'remounted' }, line, { mounted: false }, ['mount -- /data']],
  ['ephemeral', { state: 'ephemeral' }, '', { mounted: false }, ['mount -t nfs4 -o rw,_netdev -- srv:/export /data']],
]
for (const [name, raw, fstab, now, wanted] of table)
  test(name, () => assert.equal(runs(plan({ ...share, ...raw }, fstab, now)), wanted))

test('a mount point that is missing is made', () => {
  assert.equal(runs(plan({ ...share, state: 'mounted' }, line, { mounted: false }, false)), ['mkdir', 'mount -- /data'])
})

test('options that hold a secret are not shown', () => {
  const { changes, result } = plan({ ...share, opts: 'password=geheim', opts_no_log: true, state: 'mounted' }, '', {
    mounted: false,
  })
  assert.not(JSON.stringify([result, changes.map((change) => change.summary)]).includes('geheim'))
  assert.ok(changes[0]!.after?.secret)
})

test('bad arguments', () => {
  for (const [raw, message] of [
    [{ path: '/x', state: 'mounted', fstype: 'x' }, /src is missing/],
    [{ path: 'x', state: 'unmounted' }, /absolute path/],
    [{ path: '/x', state: 'gone' }, /state/],
    [{ path: '/x', state: 'present', src: '-o', fstype: 'x' }, /dash/],
  ] as const) {
    assert.throws(
      () => parseArgs(mount, raw),
      (error: Error) => message.test(error.message),
    )
  }
})

if (canMount()) {
  let host: TestHost
  const points: string[] = []
  test.before(async () => {
    host = await localHost()
  })
  test.after(async () => {
    for (const point of points) while (isMounted(point)) execFileSync('umount', ['--', point])
    await host.close()
  })

  test('a real tmpfs: mounted, changed, unmounted, gone, each once', async () => {
    const path = join(host.directory, "it's a point")
    const fstab = join(host.directory, 'fstab')
    points.push(path)
    writeFileSync(fstab, '# mine\n')
    const args = { path, src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m,mode=0750', fstab }
    assert.ok((await apply(mount, { ...args, state: 'mounted' }, { check: true })).changed)
    assert.not(existsSync(path))
    assert.ok((await apply(mount, { ...args, state: 'mounted' })).changed)
    assert.ok(isMounted(path))
    assert.match(readFileSync(fstab, 'utf8'), /^# mine\ntmpfs \/.*it's\\040a\\040point tmpfs size=1m,mode=0750 0 0\n$/)
    assert.not((await apply(mount, { ...args, state: 'mounted' })).changed)
    writeFileSync(join(path, 'kept'), 'x')
    const ro = { ...args, opts: 'size=2m,mode=0750,ro', state: 'mounted' }
    assert.ok((await apply(mount, ro)).changed)
    assert.ok(existsSync(join(path, 'kept')), 'changed in place')
    assert.throws(() => writeFileSync(join(path, 'more'), 'x'))
    assert.not((await apply(mount, ro)).changed)
    assert.ok((await apply(mount, { path, fstab, state: 'unmounted' })).changed)
    assert.not((await apply(mount, { path, fstab, state: 'unmounted' })).changed)
    assert.ok((await apply(mount, { path, fstab, state: 'remounted' })).changed)
    assert.ok(isMounted(path))
    assert.ok((await apply(mount, { path, fstab, state: 'absent' })).changed)
    assert.not(existsSync(path))
    assert.is(readFileSync(fstab, 'utf8'), '# mine\n')
    assert.not((await apply(mount, { path, fstab, state: 'absent' })).changed)
  })

  test('a real bind mount: what it shows is never removed, nor what lies below it', async () => {
    const source = join(host.directory, 'source')
    const path = join(host.directory, 'bound')
    const fstab = join(host.directory, 'fstab2')
    points.push(path)
    mkdirSync(source)
    mkdirSync(path)
    writeFileSync(join(source, 'data'), 'x')
    writeFileSync(join(path, 'hidden'), 'x')
    const args = { path, src: source, fstype: 'none', opts: 'bind', fstab }
    assert.ok((await apply(mount, { ...args, state: 'mounted' })).changed)
    assert.equal(readdirSync(path), ['data'])
    assert.not((await apply(mount, { ...args, state: 'mounted' })).changed)
    assert.ok((await apply(mount, { path, fstab, state: 'absent' })).changed)
    assert.equal(readdirSync(path), ['hidden'])
    assert.equal(readdirSync(source), ['data'])
  })

  test('ephemeral leaves fstab alone', async () => {
    const path = join(host.directory, 'short')
    const fstab = join(host.directory, 'fstab3')
    points.push(path)
    const args = { path, src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', fstab, state: 'ephemeral' }
    assert.ok((await apply(mount, args)).changed)
    assert.not((await apply(mount, args)).changed)
    assert.ok((await apply(mount, { ...args, opts: 'size=2m' })).changed)
    assert.not(existsSync(fstab))
    assert.ok((await apply(mount, { path, fstab, state: 'unmounted' })).changed)
  })

  test('laws of the entries', async () => {
    const text = fc.constantFrom('', FSTAB, '# x', 'tmpfs /nowhere/a tmpfs ro 0 0\n', 'tmpfs /nowhere/a tmpfs ro 0 0')
    const args = fc.record({
      path: fc.constantFrom('/nowhere/a', '/nowhere/b c'),
      state: fc.constantFrom('present', 'absent_from_fstab', 'absent', 'unmounted'),
      src: fc.constantFrom('tmpfs', '/dev/x y'),
      fstype: fc.constant('tmpfs'),
      opts: fc.constantFrom('ro', 'rw,size=1m'),
      boot: fc.boolean(),
      backup: fc.boolean(),
    })
    await laws(
      mount,
      fc.record({ text: fc.option(text), args }),
      ({ text, args }, directory) => {
        if (text !== null) writeFileSync(join(directory, 'fstab'), text)
        return { ...args, fstab: join(directory, 'fstab') }
      },
      { host, runs: 12 },
    )
  })
}

function isMounted(path: string): boolean {
  const escaped = path.replace(/[ \\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((row) => row.split(' ')[4] === escaped)
}

/** Root alone is not enough in some containers. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.run()
