import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
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
import { join } from 'node:path'
import copy from '../../../tasks/files/copy.ts'
import { apply, laws, localHost, parseArgs } from '../harness.ts'
import { hostileBytes, hostileName, hostileText } from '../harness/hostile.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const text = (name: string) => readFileSync(at(name), 'utf8')
const modeOf = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8)

test('content is written once', async () => {
  const args = { dest: at('motd'), content: 'hello\n', mode: '0600' }
  const run = await apply(copy, args)
  assert.is(text('motd'), 'hello\n')
  assert.is(modeOf('motd'), '600')
  assert.is(run.result.checksum, 'f572d396fae9206628714fb2ce00f72e94f2258f')
  assert.is(run.result.dest, at('motd'))
  assert.is((await apply(copy, args)).changed, false)
  const moded = await apply(copy, { ...args, mode: 'u=rw,g=r' })
  assert.is(moded.plan.changes[0]!.actions[0]!.kind, 'attributes')
})

test('the diff shows both sides; binary content is told in one line', async () => {
  const run = await apply(copy, { dest: at('motd'), content: 'bye\n' }, { check: true })
  assert.is(run.plan.changes[0]!.before!.text, 'hello\n')
  assert.is(run.plan.changes[0]!.after!.text, 'bye\n')
  const binary = await apply(
    copy,
    { dest: at('bin'), src: 'b' },
    { controllerFiles: { 'files/b': new Uint8Array([0, 255, 1]) }, check: true },
  )
  assert.match(binary.plan.changes[0]!.after!.text, /^binary, 3 bytes, sha256 [0-9a-f]{12}…\n$/)
})

test('data becomes JSON', async () => {
  await apply(copy, { dest: at('json'), content: { a: [1, true, null], 'b "c"': 'd' } })
  assert.is(text('json'), '{"a": [1, true, null], "b \\"c\\"": "d"}')
})

test('a file goes into a directory under its name', async () => {
  mkdirSync(at('into'))
  const controllerFiles = { 'files/sub/a.conf': 'a' }
  await apply(copy, { src: 'sub/a.conf', dest: at('into') }, { controllerFiles })
  await apply(copy, { src: 'sub/a.conf', dest: `${at('made')}/`, directory_mode: '0710' }, { controllerFiles })
  assert.is(text('into/a.conf'), 'a')
  assert.is(text('made/a.conf'), 'a')
  assert.is(modeOf('made'), '710')
})

test('a missing directory is an error', async () => {
  const run = await apply(copy, { dest: at('no/such/file'), content: '' }, { mustWork: false })
  assert.match(run.failed!, new RegExp(`^Destination directory ${at('no/such')} does not exist`))
})

test('force: false only writes what is missing', async () => {
  writeFileSync(at('kept'), 'mine')
  assert.is((await apply(copy, { dest: at('kept'), content: 'other', force: false })).changed, false)
  assert.is(text('kept'), 'mine')
  await apply(copy, { dest: at('kept2'), content: 'new', force: false })
  assert.is(text('kept2'), 'new')
})

test('backup and validate', async () => {
  writeFileSync(at('v'), 'good old\n')
  const bad = await apply(copy, { dest: at('v'), content: 'bad\n', validate: "grep -q 'good' %s" }, { mustWork: false })
  assert.ok(bad.failed)
  assert.is(text('v'), 'good old\n')
  const run = await apply(copy, { dest: at('v'), content: 'good new\n', validate: "grep -q 'good' %s", backup: true })
  assert.is(readFileSync(String(run.result.backup_file), 'utf8'), 'good old\n')
  assert.is(text('v'), 'good new\n')
})

test('a link is replaced, or followed when asked', async () => {
  writeFileSync(at('real'), 'x')
  symlinkSync('real', at('link'))
  await apply(copy, { dest: at('link'), content: 'y', follow: true })
  assert.is(text('real'), 'y')
  assert.ok(lstatSync(at('link')).isSymbolicLink())
  await apply(copy, { dest: at('link'), content: 'y' })
  assert.ok(lstatSync(at('link')).isFile())
})

test('a tree: with and without slash, links, empty directories, modes', async () => {
  const source = at('tree source')
  mkdirSync(join(source, 'd/empty'), { recursive: true })
  writeFileSync(join(source, 'd/file'), 'f')
  writeFileSync(join(source, "it's $(x)"), 'g')
  symlinkSync('file', join(source, 'd/link'))
  symlinkSync('d', join(source, 'dirlink'))
  symlinkSync('nowhere', join(source, 'dangling'))
  chmodSync(join(source, 'd/file'), 0o751)
  await apply(copy, { src: `${source}/`, dest: at('t1'), mode: 'preserve', directory_mode: '0711' })
  assert.equal(readdirSync(at('t1')).sort(), ['d', 'dangling', 'dirlink', "it's $(x)"])
  assert.is(modeOf('t1/d'), '711')
  assert.is(modeOf('t1/d/file'), '751')
  assert.ok(lstatSync(at('t1/d/link')).isFile())
  assert.is(text('t1/dirlink/file'), 'f')
  assert.ok(existsSync(at('t1/d/empty')))
  assert.is(readlinkSync(at('t1/dangling')), 'nowhere')
  mkdirSync(at('t2'))
  const args = { src: source, dest: at('t2'), local_follow: false }
  await apply(copy, args)
  assert.is(readlinkSync(at('t2/tree source/dirlink')), 'd')
  assert.is((await apply(copy, args)).changed, false)
  writeFileSync(at('t2/tree source/d/file'), 'changed')
  const run = await apply(copy, args)
  assert.equal(
    run.plan.changes.map((change) => change.summary),
    [`change ${at('t2/tree source/d/file')}`],
  )
})

