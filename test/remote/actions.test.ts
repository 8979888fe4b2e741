import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Outcome } from '../../src/remote/index.ts'
import { probe } from '../../src/remote/index.ts'
import { fixture } from './fixture.ts'

const { host, path, act, directory, end } = fixture()
test.after(end)

const text = (file: string) => readFileSync(file, 'utf8')
const mode = (file: string) => statSync(file).mode & 0o7777
const root = process.getuid?.() === 0
const first = async (...actions: Parameters<typeof act>) => (await act(...actions))[0] as Outcome

test('write: any content to any name, with attributes, in one piece', async () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).map((one) => `x${one.replace(/[/\0]/g, "'\n")}`)
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.uint8Array({ maxLength: 500 }),
      fc.integer({ min: 0o400, max: 0o777 }),
      async (file, content, bits) => {
        assert.equal(await act({ kind: 'write', path: path(file), content, mode: bits }), [{ ok: true }])
        assert.ok(readFileSync(path(file)).equals(Buffer.from(content)))
        assert.is(mode(path(file)), bits)
      },
    ),
    { numRuns: 30 },
  )
})

test('write keeps mode and owner of what it replaces, and makes a new file by the umask', async () => {
  writeFileSync(path('kept'), 'old')
  chmodSync(path('kept'), 0o640)
  if (root) spawnSync('chown', ['nobody', path('kept')])
  const before = statSync(path('kept'))
  await act(
    { kind: 'write', path: path('kept'), content: Buffer.from('new') },
    { kind: 'write', path: path('made'), content: Buffer.from('') },
  )
  assert.equal([text(path('kept')), mode(path('kept')), statSync(path('kept')).uid], ['new', 0o640, before.uid])
  assert.is(mode(path('made')), 0o666 & ~process.umask())
})

test('write: backup, validation, links, times', async () => {
  writeFileSync(path('v'), 'good')
  const refused = await first({
    kind: 'write',
    path: path('v'),
    content: Buffer.from('bad'),
    validate: ['sh', '-c', 'echo "line 3 is wrong" >&2; exit 4', '%s'],
  })
  assert.match(refused.error ?? '', /not accepted by its validation \(rc 4\): line 3 is wrong/)
  assert.is(text(path('v')), 'good')
  const kept = await first({
    kind: 'write',
    path: path('v'),
    content: Buffer.from('better'),
    backup: true,
    validate: ['grep', '-q', 'better', '%s'],
    mtime: 1_000_000,
  })
  assert.match(kept.backup ?? '', /\/v\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/)
  assert.equal([text(kept.backup ?? ''), text(path('v')), statSync(path('v')).mtimeMs], ['good', 'better', 1e9])
  symlinkSync('v', path('to-v'))
  await act({ kind: 'write', path: path('to-v'), content: Buffer.from('through') })
  assert.equal([readlinkSync(path('to-v')), text(path('v'))], ['v', 'through'])
  await act({ kind: 'write', path: path('to-v'), content: Buffer.from('own'), follow: false })
  assert.equal([lstatSync(path('to-v')).isFile(), text(path('v'))], [true, 'through'])
  assert.not.ok(readdirSync(directory).some((name) => name.startsWith('.aarun')))
})

test('what stands in the way is told', async () => {
  mkdirSync(path('dir'))
  const content = Buffer.from('')
  const says = async (action: Parameters<typeof act>[0], expected: RegExp) =>
    assert.match((await first(action)).error ?? '', expected)
  await says(
    { kind: 'write', path: path('no/such/f'), content },
    /the directory .*\/no\/such does not exist; create it first with the file module/,
  )
  await says({ kind: 'write', path: path('dir'), content }, /is a directory/)
  await says({ kind: 'write', path: '/dev/null', content }, /\/dev\/null is not a regular file/)
  await says({ kind: 'write', path: path('f'), content, owner: 'no-such-user' }, /no-such-user/)
  await says({ kind: 'copy', from: path('gone'), to: path('f') }, /gone does not exist/)
  await says({ kind: 'attributes', paths: [path('gone')], mode: 0o644 }, /gone does not exist/)
  await says({ kind: 'mkdir', path: '/dev/null/x' }, /\/dev\/null exists and is not a directory/)
  await says({ kind: 'symlink', path: path('dir'), target: 'x' }, /is a directory/)
  await says({ kind: 'rename', from: path('gone'), to: path('g') }, /gone/)
  assert.not.ok(existsSync(path('f')))
})

