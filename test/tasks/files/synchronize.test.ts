import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import synchronize from '../../../tasks/files/synchronize.ts'
import { sshd as anSshd, whyNoSshd } from '../../remote/sshd.ts'
import { apply, localHost, parseArgs, treeHash, type Options } from '../harness.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const HOSTILE = `a b'"$(id)\`;*\\ü:`

function tree(name: string): string {
  mkdirSync(at(`${name}/sub`), { recursive: true })
  writeFileSync(at(`${name}/${HOSTILE}`), 'hostile')
  writeFileSync(at(`${name}/sub/-rf`), Buffer.from([0, 255, 10]))
  symlinkSync('sub/-rf', at(`${name}/link`))
  chmodSync(at(`${name}/sub/-rf`), 0o640)
  return at(name)
}

async function lawful(args: Record<string, unknown>, options: Options = {}): Promise<number> {
  const before = treeHash(host.directory)
  const check = await apply(synchronize, args, { ...options, check: true })
  assert.is(treeHash(host.directory), before, 'check changed something')
  const run = await apply(synchronize, args, options)
  assert.equal(run.plan.changes, check.plan.changes)
  assert.is((await apply(synchronize, args, options)).changed, false)
  return (run.plan.changes[0]?.after?.text ?? '').split('\n').length - 1
}

test('a tree is copied as it is, and only what differs', async () => {
  tree('src')
  assert.ok((await lawful({ src: `${at('src')}/`, dest: `${at('dest')}/` })) >= 4)
  assert.is(readFileSync(at(`dest/${HOSTILE}`), 'utf8'), 'hostile')
  assert.equal([...readFileSync(at('dest/sub/-rf'))], [0, 255, 10])
  writeFileSync(at('src/sub/new'), 'x')
  await lawful({ src: `${at('src')}/`, dest: `${at('dest')}/` })
  assert.ok(existsSync(at('dest/sub/new')))
})

test('delete is bounded, and refuses an empty source', async () => {
  mkdirSync(at('empty'))
  const empty = { src: `${at('empty')}/`, dest: `${at('dest')}/`, delete: true }
  const before = treeHash(at('dest'))
  assert.match((await apply(synchronize, empty, { mustWork: false })).failed!, /is empty: with delete everything/)
  rmSync(at('src/sub'), { recursive: true })
  const args = { src: `${at('src')}/`, dest: `${at('dest')}/`, delete: true }
  assert.match(
    (await apply(synchronize, { ...args, max_delete: 1 }, { mustWork: false })).failed!,
    /3 things would be deleted.*max_delete allows 1/,
  )
  assert.is(treeHash(at('dest')), before)
  await lawful({ ...args, max_delete: 3 })
  assert.not.ok(existsSync(at('dest/sub')))
  await lawful({ ...empty, allow_empty: true })
  assert.equal(readdirSync(at('dest')), [])
})

test('options: excludes, no times with checksum, existing only', async () => {
  writeFileSync(at('src/skip.tmp'), 'x')
  await lawful({ src: `${at('src')}/`, dest: at('opts'), rsync_opts: ['--exclude=*.tmp'], times: false, checksum: true })
  assert.not.ok(existsSync(at('opts/skip.tmp')))
  writeFileSync(at('src/later'), 'x')
  await lawful({ src: `${at('src')}/`, dest: at('opts'), existing_only: true })
  assert.not.ok(existsSync(at('opts/later')))
})

test('what can not work is one clear line', async () => {
  const failed = async (args: object) =>
    (await apply(synchronize, { src: at('src'), dest: at('x'), ...args }, { mustWork: false })).failed!
  assert.match(await failed({ src: at('none') }), /there is no .*none to copy from/)
  assert.match(await failed({ dest: at('no/such/place') }), /the directory .*no\/such above .* does not exist/)
  assert.match(await failed({ rsync: at('norsync') }), /rsync was not found.*install the package rsync/)
  assert.throws(() => parseArgs(synchronize, { src: '/a', dest: '/b', rsync_opts: ['*.tmp'] }), /is no option/)
  assert.throws(() => parseArgs(synchronize, { src: '/a', dest: '/b', rsync_opts: ['--out-format=x'] }), /leave it out/)
  assert.throws(() => parseArgs(synchronize, { src: '/a', dest: '/b', archive: false, delete: true }), /delete needs recursive/)
})

const overSsh = whyNoSshd() ? test.skip : test
overSsh('push and pull over a real sshd, with names that a shell would read', async () => {
  const sshd = await anSshd()
  try {
    writeFileSync(join(sshd.directory, "known hosts 'x'"), readFileSync(join(sshd.directory, 'known_hosts')))
    const argv = [
      'ssh',
      '-F',
      'none',
      '-p',
      String(sshd.port),
      '-i',
      join(sshd.directory, 'id'),
      '-o',
      `UserKnownHostsFile="${join(sshd.directory, "known hosts 'x'")}"`,
      '-o',
      'StrictHostKeyChecking=yes',
    ]
    const context = { remoteShell: { argv, target: 'root@127.0.0.1' } }
    mkdirSync(at(`remote ${HOSTILE}`))
    const dest = at(`remote ${HOSTILE}/there`)
    tree('pushed')
    await lawful({ src: `${at('pushed')}/`, dest, delete: true }, { context })
    assert.is(readFileSync(join(dest, HOSTILE), 'utf8'), 'hostile')
    await lawful({ mode: 'pull', src: `${dest}/`, dest: at('pulled') }, { context })
    assert.is(treeHash(at('pulled')).length, treeHash(at('pushed')).length)
    assert.is(readFileSync(join(at('pulled'), HOSTILE), 'utf8'), 'hostile')
    const gone = await apply(
      synchronize,
      { src: at('pushed'), dest: at('x'), rsync_path: '/none/rsync' },
      { context, mustWork: false },
    )
    assert.match(gone.failed!, /rsync was not found on localhost: install the package rsync there/)
  } finally {
    sshd.stop()
  }
})

test.after(() => host.close())
test.run()