test('remote_src copies on the host', async () => {
  writeFileSync(at('from'), 'r')
  const args = { src: at('from'), dest: at('to'), remote_src: true, mode: '0640' }
  await apply(copy, args)
  assert.is(text('to'), 'r')
  assert.is((await apply(copy, args)).changed, false)
  await apply(copy, { src: `${at('t1')}/`, dest: at('t3'), remote_src: true })
  assert.is(text('t3/d/file'), 'f')
  const missing = await apply(copy, { src: at('nothing'), dest: at('to'), remote_src: true }, { mustWork: false })
  assert.match(missing.failed!, /does not exist on the host/)
})

test('what is large is streamed', async () => {
  const large = Buffer.alloc(9 * 1024 * 1024, 'large file ')
  writeFileSync(at('large'), large)
  const run = await apply(copy, { src: at('large'), dest: at('sent'), mode: '0600' })
  assert.is(run.plan.changes[0]!.actions[0]!.kind, 'upload')
  assert.ok(readFileSync(at('sent')).equals(large))
  assert.is(modeOf('sent'), '600')
})

test('a line of 1 MB passes', async () => {
  const long = `${'x"\'$'.repeat(262144)}\n`
  await apply(copy, { dest: at('long'), content: long })
  assert.is(text('long'), long)
})

test('checksum and vault are looked at before anything is sent', async () => {
  const controllerFiles = { 'files/s': '$ANSIBLE_VAULT;1.1;AES256\n00\n' }
  assert.match((await apply(copy, { src: 's', dest: at('s') }, { controllerFiles, mustWork: false })).failed!, /is encrypted/)
  const wrong = await apply(copy, { dest: at('s'), content: 'x', checksum: 'ab' }, { mustWork: false })
  assert.match(wrong.failed!, /does not match the expected checksum ab/)
  assert.not(existsSync(at('s')))
})

test('wrong arguments', () => {
  assert.throws(() => parseArgs(copy, { dest: '/x' }), /expected one of src and content/)
  assert.throws(() => parseArgs(copy, { dest: '/x/', content: '' }), /can not use content with a directory/)
  assert.throws(() => parseArgs(copy, { dest: '/x', content: '', validate: 'true' }), /validate must contain %s/)
})

const start = fc.oneof(
  fc.constantFrom({ is: 'nothing' }, { is: 'link' }, { is: 'directory' }),
  fc.record({ is: fc.constant('file'), content: hostileBytes }),
)

test('the three laws, with hostile names and content', async () => {
  const options = fc.record(
    { mode: fc.constantFrom('0600', 'a+x'), force: fc.boolean(), follow: fc.boolean(), owner: fc.constantFrom('root', '4321') },
    { requiredKeys: [] },
  )
  await laws(
    copy,
    fc.record({ start, options, name: hostileName, source: fc.oneof(hostileText, hostileBytes) }),
    (example, directory) => {
      const dest = join(directory, example.name)
      writeFileSync(join(directory, 'the other'), 'x')
      if ('content' in example.start) writeFileSync(dest, example.start.content)
      if (example.start.is === 'link') symlinkSync('the other', dest)
      if (example.start.is === 'directory') mkdirSync(dest)
      if (typeof example.source === 'string') return { ...example.options, dest, content: example.source }
      const src = join(directory, 'the source')
      writeFileSync(src, example.source)
      return { ...example.options, dest, src, ...(example.start.is === 'file' && { mode: 'preserve' }) }
    },
    { host, runs: 20 },
  )
  assert.not(existsSync('/tmp/aarun-was-here'))
})

test('the three laws of trees', async () => {
  const tree = fc.dictionary(
    hostileName,
    fc.oneof(hostileBytes, fc.dictionary(hostileName, hostileBytes, { maxKeys: 2, noNullPrototype: true })),
    { maxKeys: 4, noNullPrototype: true },
  )
  const make = (root: string, files: object) => {
    mkdirSync(root)
    for (const [name, content] of Object.entries(files)) {
      if (content instanceof Uint8Array) writeFileSync(join(root, name), content)
      else make(join(root, name), content)
    }
  }
  await laws(
    copy,
    fc.record({ tree, there: tree, slash: fc.boolean(), on: fc.boolean() }),
    (example, directory) => {
      make(join(directory, 'source'), example.tree)
      make(join(directory, 'target'), example.there)
      return {
        src: join(directory, `source${example.slash ? '/' : ''}`),
        dest: join(directory, 'target'),
        remote_src: example.on,
      }
    },
    { host, runs: 20 },
  )
})

test.after(() => host.close())
test.run()