test('mkdir makes parents and gives attributes to those that it makes', async () => {
  mkdirSync(path('old'))
  chmodSync(path('old'), 0o755)
  assert.equal(await act({ kind: 'mkdir', path: path('old/new/-deep'), mode: 0o2770 }), [{ ok: true }])
  assert.equal([mode(path('old')), mode(path('old/new')), mode(path('old/new/-deep'))], [0o755, 0o2770, 0o2770])
  await act({ kind: 'mkdir', path: path('old'), mode: 0o700 })
  assert.is(mode(path('old')), 0o755)
  await act({ kind: 'attributes', paths: [path('old/new')], mode: 0o755 })
  assert.is(mode(path('old/new')), 0o755)
})

test('attributes, links, copies and renames', async () => {
  writeFileSync(path('a'), 'a')
  symlinkSync('a', path('a-link'))
  chmodSync(path('a'), 0o600)
  await act(
    { kind: 'attributes', paths: [path('a-link')], mode: 0o777, mtime: 5 },
    { kind: 'symlink', path: path('s'), target: "it's\nnew" },
    { kind: 'symlink', path: path('s'), target: '-other' },
    { kind: 'hardlink', path: path('h'), target: path('a') },
    { kind: 'hardlink', path: path('h'), target: path('a') },
    { kind: 'copy', from: path('a'), to: path('c'), mode: 0o444 },
    { kind: 'rename', from: path('c'), to: path('d') },
  )
  assert.equal([mode(path('a')), lstatSync(path('a-link')).mtimeMs], [0o600, 5000])
  assert.is(readlinkSync(path('s')), '-other')
  assert.is(statSync(path('h')).ino, statSync(path('a')).ino)
  assert.equal([text(path('d')), mode(path('d')), existsSync(path('c'))], ['a', 0o444, false])
  await act({ kind: 'attributes', paths: [path('a-link')], mode: 0o640, follow: true })
  assert.is(mode(path('a')), 0o640)
  assert.not.ok(readdirSync(directory).some((name) => name.startsWith('.aarun')))
})

test('remove: trees, links and nothing; never / and never a mount', async () => {
  mkdirSync(path('tree/a'), { recursive: true })
  symlinkSync(path('tree'), path('to-tree'))
  assert.equal(
    (await act({ kind: 'remove', path: path('to-tree') }, { kind: 'remove', path: path('never-was') })).map((one) => one.ok),
    [true, true],
  )
  assert.equal([existsSync(path('tree')), existsSync(path('to-tree'))], [true, false])
  for (const bad of ['/', '//', '/.', `${directory}/tree/..`])
    assert.match((await first({ kind: 'remove', path: bad })).error ?? '', /never removed/)
  assert.match((await first({ kind: 'remove', path: '' })).error ?? '', /path is empty/)
  await act({ kind: 'remove', path: path('tree/') })
  assert.not.ok(existsSync(path('tree')))
  if (!root) return console.log('skipped: mount points need root')
  mkdirSync(path('m/a space\nand more'), { recursive: true })
  writeFileSync(path('m/file'), '')
  const point = path('m/a space\nand more')
  if (spawnSync('mount', ['-t', 'tmpfs', 'none', point]).status !== 0) return console.log('skipped: mount is not allowed here')
  try {
    symlinkSync(path('m'), path('via'))
    for (const target of [path('m'), path('via/a space\nand more'), point]) {
      assert.match(
        (await first({ kind: 'remove', path: target })).error ?? '',
        /is a mount point: unmount it first; nothing was removed/,
      )
    }
    assert.ok(existsSync(path('m/file')))
    const [fact] = await host.ask([probe.mount({ path: point })])
    assert.equal([(fact as { mounted: boolean }).mounted, (fact as { fstype: string }).fstype], [true, 'tmpfs'])
  } finally {
    spawnSync('umount', [point])
  }
})

