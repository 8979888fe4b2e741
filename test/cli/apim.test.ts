/** `aarun apim` as a user calls it: exit codes, JSON, messages. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { small } from '../product/small-pack.ts'
import { aarun, project } from './aarun.ts'

const here = project({
  ...Object.fromEntries(Object.entries(small).map(([name, text]) => [`bread/${name}`, text])),
  'wrong.toml': '[shop]\nnaem = "x"\npassword = "open sesame"\n',
  'broken.toml': '[shop]\npassword = "open sesame\n',
  'stops.toml': '[shop]\npassword = "open sesame"\nname = "$ref{no.where}"\n',
})
test.after(here.remove)
const apim = (...args: string[]) => aarun(here.path, ['apim', ...args])

test("without a file the pack's own is taken; nothing found is 0", async () => {
  const done = await apim('lint', '--pack', 'bread')
  assert.equal([done.code, done.err], [0, ''])
  assert.is(done.out, 'bread/repository/conf/deployment.toml: nothing to find fault with, by the rules of Bread Server v1.2.0\n')
})

test('findings as data', async () => {
  const done = await apim('lint', 'wrong.toml', '--pack', 'bread', '--output', 'json')
  assert.is(done.code, 2)
  assert.equal(JSON.parse(done.out), {
    file: 'wrong.toml',
    release: 'Bread Server v1.2.0',
    findings: [{ kind: 'unread', path: 'shop.naem', line: 2, column: 1, message: 'shop.naem is read by nothing in Bread Server v1.2.0', nearest: 'shop.name' }],
  })
})

test('files are written for this user alone', async () => {
  const done = await apim('render', 'wrong.toml', '--pack', 'bread', '-o', 'out')
  assert.is(done.code, 0, done.err)
  const file = join(here.path, 'out/repository/conf/shop.xml')
  assert.match(readFileSync(file, 'utf8'), '<password>open sesame</password>')
  assert.is(statSync(file).mode & 0o777, 0o600)
})

test('what stops the product has a place, and shows no line that may hold a password', async () => {
  for (const [file, message] of [
    ['stops.toml', 'stops.toml:3:1: `$ref{no.where}` refers to a key that is not there'],
    ['broken.toml', 'broken.toml:2:'],
  ] as const) {
    const done = await apim('render', file, '--pack', 'bread')
    assert.is(done.code, 4)
    assert.ok(done.err.startsWith(`ERROR! ${message}`), done.err)
    assert.match(done.err, 'Bread Server v1.2.0 would not start with it')
    assert.not.match(done.err, 'sesame')
    assert.not.match((await apim('lint', file, '--pack', 'bread')).out, 'sesame')
  }
})

test('a change shows no secret', async () => {
  const done = await apim('render', '--diff', 'bread/repository/conf/deployment.toml', 'wrong.toml', '--pack', 'bread')
  assert.is(done.code, 0, done.err)
  assert.match(done.out, /-<shop name="corner"[^]*\+<shop name="unnamed"[^]*\+ {2}<password>\*{8}<\/password>[^]*\n1 file differs/)
  assert.not.match(done.out, 'sesame')
})

test('mistakes of the command line', async () => {
  for (const [args, code, message] of [
    [['lint', '--pack', 'nowhere'], 4, /ERROR! there is no pack at nowhere/],
    [['lint', 'gone.toml', '--pack', 'bread'], 1, /ENOENT.*gone\.toml/],
    [['lint'], 5, /required option '--pack <path>'/],
    [['render', '--diff', 'wrong.toml', '--pack', 'bread'], 5, /--diff takes two files, and nothing else/],
  ] as const) {
    const done = await apim(...args)
    assert.is(done.code, code, done.err)
    assert.match(done.err, message)
    assert.not.match(done.err, /defect in aarun/)
  }
})

test.run()
