import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dirname, join } from 'node:path'
import { type Action, type CommandFact, controller, type FileFact, Overlay, probe, type TextsFact, Unknown } from '../../src/remote/index.ts'
import { fixture } from './fixture.ts'

const { host, path, ask, end } = fixture()
test.after(end)

/** Names that hurt: quotes, newlines, dashes, patterns, option look-alikes, characters of several bytes. */
const piece = fc.constantFrom(
  "'",
  '"',
  '\n',
  '\r',
  '\\',
  '$(x)',
  '`',
  '*',
  '?',
  '[a]',
  ' ',
  '-',
  '--',
  '~',
  '!',
  '#',
  'é',
  '日',
  '%s',
  '\t',
  ';',
  '&',
  'a',
  '=',
)
const hostileName = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(''))
  .filter((name) => name !== '.' && name !== '..')

test('500 files are one round trip and few forks', async () => {
  const paths = [...Array(500).keys()].map((n) => path(`many-${n}`))
  for (const [n, file] of paths.entries()) writeFileSync(file, `content ${n}`)
  const forks = () => Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])
  await host.ask([probe.file({ path: '/' })])
  const [trips, before] = [host.roundTrips, forks()]
  const facts = (await host.ask(paths.map((file) => probe.file({ path: file, checksum: true })))) as FileFact[]
  const spent = forks() - before
  assert.is(host.roundTrips, trips + 1)
  // Other programs of the machine fork too: the bound is loose, but far from 500.
  assert.ok(spent < 200, `${spent} forks`)
  facts.forEach((fact, n) => assert.is(fact.sha256, createHash('sha256').update(`content ${n}`).digest('hex')))
})

const texts = (root: string, names = ['*.j2', '*.json']) => probe.texts({ path: root, in: ['conf', 'version.txt'], names: [...names, 'version.txt'] })
const read = async (...asked: ReturnType<typeof texts>[]) => (await host.ask(asked)) as TextsFact[]

function tree(root: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(root, name)), { recursive: true })
    writeFileSync(path(root, name), text)
  }
  return path(root)
}

test('many small texts come in one answer, and here says what the host says', async () => {
  const files: Record<string, string> = { 'version.txt': 'v\n', 'conf/a.json': '{}', 'conf/deep er/b\nc\\.j2': 'é\n\n', "conf/deep er/it's.j2": '' }
  const root = tree('texts', { ...files, 'conf/other.xml': 'x', 'b.j2': 'not in it' })
  const [fact] = await read(texts(root))
  assert.equal([...fact!.files].sort(), Object.entries(files).sort())
  const [here] = (await controller.ask([texts(root)])) as TextsFact[]
  assert.equal([...here!.files].sort(), [...fact!.files].sort())
  const [plain, alsoHere] = [(await read(texts(root, ['*.json'])))[0]!, ((await controller.ask([texts(root, ['*.json'])])) as TextsFact[])[0]!]
  assert.is(plain.sha256, alsoHere.sha256)
  assert.equal((await read(texts(path('nowhere'))))[0]!.files.size, 0)
})

test('texts that were read once are not sent again, and a change is seen', async () => {
  const root = tree('sent-once', { 'conf/a.j2': 'first', 'version.txt': '1' })
  const [first] = await read(texts(root))
  const [again, copy] = await read(texts(root), texts(tree('sent-once-copy', { 'conf/a.j2': 'first', 'version.txt': '1' })))
  // The very same map: nothing was unpacked.
  assert.is(again!.files, first!.files)
  assert.is(copy!.files, first!.files)
  writeFileSync(path('sent-once', 'conf/a.j2'), 'other')
  assert.is((await read(texts(root)))[0]!.files.get('conf/a.j2'), 'other')
})

test('texts as they will be after planned changes', async () => {
  const root = tree('planned', { 'conf/a.j2': 'a', 'conf/b.j2': 'b', 'version.txt': '1' })
  const asked = texts(root)
  const [observed] = await read(asked)
  const after = (...actions: Action[]) => {
    const overlay = new Overlay()
    for (const action of actions) overlay.predict(action)
    const fact = overlay.apply(asked, observed!)
    return fact instanceof Unknown ? 'unknown' : [...(fact as TextsFact).files].map(([name, text]) => `${name}=${text}`).sort()
  }
  const write = (name: string, text: string): Action => ({ kind: 'write', path: join(root, name), content: Buffer.from(text) })
  assert.equal(after(write('conf/x.xml', 'no'), { kind: 'attributes', paths: [join(root, 'conf/a.j2')], mode: 0o600 }), ['conf/a.j2=a', 'conf/b.j2=b', 'version.txt=1'])
  assert.equal(after({ kind: 'remove', path: join(root, 'conf/a.j2') }, write('conf/b.j2', 'c'), write('conf/new/d.j2', 'd')), ['conf/b.j2=c', 'conf/new/d.j2=d', 'version.txt=1'])
  assert.equal(after({ kind: 'remove', path: root }), [])
  assert.is(after({ kind: 'upload', path: join(root, 'conf/b.j2'), local: '/x', size: 1, sha256: '0' } as Action), 'unknown')
})

