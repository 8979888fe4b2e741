import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import file from '../../../tasks/files/file.ts'
import { apply, laws, localHost, parseArgs } from '../harness.ts'
import { hostileName } from '../harness/hostile.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)

test('state=directory makes parents, and sets attributes', async () => {
  const run = await apply(file, { path: at('a/b/c'), state: 'directory', mode: '0750' })
  assert.ok(run.changed)
  assert.is(modeOf(at('a/b/c')), '750')
  assert.is(run.result.mode, '0750')
  assert.is(run.result.state, 'directory')
  assert.is((await apply(file, { path: at('a/b/c'), state: 'directory', mode: 'u=rwx,g=rx' })).changed, false)
})

test('state=directory refuses a file in the way', async () => {
  writeFileSync(at('plain'), '')
  const run = await apply(file, { path: at('plain'), state: 'directory' }, { mustWork: false })
  assert.is(run.failed, `${at('plain')} already exists as a file`)
})

test('recurse sets attributes below, X only of directories and programs', async () => {
  mkdirSync(at('tree/sub'), { recursive: true })
  writeFileSync(at('tree/sub/data'), '')
  writeFileSync(at('tree/prog'), '')
  symlinkSync('nowhere', at('tree/link'))
  chmodSync(at('tree/prog'), 0o700)
  const args = { path: at('tree'), recurse: true, mode: 'u=rwX,g=rX,o=' }
  const run = await apply(file, args)
  assert.is(modeOf(at('tree/sub')), '750')
  assert.is(modeOf(at('tree/sub/data')), '640')
  assert.is(modeOf(at('tree/prog')), '750')
  assert.ok(run.changed)
  assert.is((await apply(file, args)).changed, false)
})

test('state=link: makes, replaces, refuses', async () => {
  writeFileSync(at('target'), '')
  await apply(file, { src: at('target'), path: at('l'), state: 'link' })
  assert.is(readlinkSync(at('l')), at('target'))
  await apply(file, { src: 'target', path: at('l'), state: 'link' })
  assert.is(readlinkSync(at('l')), 'target')
  const dangling = { src: 'nowhere', path: at('l'), state: 'link' }
  assert.match((await apply(file, dangling, { mustWork: false })).failed!, /does not exist: use force: true/)
  await apply(file, { ...dangling, force: true })
  assert.is(readlinkSync(at('l')), 'nowhere')
  writeFileSync(at('inway'), 'x')
  const over = { src: 'target', path: at('inway'), state: 'link' }
  assert.match((await apply(file, over, { mustWork: false })).failed!, /refusing to convert from file to link/)
  await apply(file, { ...over, force: true })
  assert.is(readlinkSync(at('inway')), 'target')
  mkdirSync(at('dir/sub'), { recursive: true })
  assert.match((await apply(file, { ...over, path: at('dir'), force: true }, { mustWork: false })).failed!, /not empty/)
  mkdirSync(at('emptydir'))
  await apply(file, { ...over, path: at('emptydir'), force: true })
  assert.ok(lstatSync(at('emptydir')).isSymbolicLink())
})

test('state=hard shares the file', async () => {
  writeFileSync(at('h1'), 'x')
  const args = { src: at('h1'), path: at('h2'), state: 'hard' }
  await apply(file, args)
  assert.is(statSync(at('h1')).ino, statSync(at('h2')).ino)
  assert.is((await apply(file, args)).changed, false)
})

test('state=absent removes trees and links, not what links lead to', async () => {
  mkdirSync(at('gone/x'), { recursive: true })
  mkdirSync(at('kept'))
  symlinkSync(at('kept'), at('gone/x/link'))
  await apply(file, { path: at('gone'), state: 'absent' })
  assert.not(existsSync(at('gone')))
  assert.ok(existsSync(at('kept')))
  assert.is((await apply(file, { path: at('gone'), state: 'absent' })).changed, false)
})

