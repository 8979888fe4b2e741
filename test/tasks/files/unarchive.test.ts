import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import unarchive from '../../../tasks/files/unarchive.ts'
import { explainFailure } from '../../../tasks/files/unarchive/formats.ts'
import { apply, localHost, parseArgs, treeHash } from '../harness.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)

/** A product with everything an archive can hold; packed in several formats. */
function pack(): void {
  mkdirSync(at('src/app/bin'), { recursive: true })
  mkdirSync(at('src/app/empty'))
  writeFileSync(at('src/app/bin/run.sh'), '#!/bin/sh\n')
  chmodSync(at('src/app/bin/run.sh'), 0o755)
  writeFileSync(at("src/app/it's ü $(x)"), 'odd\n')
  writeFileSync(at('src/app/data'), Buffer.from([0, 1, 2, 255]))
  symlinkSync('data', at('src/app/link'))
  for (const [name, option] of [
    ['a.tar', '-cf'],
    ['a.tar.gz', '-czf'],
    ['a.tar.xz', '-cJf'],
    ['a.tar.bz2', '-cjf'],
    ['a.tar.zst', '--zstd -cf'],
  ] as const) {
    execFileSync('tar', [...option.split(' '), at(name), '-C', at('src'), 'app'])
  }
  execFileSync('zip', ['-qry', at('a.zip'), 'app'], { cwd: at('src') })
}
pack()

function target(name: string): string {
  rmSync(at(name), { recursive: true, force: true })
  mkdirSync(at(name))
  return at(name)
}

for (const archive of ['a.tar', 'a.tar.gz', 'a.tar.xz', 'a.tar.bz2', 'a.tar.zst', 'a.zip']) {
  test(`${archive}: unpacked once`, async () => {
    const dest = target('out')
    const args = { src: at(archive), dest }
    const before = treeHash(dest)
    const check = await apply(unarchive, args, { check: true })
    assert.match(check.plan.changes[0]!.summary, /^unpack a\.\S+ into \S+ \(7 of 7 are missing or differ\)$/)
    assert.is(treeHash(dest), before)
    await apply(unarchive, args)
    assert.equal(readdirSync(join(dest, 'app')).sort(), ['bin', 'data', 'empty', "it's ü $(x)", 'link'])
    assert.equal([...readFileSync(join(dest, 'app/data'))], [0, 1, 2, 255])
    assert.ok(lstatSync(join(dest, 'app/link')).isSymbolicLink())
    assert.equal(readdirSync(dest), ['app'])
    assert.is((await apply(unarchive, args)).changed, false)
    rmSync(join(dest, 'app/data'))
    assert.ok((await apply(unarchive, args)).changed)
    assert.ok(existsSync(join(dest, 'app/data')))
  })
}

test('a changed file is unpacked again; keep_newer leaves it', async () => {
  const args = { src: at('a.tar'), dest: at('out') }
  const data = at('out/app/data')
  writeFileSync(data, 'changed')
  const later = Date.now() / 1000 + 600
  utimesSync(data, later, later)
  assert.is((await apply(unarchive, { ...args, keep_newer: true })).changed, false)
  assert.ok((await apply(unarchive, args)).changed)
  assert.equal([...readFileSync(data)], [0, 1, 2, 255])
})

test('remote_src, list_files, attributes with X', async () => {
  const dest = target('remote')
  const args = { src: at('a.zip'), dest, remote_src: true, list_files: true, owner: '4321', mode: 'u=rwX,g=rX,o=' }
  const run = await apply(unarchive, args)
  assert.ok((run.result.files as string[]).includes('app/bin/run.sh'))
  assert.is(statSync(join(dest, 'app/data')).uid, 4321)
  assert.is(statSync(join(dest, 'app/data')).mode & 0o777, 0o640)
  assert.is(statSync(join(dest, 'app/bin')).mode & 0o777, 0o750)
  assert.is(statSync(join(dest, 'app/bin/run.sh')).mode & 0o777, 0o750)
  assert.is((await apply(unarchive, args)).changed, false)
  chmodSync(join(dest, 'app/data'), 0o777)
  const again = await apply(unarchive, args)
  assert.equal(
    again.plan.changes.map((change) => change.summary),
    [`set attributes of 1 in ${dest}`],
  )
})

test('include, exclude, options', async () => {
  for (const src of [at('a.tar'), at('a.zip')]) {
    const dest = target('some')
    await apply(unarchive, { src, dest, exclude: ['app/bin/*', 'app/empty*'] })
    assert.not(existsSync(join(dest, 'app/bin/run.sh')))
    assert.ok(existsSync(join(dest, 'app/data')))
    const only = target('only')
    await apply(unarchive, { src, dest: only, include: ['app/data'] })
    assert.equal(readdirSync(join(only, 'app')), ['data'])
  }
  const dest = target('stripped')
  const args = { src: at('a.tar.gz'), dest, extra_opts: ['--strip-components=1'] }
  await apply(unarchive, args)
  assert.ok(existsSync(join(dest, 'bin/run.sh')))
  assert.is((await apply(unarchive, args)).changed, false)
})