test('names of any kind are found, hashed and read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(hostileName, { minLength: 1, maxLength: 6 }),
      fc.uint8Array({ maxLength: 300 }),
      async (names, content) => {
        const folder = path(`n${Math.random()}`)
        mkdirSync(folder)
        for (const name of names) writeFileSync(`${folder}/${name}`, content)
        const facts = (await host.ask(
          names.map((name) => probe.file({ path: `${folder}/${name}`, checksum: true, content: true })),
        )) as FileFact[]
        for (const fact of facts) {
          assert.is(fact.size, content.length)
          assert.is(fact.sha256, createHash('sha256').update(content).digest('hex'))
          assert.ok(Buffer.from(fact.content as Uint8Array).equals(Buffer.from(content)))
        }
        const tree = await ask(probe.tree({ path: folder, checksum: true }))
        assert.equal(
          tree.map((entry) => entry.path),
          ['', ...names].sort(),
        )
      },
    ),
    { numRuns: 40 },
  )
})

test('arguments, environment and stdin arrive unchanged', async () => {
  const text = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 10 })
    .map((parts) => parts.join('').replaceAll('\0', ''))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 5 }), text, text, async (args, value, stdin) => {
      const [shown, seen, read] = (await host.ask([
        probe.command({ argv: ['printf', '%s\\0', ...args, 'end'] }),
        probe.command({ argv: ['sh', '-c', 'printf %s. "$VALUE"'], env: { VALUE: value } }),
        probe.command({ argv: ['cat'], stdin }),
      ])) as CommandFact[]
      const wellFormed = (one: string) => Buffer.from(one).toString()
      assert.equal(shown?.stdout.split('\0').slice(0, -1), [...args, 'end'].map(wellFormed))
      assert.is(seen?.stdout, `${wellFormed(value)}.`)
      assert.is(read?.stdout, wellFormed(stdin))
    }),
    { numRuns: 60 },
  )
})

test('file facts: type, mode, owner, link, mount point', async () => {
  writeFileSync(path('f'), 'x')
  chmodSync(path('f'), 0o4751)
  symlinkSync('f', path('link'))
  symlinkSync('nowhere', path('dangling'))
  spawnSync('mkfifo', [path('fifo')])
  const [file, link, followed, dangling, lost, fifo, root, proc] = (await host.ask([
    probe.file({ path: path('f') }),
    probe.file({ path: path('link'), checksum: true }),
    probe.file({ path: path('link'), follow: true, checksum: true, content: true }),
    probe.file({ path: path('dangling') }),
    probe.file({ path: path('dangling'), follow: true }),
    probe.file({ path: path('fifo'), checksum: true, content: true }),
    probe.file({ path: '/' }),
    probe.file({ path: '/proc/' }),
  ])) as FileFact[]
  assert.is(file?.mode, 0o4751)
  assert.is(file?.inode, statSync(path('f')).ino)
  assert.ok(Math.abs((file?.mtime ?? 0) - statSync(path('f')).mtimeMs / 1000) < 0.001)
  assert.equal([link?.type, link?.target, link?.sha256], ['link', 'f', undefined])
  assert.equal([followed?.type, Buffer.from(followed?.content as Uint8Array).toString()], ['file', 'x'])
  assert.equal([dangling?.type, dangling?.target, lost], ['link', 'nowhere', { exists: false }])
  assert.equal([fifo?.type, fifo?.sha256, fifo?.content], ['fifo', undefined, undefined])
  assert.equal([root?.mountPoint, proc?.mountPoint, file?.mountPoint], [true, true, undefined])
})

test('a home directory is meant by ~', async () => {
  const { outcomes } = await host.act([{ kind: 'run', argv: ['sh', '-c', 'echo "$HOME"'] }])
  const home = outcomes[0]?.stdout?.trim()
  assert.is((await ask(probe.file({ path: '~' }))).inode, statSync(home ?? '').ino)
  assert.is((await ask(probe.file({ path: '~/.' }))).type, 'directory')
})

