/** Compiled code is taken only from directories that nobody else can write. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { makeTrusted, trustedPath } from '../../src/trusted-directory.ts'

const work = realpathSync(mkdtempSync(join(tmpdir(), 'aarun-trust-')))
test.after(() => rmSync(work, { recursive: true, force: true }))

function directory(name: string, mode = 0o755): string {
  const path = join(work, name)
  mkdirSync(path, { recursive: true })
  chmodSync(path, mode)
  return path
}

test('a directory of our own, below a sticky one, is trusted', () => {
  assert.is(trustedPath(directory('own')), join(work, 'own'))
})

test('one that the group or all can write is not, nor what is below it', () => {
  for (const mode of [0o775, 0o757, 0o777]) assert.is(trustedPath(directory(`open-${mode}`, mode)), undefined, mode.toString(8))
  directory('open', 0o777)
  assert.is(trustedPath(directory('open/inner')), undefined)
})

test('sticky or not, the directory itself must not be writable', () => {
  assert.is(trustedPath(directory('sticky', 0o1777)), undefined)
})

test('a link counts as what it leads to', () => {
  directory('target', 0o777)
  directory('real')
  symlinkSync(join(work, 'target'), join(work, 'to-open'))
  symlinkSync(join(work, 'real'), join(work, 'to-real'))
  assert.is(trustedPath(join(work, 'to-open')), undefined)
  assert.is(trustedPath(join(work, 'to-real')), join(work, 'real'))
})

test('what is not there, no directory or no full path is not trusted', () => {
  assert.is(trustedPath(join(work, 'missing')), undefined)
  assert.is(trustedPath('relative'), undefined)
})

if (process.getuid?.() === 0) {
  test('that of another user is not trusted, and nothing is made in it', () => {
    const home = directory('home')
    chownSync(home, 65534, 65534)
    assert.is(trustedPath(home), undefined)
    assert.is(makeTrusted(join(home, '.cache/aarun')), undefined)
    assert.is(existsSync(join(home, '.cache')), false)
  })
}

test('a missing directory is made', () => {
  assert.is(makeTrusted(join(directory('cache'), 'a/b')), join(work, 'cache/a/b'))
})

test.run()