test('run: argv, script, stdin, environment, directory, umask, codes', async () => {
  const { outcomes } = await host.act(
    [
      { kind: 'run', argv: ['sh', '-c', 'echo "$1"; echo err >&2; exit 3', 'x', "it's"], success: [0, 3] },
      {
        kind: 'run',
        script: 'printf "%s|" "$A" "$B" "$@"; umask; pwd',
        args: ['x y', '*'],
        env: { A: '1' },
        cwd: path(),
        umask: '027',
      },
      { kind: 'run', script: 'echo "${BASH_VERSION:+bash}"; cat', shell: '/bin/bash', stdin: new Uint8Array([65, 10]) },
      { kind: 'run', argv: ['false'], success: 'any' },
      { kind: 'run', argv: ['sh', '-c', 'echo one; echo "the reason" >&2; exit 2'] },
      { kind: 'run', argv: ['touch', path('not-run')] },
    ],
    { environment: { B: "b'", A: 'hidden' }, then: [probe.file({ path: path('not-run') })] },
  )
  assert.is(outcomes.length, 5)
  assert.equal([outcomes[0]?.stdout, outcomes[0]?.stderr, outcomes[0]?.rc, outcomes[0]?.ok], ["it's\n", 'err\n', 3, true])
  assert.is(outcomes[1]?.stdout, `1|b'|x y|*|0027\n${path()}\n`)
  assert.is(outcomes[2]?.stdout, 'bash\nA\n')
  assert.is(outcomes[3]?.ok, true)
  assert.equal([outcomes[4]?.ok, outcomes[4]?.error], [false, 'rc 2: the reason'])
  assert.ok((outcomes[0]?.end ?? 0) >= (outcomes[0]?.start ?? 1))
  assert.not.ok(existsSync(path('not-run')))
})

test('run: what is not there, what takes too long, what is secret, keepGoing', async () => {
  const start = Date.now()
  const { outcomes } = await host.act(
    [
      { kind: 'run', argv: ['no-such-program'] },
      { kind: 'run', argv: ['pwd'], cwd: '/no/such/dir' },
      { kind: 'run', script: 'sleep 60 & sleep 60', timeout: 1 },
      { kind: 'run', argv: ['sh', '-c', 'echo hunter2 >&2; exit 1'], secret: true },
      { kind: 'run', argv: ['echo', 'x'.repeat(200_000)] },
      { kind: 'run', argv: ['true'], env: { 'not-a-name': '1' } },
      { kind: 'run', argv: ['echo', 'last'] },
    ],
    { keepGoing: true },
  )
  assert.ok(Date.now() - start < 10_000)
  const errors = outcomes.map((outcome) => outcome.error)
  assert.equal([outcomes[0]?.found, outcomes[0]?.rc], [false, 127])
  assert.match(errors[0] ?? '', /the program no-such-program was not found/)
  assert.match(errors[1] ?? '', /the directory \/no\/such\/dir does not exist/)
  assert.match(errors[2] ?? '', /longer than 1 s/)
  assert.equal(errors[3], 'rc 1 (its output is secret)')
  assert.match(errors[4] ?? '', /argument 1 of echo is 200000 bytes long/)
  assert.match(errors[5] ?? '', /'not-a-name' is not a name/)
  assert.is(outcomes[6]?.stdout, 'last\n')
})

test('what stays in the background holds up nothing and can go on writing', async () => {
  const start = Date.now()
  const { outcomes } = await host.act([
    { kind: 'run', script: 'echo begun; (sleep 3; echo late; exec sleep 1) & echo $!' },
    { kind: 'run', argv: ['echo', 'next'] },
  ])
  assert.ok(Date.now() - start < 2000)
  assert.match(outcomes[0]?.stdout ?? '', /^begun\n\d+\n$/)
  assert.is(outcomes[1]?.stdout, 'next\n')
  // It keeps writing while replies are made: none of it may get into them.
  const noisy = await host.act(
    [{ kind: 'run', script: '(i=0; while [ $i -lt 3000 ]; do echo noise; i=$((i+1)); done) & echo $!' }],
    {
      then: [probe.command({ argv: ['echo', 'clean'] })],
    },
  )
  assert.is((noisy.facts[0] as { stdout: string }).stdout, 'clean\n')
})

test('a command gets none of our descriptors, variables or masks', async () => {
  const outcome = await first({ kind: 'run', script: 'ls -l /proc/self/fd; env; umask; set' })
  const seen = outcome.stdout ?? ''
  assert.not.match(seen, / [3-9] -> (pipe|socket):/)
  assert.not.match(
    seen
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .join('\n'),
    /^LC_ALL=C$/m,
  )
  assert.not.match(seen, /^_[a-zA-Z]{1,3}=.*aarun\./m)
  assert.match(seen, new RegExp(`^0?0*${process.umask().toString(8).padStart(3, '0')}$`, 'm'))
})