test('creates: nothing is even looked at', async () => {
  const run = await apply(unarchive, { src: '/nowhere.tar', remote_src: true, dest: '/nowhere', creates: at('a.tar') })
  assert.is(run.plan.skipped, `skipped, since ${at('a.tar')} exists`)
})

test('a URL is downloaded by the host', async () => {
  const server = createServer((_request, response) => void response.end(readFileSync(at('a.tar.gz'))))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const dest = target('web')
  const args = { src: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tar.gz`, dest, remote_src: true }
  await apply(unarchive, args)
  assert.ok(existsSync(join(dest, 'app/data')))
  assert.equal(readdirSync(dest), ['app'])
  assert.is((await apply(unarchive, args)).changed, false)
  server.close()
  server.closeAllConnections()
})

test('keep_newer leaves what is newer, of a zip too', async () => {
  const dest = target('newer')
  const args = { src: at('a.zip'), dest, keep_newer: true }
  await apply(unarchive, args)
  writeFileSync(join(dest, 'app/data'), 'changed')
  const later = Date.now() / 1000 + 200_000
  utimesSync(join(dest, 'app/data'), later, later)
  rmSync(join(dest, 'app/bin/run.sh'))
  await apply(unarchive, args)
  assert.is(readFileSync(join(dest, 'app/data'), 'utf8'), 'changed')
  assert.ok(existsSync(join(dest, 'app/bin/run.sh')))
  // The same with tar, whose archive is read on the host.
  rmSync(join(dest, 'app/bin/run.sh'))
  await apply(unarchive, { ...args, src: at('a.tar'), remote_src: true })
  assert.is(readFileSync(join(dest, 'app/data'), 'utf8'), 'changed')
  assert.ok(existsSync(join(dest, 'app/bin/run.sh')))
})

test('a member that is something else on the host is unpacked', async () => {
  const dest = target('other-kind')
  mkdirSync(join(dest, 'app/data'), { recursive: true })
  assert.ok((await apply(unarchive, { src: at('a.tar'), dest })).changed)
  assert.equal([...readFileSync(join(dest, 'app/data'))], [0, 1, 2, 255])
})

test('hard links, and names with any byte', async () => {
  mkdirSync(at('odd'))
  for (const name of ['a\nb', 'tab\t', 'back\\slash', 'bell\x07', '\u00fc\u{1f600}']) writeFileSync(at(`odd/${name}`), 'x')
  linkSync(at('odd/tab\t'), at('odd/z linked'))
  execFileSync('tar', ['-cf', at('odd.tar'), '-C', at('odd'), '.'])
  const dest = target('odd-out')
  const args = { src: at('odd.tar'), dest, list_files: true }
  const run = await apply(unarchive, args)
  assert.equal(readdirSync(dest).sort(), readdirSync(at('odd')).sort())
  assert.ok((run.result.files as string[]).includes('a\nb'))
  assert.is(statSync(join(dest, 'z linked')).ino, statSync(join(dest, 'tab\t')).ino)
  assert.is((await apply(unarchive, args)).changed, false)
})

test('a program that is missing is said, with its package', () => {
  const at = (format: 'tar' | 'zip', fact: object) => explainFailure(format, { found: true, rc: 2, stdout: '', stderr: '', ...fact }, 'the host')
  assert.is(at('zip', { found: false }), 'unzip is not on the host: install the package unzip')
  assert.is(at('tar', { rc: 127 }), 'tar is not on the host: install the package tar')
  assert.is(at('tar', { stderr: 'tar (child): xz: Cannot exec: No such file or directory\n' }), 'tar needs xz on the host: install the package xz-utils (or xz)')
  assert.is(at('tar', { stderr: 'tar: zstd: Cannot exec: No such file\n' }), 'tar needs zstd on the host: install the package zstd')
  assert.is(at('zip', { stdout: 'something\nelse\n' }), 'something; else')
  assert.is(at('zip', {}), 'rc 2')
})

test('errors', async () => {
  const fail = async (args: Record<string, unknown>) => (await apply(unarchive, args, { mustWork: false })).failed ?? ''
  assert.match(await fail({ src: at('a.tar'), dest: at('missing') }), /must be an existing directory/)
  assert.match(await fail({ src: at('none.tar'), dest: at('out'), remote_src: true }), /does not exist on the host/)
  writeFileSync(at('bad.tar'), 'no archive, but long enough to be looked at')
  assert.match(await fail({ src: at('bad.tar'), dest: at('out') }), /can not be read: tar: .*not look like a tar archive/)
  writeFileSync(at('bad.zip'), 'no archive')
  assert.match(await fail({ src: at('bad.zip'), dest: at('out') }), /can not be read: .*zip/i)
  assert.throws(() => parseArgs(unarchive, { src: 'https://x/y.tar', dest: '/x' }), /a URL needs remote_src/)
})

test.after(() => host.close())
test.run()
