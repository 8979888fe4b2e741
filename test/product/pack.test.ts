/** Reading a pack: zips, directories, directories over others; and what is kept of a zip. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openPack, PackError } from '../../src/product/index.ts'
import { onDisk, small } from './small-pack.ts'

const work = mkdtempSync(join(tmpdir(), 'packs-'))
const before = process.env['XDG_CACHE_HOME']
const cache = join(work, 'cache')
test.before(() => void (process.env['XDG_CACHE_HOME'] = cache))
test.after(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME']
  else process.env['XDG_CACHE_HOME'] = before
  rmSync(work, { recursive: true, force: true })
})

const hasZip = (() => {
  try {
    execFileSync('zip', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const withZip: typeof test = hasZip ? test : (test.skip as typeof test)

/** A zip as the product is packed: one folder at the top, and much that is not read. */
function zipped(name: string): string {
  const top = join(work, name, 'bread-1.2.0')
  for (const [file, text] of Object.entries({ ...small, 'repository/components/big.jar': 'x'.repeat(100_000), 'repository/resources/conf/templates/other.txt': 'no' })) {
    mkdirSync(join(top, file, '..'), { recursive: true })
    writeFileSync(join(top, file), text)
  }
  execFileSync('zip', ['-q', '-r', '../pack.zip', '.'], { cwd: join(work, name) })
  cpSync(join(work, 'pack.zip'), join(work, `${name}.zip`))
  rmSync(join(work, 'pack.zip'))
  return join(work, `${name}.zip`)
}

const refused = async (...paths: string[]) => {
  try {
    await openPack(...paths)
  } catch (error) {
    assert.instance(error, PackError)
    return (error as Error).message
  }
  throw new Error('was opened')
}

test('a directory', async () => {
  const disk = onDisk()
  try {
    const pack = await openPack(disk.path)
    assert.is(pack.release, 'Bread Server v1.2.0')
    assert.is(pack.files.version, '1.2.0')
    assert.is(pack.files.tomlPath, join(disk.path, 'repository/conf/deployment.toml'))
    assert.match(pack.render(pack.files.toml!).get('repository/conf/shop.xml')!, /name="corner"/)
  } finally {
    disk.remove()
  }
})

test('a directory over another: its files win, the rest stays', async () => {
  const [under, over] = [onDisk(), onDisk({ 'repository/resources/conf/templates/bakers.j2': '{{ new.key }}', 'bin/version.txt': 'Patched v2.0' })]
  try {
    const pack = await openPack(under.path, over.path)
    assert.is(pack.release, 'Patched v2.0')
    assert.is(pack.render('new.key = 1').get('bakers'), '1\n')
    assert.equal(pack.lint('new.key = 1\n[shop]\nname = "x"'), [])
    assert.is(pack.lint('[[bakers]]\nname = "x"').length, 1)
  } finally {
    under.remove()
    over.remove()
  }
})

withZip('a zip gives what its directory gives', async () => {
  const pack = await openPack(zipped('one'))
  const disk = onDisk()
  try {
    assert.equal([...pack.files.conf].sort(), [...(await openPack(disk.path)).files.conf].sort())
    assert.is(pack.release, 'Bread Server v1.2.0')
  } finally {
    disk.remove()
  }
})

withZip('what was read is kept for this user alone, and taken only whole', async () => {
  rmSync(cache, { recursive: true, force: true })
  const zip = zipped('kept')
  const first = await openPack(zip)
  const [name = ''] = readdirSync(join(cache, 'aarun/packs'))
  const file = join(cache, 'aarun/packs', name)
  assert.is(statSync(file).mode & 0o777, 0o600)
  // The same name and the same sum: the kept files are taken, as the changed text shows.
  const kept = readFileSync(file, 'utf8')
  assert.equal([...(await openPack(zip)).files.conf], [...first.files.conf])
  for (const broken of ['', 'nonsense', kept.slice(0, -10), kept.replace('corner', 'other')]) {
    writeFileSync(file, broken)
    assert.is((await openPack(zip)).files.toml, small['repository/conf/deployment.toml'], broken.slice(0, 20))
    assert.is(readFileSync(file, 'utf8'), kept)
  }
  // Another zip under the same path is another pack.
  appendFileSync(join(work, 'kept/bread-1.2.0/repository/conf/deployment.toml'), '# more\n')
  rmSync(zip)
  execFileSync('zip', ['-q', '-r', zip, '.'], { cwd: join(work, 'kept') })
  assert.match((await openPack(zip)).files.toml!, '# more')
})

withZip('nothing is taken from a directory that others can write', async () => {
  rmSync(cache, { recursive: true, force: true })
  const zip = zipped('others')
  mkdirSync(join(cache, 'aarun/packs'), { recursive: true })
  chmodSync(join(cache, 'aarun/packs'), 0o777)
  assert.is((await openPack(zip)).files.toml, small['repository/conf/deployment.toml'])
  assert.equal(readdirSync(join(cache, 'aarun/packs')), [])
})

test('what is no pack is said in one sentence', async () => {
  const disk = onDisk({ 'bin/version.txt': 'x' })
  try {
    assert.is(await refused(join(work, 'nowhere')), `there is no pack at ${join(work, 'nowhere')}`)
    assert.is(await refused(disk.path), `${disk.path} has no repository/resources/conf, so it is no pack of WSO2 API Manager from 3.0.0 on`)
    const text = join(disk.path, 'bin/version.txt')
    assert.is(await refused(text), `${text} is no zip, or was cut off`)
  } finally {
    disk.remove()
  }
})

withZip('a zip that was cut off, and one that is another thing', async () => {
  const zip = zipped('cut')
  truncateSync(zip, statSync(zip).size - 300)
  assert.is(await refused(zip), `${zip} is no zip, or was cut off`)
  const other = join(work, 'other.zip')
  execFileSync('zip', ['-q', other, 'cut.zip'], { cwd: work })
  assert.match(await refused(other), /has no repository\/resources\/conf/)
  assert.ok(existsSync(other))
})

test('rules that are no JSON are told with their file', async () => {
  const disk = onDisk({ ...small, 'repository/resources/conf/infer.json': '{' })
  try {
    const pack = await openPack(disk.path)
    assert.throws(() => pack.lint(''), /^infer\.json of Bread Server v1\.2\.0 is not valid JSON: /)
  } finally {
    disk.remove()
  }
})

test.run()
