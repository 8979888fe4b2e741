/** lineinfile, blockinfile and replace. The cases of "as Ansible" follow its documentation and source. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { existsSync, readFileSync, symlinkSync, lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import blockinfile from '../../../tasks/files/blockinfile.ts'
import lineinfile from '../../../tasks/files/lineinfile.ts'
import replace from '../../../tasks/files/replace.ts'
import { apply, laws, localHost, parseArgs, type AnyModule } from '../harness.ts'
import { hostileBytes, hostileName, hostileText } from '../harness/hostile.ts'

const host = await localHost()
const path = join(host.directory, 'file')
const read = () => readFileSync(path, 'utf8')

/** What a module makes of a text; and the message. */
async function edited(module: AnyModule, text: string, args: object): Promise<[string, unknown, boolean]> {
  writeFileSync(path, text)
  const run = await apply(module, { path, ...args })
  return [read(), run.result.msg, run.changed]
}

async function refused(module: AnyModule, text: string, args: object): Promise<string> {
  writeFileSync(path, text)
  const run = await apply(module, { path, ...args }, { mustWork: false })
  assert.is(read(), text)
  return run.failed ?? ''
}

const line = (text: string, args: object) => edited(lineinfile, text, args)
const block = (text: string, args: object) => edited(blockinfile, text, args)

test('lineinfile: replaces the last match, or the first', async () => {
  assert.equal(await line('#Port 1\nx\nPort 2\n', { regexp: '^#?Port', line: 'Port 3' }), [
    '#Port 1\nx\nPort 3\n',
    'line replaced',
    true,
  ])
  assert.equal(await line('#Port 1\nx\nPort 2\n', { regexp: '^#?Port', line: 'Port 3', firstmatch: true }), [
    'Port 3\nx\nPort 2\n',
    'line replaced',
    true,
  ])
  assert.equal(await line('a\nPort 3\n', { regexp: '^#?Port', line: 'Port 3' }), ['a\nPort 3\n', '', false])
})

test('lineinfile: adds at the end, at the beginning, after or before a match', async () => {
  assert.equal(await line('a', { line: 'b' }), ['a\nb\n', 'line added', true])
  assert.equal(await line('', { line: 'b' }), ['b\n', 'line added', true])
  assert.equal((await line('a\n', { line: 'b', insertbefore: 'BOF' }))[0], 'b\na\n')
  assert.equal((await line('a\nx\na\nz\n', { line: 'b', insertafter: '^a' }))[0], 'a\nx\na\nb\nz\n')
  assert.equal((await line('a\nx\na\nz\n', { line: 'b', insertafter: '^a', firstmatch: true }))[0], 'a\nb\nx\na\nz\n')
  assert.equal((await line('a\nx\na\nz\n', { line: 'b', insertbefore: '^a' }))[0], 'a\nx\nb\na\nz\n')
  assert.equal((await line('a\n', { line: 'b', insertafter: 'nothing' }))[0], 'a\nb\n')
  assert.equal((await line('x\na', { line: 'b', insertafter: '^a' }))[0], 'x\na\nb\n')
  assert.equal(await line('b\na\n', { line: 'b', insertafter: '^a' }), ['b\na\n', '', false])
})

test('lineinfile: backrefs fill groups, and do nothing without a match', async () => {
  assert.equal(await line('HEAP = 1g\n', { regexp: '^(?P<k>HEAP)(\\s*=\\s*).*$', line: '\\g<k>\\2"2g"', backrefs: true }), [
    'HEAP = "2g"\n',
    'line replaced',
    true,
  ])
  assert.equal(await line('x\n', { regexp: '^(HEAP)=.*', line: '\\1=2g', backrefs: true }), ['x\n', '', false])
  assert.match(await refused(lineinfile, 'a=1\n', { regexp: '^(.*)$', line: '\\1 x', backrefs: true }), /never settles/)
  assert.match(await refused(lineinfile, 'a=1\n', { regexp: '^a', line: '\\2', backrefs: true }), /invalid group reference 2/)
})

test('lineinfile: search_string is plain text; $1 and \\1 are too', async () => {
  assert.equal((await line('a.b\naxb\n', { search_string: 'a.b', line: 'c' }))[0], 'c\naxb\n')
  assert.equal((await line('x\n', { regexp: '^x', line: 'y $1 $& \\1' }))[0], 'y $1 $& \\1\n')
})