test('state=touch makes a file, and then only changes its times', async () => {
  await apply(file, { path: at('touched'), state: 'touch', mode: '0600' })
  assert.is(readFileSync(at('touched'), 'utf8'), '')
  const preserve = { path: at('touched'), state: 'touch', modification_time: 'preserve', access_time: 'preserve' }
  assert.is((await apply(file, preserve)).changed, false)
  assert.is((await apply(file, { path: at('touched'), state: 'touch' })).changed, true)
  const dated = { path: at('touched'), modification_time: '202401020304.05', access_time: 'preserve' }
  await apply(file, dated)
  assert.is(statSync(at('touched')).mtimeMs, new Date(2024, 0, 2, 3, 4, 5).getTime())
  assert.is((await apply(file, dated)).changed, false)
})

test('state=file needs something there', async () => {
  const run = await apply(file, { path: at('missing'), mode: '0644' }, { mustWork: false })
  assert.match(run.failed!, /is absent, cannot continue/)
})

test('attributes of a link are those of its target, unless follow is false', async () => {
  writeFileSync(at('t2'), '')
  symlinkSync('t2', at('l2'))
  await apply(file, { path: at('l2'), mode: '0611' })
  assert.is(modeOf(at('t2')), '611')
  await apply(file, { path: at('l2'), follow: false, owner: '12345', group: '12345' })
  assert.is(lstatSync(at('l2')).uid, 12345)
  assert.is(lstatSync(at('t2')).uid, 0)
})

test('wrong arguments are told before anything runs', () => {
  const message = (raw: object) => {
    try {
      parseArgs(file, raw as Record<string, unknown>)
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  assert.match(message({ path: '/x', state: 'link', recurse: true }), /recurse option requires state to be 'directory'/)
  assert.match(message({ path: '/x', mode: 755 }), /ambiguous mode/)
  assert.match(message({ path: '/x', modification_time: 'yesterday' }), /expected preserve, now, or a time/)
  assert.match(message({}), /path/)
})

const start = fc.constantFrom('nothing', 'file', 'directory', 'full', 'link', 'dangling', 'hard')
const wish = (...states: string[]) =>
  fc.record(
    {
      state: fc.constantFrom(...states),
      mode: fc.constantFrom('0600', '0755', 'u+x', 'u=rwX,go=rX', '1777'),
      force: fc.boolean(),
      follow: fc.boolean(),
      owner: fc.constantFrom('root', '4321'),
    },
    { requiredKeys: ['state'] },
  )

type Example = { start: string; wish: Record<string, unknown> & { state: string }; name: string }

function prepare(example: Example, directory: string): Record<string, unknown> {
  const path = join(directory, example.name)
  const other = join(directory, 'the other')
  writeFileSync(other, 'other')
  if (example.start === 'file') writeFileSync(path, 'x')
  if (example.start === 'directory' || example.start === 'full') mkdirSync(path)
  if (example.start === 'full') writeFileSync(join(path, example.name), 'x')
  if (example.start === 'link') symlinkSync(other, path)
  if (example.start === 'dangling') symlinkSync('nowhere', path)
  if (example.start === 'hard') linkSync(other, path)
  const { state } = example.wish
  // Otherwise touch changes something each time.
  const times = state === 'touch' ? { access_time: 'preserve', modification_time: 'preserve' } : {}
  return { ...example.wish, path, ...times, ...(['link', 'hard'].includes(state) && { src: other }) }
}

test('the three laws', async () => {
  const cases = fc.record({ start, wish: wish('file', 'directory', 'link', 'absent', 'touch'), name: hostileName })
  await laws(file, cases, prepare, { host, runs: 30 })
})

test('the three laws of hard links, whose inode can not be predicted', async () => {
  await laws(file, fc.record({ start, wish: wish('hard'), name: hostileName }), prepare, { host, runs: 20, unpredictable: true })
})

test.after(() => host.close())
test.run()
