/** Modules that look or bring back: stat, slurp, fetch, find; and tempfile. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Unknown } from '../../../src/module/index.ts'
import fetchModule from '../../../tasks/files/fetch.ts'
import find from '../../../tasks/files/find.ts'
import slurp from '../../../tasks/files/slurp.ts'
import stat from '../../../tasks/files/stat.ts'
import tempfile from '../../../tasks/files/tempfile.ts'
import { apply, localHost, treeHash } from '../harness.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
type Stat = Record<string, unknown>

async function look(args: Record<string, unknown>): Promise<Stat> {
  const run = await apply(stat, args)
  assert.is(run.changed, false)
  return run.result.stat as Stat
}

test('stat: a file', async () => {
  const path = at("odd 'name'\n")
  writeFileSync(path, 'content')
  chmodSync(path, 0o4751)
  const seen = await look({ path })
  const real = statSync(path)
  assert.is(seen.exists, true)
  assert.is(seen.mode, '4751')
  assert.equal([seen.isreg, seen.isdir, seen.islnk, seen.isuid, seen.isgid], [true, false, false, true, false])
  assert.equal(
    [seen.rusr, seen.wusr, seen.xusr, seen.rgrp, seen.wgrp, seen.xoth, seen.roth],
    [true, true, true, true, false, true, false],
  )
  assert.is(seen.checksum, createHash('sha1').update('content').digest('hex'))
  assert.equal([seen.size, seen.uid, seen.inode, seen.nlink], [7, real.uid, real.ino, 1])
  assert.equal([seen.readable, seen.writeable, seen.executable], [true, true, true])
  assert.is(seen.pw_name, 'root')
})

test('stat: checksums, none, nothing there', async () => {
  writeFileSync(at('c'), 'x')
  for (const algorithm of ['md5', 'sha256', 'sha512']) {
    const seen = await look({ path: at('c'), checksum_algorithm: algorithm })
    assert.is(seen.checksum, createHash(algorithm).update('x').digest('hex'))
  }
  assert.is((await look({ path: at('c'), get_checksum: false })).checksum, undefined)
  assert.equal(await look({ path: at('none') }), { exists: false })
})

test('stat: links and directories', async () => {
  mkdirSync(at('dir'))
  symlinkSync('dir', at('link'))
  const link = await look({ path: at('link') })
  assert.equal([link.islnk, link.lnk_target, link.lnk_source], [true, 'dir', at('dir')])
  const followed = await look({ path: at('link'), follow: true })
  assert.equal([followed.islnk, followed.isdir], [false, true])
})

test('slurp gives bytes as base64', async () => {
  const bytes = Buffer.from([0, 1, 255, 10, 13])
  writeFileSync(at('b'), bytes)
  const run = await apply(slurp, { src: at('b') })
  assert.equal(run.result, { content: bytes.toString('base64'), encoding: 'base64', source: at('b') })
  assert.is((await apply(slurp, { src: at('none') }, { mustWork: false })).failed, `file not found: ${at('none')}`)
  assert.match((await apply(slurp, { src: at('dir') }, { mustWork: false })).failed!, /is a directory/)
})

test('fetch copies to this machine, once', async () => {
  const dest = at('fetched')
  const args = { src: at('b'), dest }
  const run = await apply(fetchModule, args)
  assert.is(run.result.dest, join(dest, 'localhost', at('b')))
  assert.ok(readFileSync(String(run.result.dest)).equals(readFileSync(at('b'))))
  assert.is(
    run.result.checksum,
    createHash('sha1')
      .update(readFileSync(at('b')))
      .digest('hex'),
  )
  assert.is((await apply(fetchModule, args)).changed, false)
  await apply(fetchModule, { ...args, dest: `${at('flat')}/`, flat: true })
  assert.ok(existsSync(at('flat/b')))
  assert.match(
    (await apply(fetchModule, { ...args, dest: at('flat'), flat: true }, { mustWork: false })).failed!,
    /is an existing directory/,
  )
  assert.match((await apply(fetchModule, { src: at('none'), dest }, { mustWork: false })).failed!, /does not exist/)
  assert.is((await apply(fetchModule, { src: at('none'), dest, fail_on_missing: false })).changed, false)
  const check = await apply(fetchModule, { src: at('c'), dest }, { check: true })
  assert.ok(check.changed)
  assert.not(existsSync(join(dest, 'localhost', at('c'))))
})

async function names(args: Record<string, unknown>): Promise<string[]> {
  const run = await apply(find, { paths: at('f'), ...args })
  const files = run.result.files as Stat[]
  assert.is(run.result.matched, files.length)
  return files.map((file) => String(file.path).slice(at('f').length + 1))
}

test('find', async () => {
  mkdirSync(at('f/sub/deep'), { recursive: true })
  for (const name of ['a.log', 'b.log', 'b.txt', '.hidden', 'sub/c.log', 'sub/deep/d.log', 'new\nline', '$(x)'])
    writeFileSync(at(`f/${name}`), `${name} content\nsecond line\n`)
  const old = Date.now() / 1000 - 3 * 86400
  utimesSync(at('f/a.log'), old, old)
  symlinkSync('a.log', at('f/link'))
  assert.equal(await names({}), ['$(x)', 'a.log', 'b.log', 'b.txt', 'new\nline'])
  assert.equal(await names({ patterns: '*.log,?.txt' }), ['a.log', 'b.log', 'b.txt'])
  assert.equal(await names({ patterns: ['[!a]*.log'] }), ['b.log'])
  assert.equal(await names({ patterns: '^[ab]\\.', use_regex: true, excludes: '.*txt$' }), ['a.log', 'b.log'])
  assert.equal(await names({ patterns: '*.log', recurse: true }), ['a.log', 'b.log', 'sub/c.log', 'sub/deep/d.log'])
  assert.equal(await names({ patterns: '*.log', recurse: true, depth: 2 }), ['a.log', 'b.log', 'sub/c.log'])
  assert.equal(await names({ file_type: 'directory' }), ['sub'])
  assert.equal(await names({ file_type: 'link' }), ['link'])
  assert.equal(await names({ hidden: true, patterns: '.*' }), ['.hidden'])
  assert.equal(await names({ age: '2d' }), ['a.log'])
  assert.equal(await names({ age: '-2d', patterns: '*.log' }), ['b.log'])
  assert.equal(await names({ size: '1k' }), [])
  assert.equal(await names({ contains: 'b.*content' }), ['b.log', 'b.txt'])
  assert.equal(await names({ contains: 'content\\nsecond', read_whole_file: true, patterns: 'a*' }), ['a.log'])
  const sums = await apply(find, { paths: [at('f')], patterns: 'a.log', get_checksum: true })
  assert.is(
    (sums.result.files as Stat[])[0]!.checksum,
    createHash('sha1')
      .update(readFileSync(at('f/a.log')))
      .digest('hex'),
  )
  const missing = await apply(find, { paths: at('nothing') })
  assert.match(JSON.stringify(missing.result.skipped_paths), /No such file/)
})

test('tempfile makes something new each time', async () => {
  linkSync(at('c'), at('c2'))
  const before = treeHash(host.directory)
  const check = await apply(tempfile, { path: host.directory }, { check: true })
  assert.instance(check.result.path, Unknown)
  assert.is(treeHash(host.directory), before)
  const run = await apply(tempfile, { path: host.directory, state: 'directory', prefix: '-a b$', suffix: '.x' })
  const path = String(run.result.path)
  assert.is(dirname(path), host.directory)
  assert.match(basename(path), /^-a b\$\w{8}\.x$/)
  assert.is(statSync(path).mode & 0o777, 0o700)
  const other = await apply(tempfile, {})
  assert.is(statSync(String(other.result.path)).mode & 0o777, 0o600)
  rmSync(String(other.result.path))
})

test.after(() => host.close())
test.run()