test('lineinfile: a line that does not match its regexp settles', async () => {
  assert.equal((await line('Port 1\nPort 2\n', { regexp: '^Port', line: '# none' }))[0], '# none\n# none\n')
})

test('lineinfile: absent removes all matches', async () => {
  assert.equal(await line('a\nb\na \n', { regexp: '^a', state: 'absent' }), ['b\n', '2 line(s) removed', true])
  assert.equal(await line('a\nb\r\n', { line: 'b', state: 'absent' }), ['a\n', '1 line(s) removed', true])
  const missing = await apply(lineinfile, { path: join(host.directory, 'none'), line: 'x', state: 'absent' })
  assert.is(missing.result.msg, 'file not present')
})

test('lineinfile: create, mode, backup, validate, links', async () => {
  const fresh = join(host.directory, 'new dir/new')
  assert.match((await apply(lineinfile, { path: fresh, line: 'x' }, { mustWork: false })).failed!, /does not exist ! Use create/)
  await apply(lineinfile, { path: fresh, line: 'x', create: true, mode: '0600' })
  assert.is(readFileSync(fresh, 'utf8'), 'x\n')
  assert.is(lstatSync(fresh).mode & 0o777, 0o600)
  writeFileSync(path, 'old\n')
  const run = await apply(lineinfile, { path, line: 'new', backup: true, validate: 'grep -q new %s' })
  assert.is(readFileSync(String(run.result.backup_file), 'utf8'), 'old\n')
  assert.ok(await refused(lineinfile, 'old\n', { line: 'bad', validate: 'grep -q good %s' }))
  symlinkSync(path, join(host.directory, 'link'))
  await apply(lineinfile, { path: join(host.directory, 'link'), line: 'through' })
  assert.match(read(), 'through\n')
})

test('a file that is not UTF-8 keeps its bytes', async () => {
  writeFileSync(path, Buffer.from([0xff, 0x0a, 0x61, 0x0a]))
  await apply(lineinfile, { path, regexp: '^a', line: 'ü' })
  assert.equal([...readFileSync(path)], [0xff, 0x0a, 0xc3, 0xbc, 0x0a])
})

test('wrong arguments are told before anything runs', () => {
  assert.throws(() => parseArgs(lineinfile, { path: '/x', regexp: '(', line: 'x' }), /is not a valid regular expression/)
  assert.throws(() => parseArgs(lineinfile, { path: '/x' }), /line is required/)
  assert.throws(() => parseArgs(lineinfile, { path: '/x', line: 'x', backrefs: true }), /regexp is required with backrefs/)
  assert.throws(() => parseArgs(blockinfile, { path: '/x', marker: '# x' }), /must hold \{mark\}/)
  assert.throws(() => parseArgs(replace, { path: '/x', regexp: '[a' }), /not a valid/)
})

test('blockinfile: puts, changes and removes a block', async () => {
  const one = '# BEGIN ANSIBLE MANAGED BLOCK\n1\n# END ANSIBLE MANAGED BLOCK\n'
  assert.equal(await block('a', { block: '1' }), [`a\n${one}`, 'Block inserted', true])
  assert.equal(await block(`a\n${one}z\n`, { block: '1\n' }), [`a\n${one}z\n`, '', false])
  assert.equal((await block(`a\n${one}z\n`, { block: '2' }))[0], `a\n${one.replace('1', '2')}z\n`)
  assert.equal(await block(`a\n${one}z\n`, { state: 'absent' }), ['a\nz\n', 'Block removed', true])
  assert.equal((await block(`a\n${one}z\n`, { block: '' }))[0], 'a\nz\n')
  assert.equal((await block(`a\n${one.trimEnd()}`, { block: '1' }))[0], `a\n${one}`)
})

test('blockinfile: where, and with which lines around it', async () => {
  const marks = { marker: '; {mark}', marker_begin: '<', marker_end: '>' }
  assert.is((await block('a\nb\nc\n', { ...marks, block: 'x', insertafter: '^a|b' }))[0], 'a\nb\n; <\nx\n; >\nc\n')
  assert.is((await block('a\nb\nc\n', { ...marks, block: 'x', insertbefore: '^b' }))[0], 'a\n; <\nx\n; >\nb\nc\n')
  assert.is((await block('a\n', { ...marks, block: 'x', insertbefore: 'BOF' }))[0], '; <\nx\n; >\na\n')
  assert.is(
    (await block('a\nb\n', { ...marks, block: 'x', insertafter: 'a', append_newline: true, prepend_newline: true }))[0],
    'a\n\n; <\nx\n; >\n\nb\n',
  )
})