test('commands: not found, rc, time limit, output that is large or binary', async () => {
  const [missing, rc, late, large, both, cwd, gone] = (await host.ask([
    probe.command({ argv: ['no-such-program-here', 'x'] }),
    probe.command({ argv: ['sh', '-c', 'exit 7'] }),
    probe.command({ argv: ['sleep', '30'], timeout: 1 }),
    probe.command({ argv: ['sh', '-c', 'head -c 1500000 /dev/zero | tr "\\0" x'] }),
    probe.command({ argv: ['sh', '-c', 'echo out; echo err >&2; kill -9 $$'] }),
    probe.command({ argv: ['pwd'], cwd: path() }),
    probe.command({ argv: ['pwd'], cwd: path('gone') }),
  ])) as CommandFact[]
  assert.equal([missing?.found, missing?.rc], [false, 127])
  assert.equal([rc?.found, rc?.rc, late?.rc], [true, 7, 124])
  assert.is(large?.stdout.length, 1_500_000)
  assert.equal([both?.stdout, both?.stderr, both?.rc], ['out\n', 'err\n', 137])
  assert.is(cwd?.stdout, `${path()}\n`)
  assert.ok(gone && gone.rc !== 0)
})

test('an argument that no kernel takes is a clear error, and a secret one is not shown', async () => {
  const huge = 'secret'.repeat(30_000)
  const error = await host.ask([probe.command({ argv: ['echo', huge] })]).catch((reason) => reason)
  assert.match(error.message, /argument 1 of echo is 180000 bytes long.*stdin or in a file/)
  const hidden = await host.ask([probe.command({ argv: ['echo', 'se\0cret'], secret: true })]).catch((reason) => reason)
  assert.match(hidden.message, /cannot be passed/)
  assert.not.match(hidden.message, /se.cret/)
  assert.is((await ask(probe.command({ argv: ['echo', 'still here'] }))).stdout, 'still here\n')
})

test('commands run at the same time, and none holds up the others', async () => {
  const start = Date.now()
  await host.ask([...Array(8).keys()].map((n) => probe.command({ argv: ['sleep', '0.5', ...(n ? [`0.00${n}`] : [])] })))
  assert.ok(Date.now() - start < 2500)
})

test('users, groups, packages, programs, kernel parameters, mounts', async () => {
  const [root, nobody, gone, group, bash, none, ls, slash, key, dotted, proc, etc] = await host.ask([
    probe.user({ name: 'root' }),
    probe.user({ name: '0' }),
    probe.user({ name: '-x; echo' }),
    probe.group({ name: 'root' }),
    probe.package({ name: 'coreutils' }),
    probe.package({ name: 'no-such-package' }),
    probe.program({ name: 'ls' }),
    probe.program({ name: '/no/such' }),
    probe.sysctl({ key: 'kernel.ostype' }),
    probe.sysctl({ key: 'net/ipv4/conf/lo/forwarding' }),
    probe.mount({ path: '/proc/' }),
    probe.mount({ path: '/etc' }),
  ])
  assert.equal([(root as { uid: number }).uid, (root as { home: string }).home], [0, '/root'])
  assert.equal([nobody, gone], [{ exists: false }, { exists: false }])
  assert.is((group as { gid: number }).gid, 0)
  assert.ok((bash as { installed?: string }).installed)
  assert.is((none as { installed?: string }).installed, undefined)
  assert.match((ls as { path: string }).path, /\/ls$/)
  assert.equal(slash, {})
  assert.is((key as { value: string }).value, 'Linux')
  assert.match((dotted as { value: string }).value, /^[01]$/)
  assert.equal(
    [(proc as { mounted: boolean }).mounted, (proc as { fstype: string }).fstype, etc],
    [true, 'proc', { mounted: false }],
  )
})

test('ports are open only while somebody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  assert.is((await ask(probe.port({ host: '127.0.0.1', port }))).open, true)
  await new Promise((resolve) => server.close(resolve))
  assert.is((await ask(probe.port({ host: '127.0.0.1', port }))).open, false)
})

test('system facts are those of this machine, and can be asked in parts', async () => {
  const facts = await ask(probe.system())
  const uname = (flag: string) => String(spawnSync('uname', [flag]).stdout).trim()
  assert.equal([facts.kernel, facts.machine, facts.nodename, facts.system], ['-r', '-m', '-n', '-s'].map(uname))
  assert.is(facts.user_uid, process.getuid?.())
  assert.ok((facts.memtotal_mb as number) > 0 && (facts.processor_vcpus as number) > 0)
  const small = await ask(probe.system({ subset: ['!all'] }))
  assert.ok(small.distribution !== undefined && small.memtotal_mb === undefined && small.interfaces === undefined)
  const network = await ask(probe.system({ subset: ['network'] }))
  assert.ok(Array.isArray(network.interfaces) && network.memtotal_mb === undefined)
})

test('what is for the controller is refused', async () => {
  const error = await host.ask([probe.file({ path: '/', on: 'controller' })]).catch((reason) => reason)
  assert.match(error.message, /for the controller/)
})

test('the same question twice is asked once, and answers keep their order', async () => {
  const date = probe.command({ argv: ['date', '+%N'] })
  const [a, other, b] = (await host.ask([date, probe.file({ path: '/' }), { ...date }])) as [CommandFact, FileFact, CommandFact]
  assert.is(a.stdout, b.stdout)
  assert.is(other.type, 'directory')
})

test.run()