test('variables of the user never get in the way of ours', async () => {
  const env = { _R: '/dev/null/x', _W: '/x', _P: '/x', _T: '/etc', _c: '9', _go: '', _u: '3', _u1: path('precious'), IFS: 'a/' }
  writeFileSync(path('precious'), '')
  const { outcomes, facts } = await host.act(
    [
      { kind: 'run', argv: ['printenv', '_R'], env },
      { kind: 'run', script: 'cat; echo "$_W"', stdin: 'in ', env },
      { kind: 'run', argv: ['no-such-program'], env },
    ],
    { keepGoing: true, then: [probe.command({ argv: ['printenv', '_R'], stdin: 'x', env })] },
  )
  assert.equal(
    outcomes.map((one) => one.stdout),
    ['/dev/null/x\n', 'in /x\n', ''],
  )
  assert.is(outcomes[2]?.found, false)
  assert.is((facts[0] as { stdout: string }).stdout, '/dev/null/x\n')
  assert.ok(existsSync(path('precious')))
})

test('a file that is itself a mount point is written in place', async () => {
  if (!root) return console.log('skipped: mount points need root')
  writeFileSync(path('under'), 'under')
  writeFileSync(path('over'), 'over')
  if (spawnSync('mount', ['--bind', path('under'), path('over')]).status !== 0)
    return console.log('skipped: mount is not allowed here')
  try {
    assert.equal(await act({ kind: 'write', path: path('over'), content: Buffer.from('new') }), [{ ok: true }])
    assert.is(text(path('under')), 'new')
  } finally {
    spawnSync('umount', [path('over')])
  }
  assert.is(text(path('over')), 'over')
})

test('output is shown while it runs', async () => {
  const shown: { stream: string; text: string; at: number }[] = []
  const { outcomes } = await host.act(
    [
      { kind: 'run', argv: ['echo', 'quiet'] },
      { kind: 'run', script: 'echo first; sleep 1; printf "é" >&2; echo second', stream: true },
    ],
    { onOutput: (action, stream, part) => shown.push({ stream: `${action} ${stream}`, text: part, at: Date.now() }) },
  )
  const end = Date.now()
  assert.equal(
    outcomes.map((one) => [one.ok, one.stdout]),
    [
      [true, 'quiet\n'],
      [true, 'first\nsecond\n'],
    ],
  )
  assert.ok((shown[0]?.at ?? end) < end - 400, 'the first line came before the end')
  const all = (stream: string) =>
    shown
      .filter((one) => one.stream === stream)
      .map((one) => one.text)
      .join('')
  assert.equal([all('1 stdout'), all('1 stderr')], ['first\nsecond\n', 'é'])
})

test('upload streams a file beside its destination', async () => {
  const content = Buffer.alloc(3_000_000, 'upload\0')
  writeFileSync(path('big'), content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const upload = { kind: 'upload', local: path('big'), size: content.length, mode: 0o600 } as const
  const [sent, made, there, damaged] = (
    await host.act(
      [
        { ...upload, sha256, path: path('sent') },
        { kind: 'mkdir', path: path('later') },
        { ...upload, sha256, path: path('later/sent') },
        { ...upload, sha256: sha256.replace(/./g, '0'), path: path('damaged') },
      ],
      { keepGoing: true },
    )
  ).outcomes
  assert.equal([sent?.ok, made?.ok, there?.ok, damaged?.ok], [true, true, true, false])
  assert.match(damaged?.error ?? '', /checksum differs/)
  for (const file of ['sent', 'later/sent']) assert.ok(readFileSync(path(file)).equals(content))
  assert.not.ok(existsSync(path('damaged')))
  const short = await host.act([{ ...upload, size: content.length + 1, sha256, path: path('short') }]).catch((reason) => reason)
  assert.match(short.message, /changed while it was sent/)
  assert.equal(await act({ kind: 'run', argv: ['true'] }).then(([one]) => one?.ok), true)
  for (const folder of [directory, path('later')]) assert.not.ok(readdirSync(folder).some((name) => name.startsWith('.aarun')))
})

test.run()