test('replace: everywhere, by lines, with groups, in a section', async () => {
  const text = '[a]\nport = 1\n[b]\nport = 2\n'
  assert.equal(await edited(replace, text, { regexp: '^port = (\\d)$', replace: 'PORT \\1' }), [
    '[a]\nPORT 1\n[b]\nPORT 2\n',
    '2 replacements made',
    true,
  ])
  assert.is(
    (await edited(replace, text, { after: '\\[a\\]', before: '\\[b\\]', regexp: '\\d', replace: 'x' }))[0],
    '[a]\nport = x\n[b]\nport = 2\n',
  )
  assert.is(
    (await edited(replace, text, { after: '\\[b\\]', regexp: '\\d', replace: '$&' }))[0],
    '[a]\nport = 1\n[b]\nport = $&\n',
  )
  assert.is((await edited(replace, text, { before: '\\[b\\]', regexp: '^port.*\\n' }))[0], '[a]\n[b]\nport = 2\n')
  const none = await edited(replace, text, { after: 'nothing', regexp: 'x' })
  assert.match(String(none[1]), /^Pattern for before\/after params did not match/)
  assert.match(await refused(replace, 'a', { regexp: 'a', replace: 'aa' }), /matches regexp again/)
})

const regexps = fc.constantFrom('^a', 'b$', 'x+', '.*', '^$', '\\s', '(?i)A', '[^a]', '\\bone\\b')
const content = fc.oneof(
  hostileBytes,
  fc.array(fc.constantFrom('a', 'b', '', 'one two', ' x', 'aab'), { maxLength: 6 }).map((lines) => Buffer.from(lines.join('\n'))),
)
const attributes = fc.record({ mode: fc.constantFrom('0600', 'a+x'), create: fc.boolean() }, { requiredKeys: [] })

function prepare(
  example: { there: boolean; content: Uint8Array; name: string; args: object },
  directory: string,
): Record<string, unknown> {
  const target = join(directory, example.name)
  if (example.there) writeFileSync(target, example.content)
  return { ...example.args, path: target }
}
const oneLine = hostileText.map((text) => text.replaceAll('\n', ' '))

test('the three laws of lineinfile', async () => {
  const wish = fc.oneof(
    fc.record({ line: oneLine, insertafter: regexps }, { requiredKeys: ['line'] }),
    fc.record(
      { line: oneLine, regexp: regexps, insertbefore: regexps, firstmatch: fc.boolean() },
      { requiredKeys: ['line', 'regexp'] },
    ),
    fc.record({ line: fc.constantFrom('\\g<0>', 'x'), regexp: regexps, backrefs: fc.constant(true) }),
    fc.record({ regexp: regexps, state: fc.constant('absent') }),
    fc.record({ line: hostileText, search_string: fc.constantFrom('a', ' ') }),
  )
  const args = fc.tuple(wish, attributes).map(([a, b]) => ({ ...b, ...a }))
  await laws(lineinfile, fc.record({ there: fc.boolean(), content, name: hostileName, args }), prepare, { host, runs: 30 })
})

test('the three laws of blockinfile', async () => {
  const wish = fc.record(
    {
      block: hostileText,
      state: fc.constantFrom('present', 'absent'),
      insertafter: regexps,
      append_newline: fc.boolean(),
      prepend_newline: fc.boolean(),
    },
    { requiredKeys: ['block'] },
  )
  const args = fc.tuple(wish, attributes).map(([a, b]) => ({ ...b, ...a }))
  await laws(blockinfile, fc.record({ there: fc.boolean(), content, name: hostileName, args }), prepare, { host, runs: 25 })
})

test('the three laws of replace', async () => {
  const args = fc.record(
    {
      regexp: regexps,
      replace: hostileText.map((text) => text.replaceAll('\\', '/')),
      after: regexps,
      mode: fc.constantFrom('0600', 'a+x'),
    },
    { requiredKeys: ['regexp'] },
  )
  await laws(replace, fc.record({ there: fc.boolean(), content, name: hostileName, args }), prepare, { host, runs: 25 })
  assert.not(existsSync('/tmp/aarun-was-here'))
})

test.after(() => host.close())
test.run()
