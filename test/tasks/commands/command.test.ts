/** command, shell, raw and script, run for real. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import command from '../../../tasks/commands/command.ts'
import raw from '../../../tasks/commands/raw.ts'
import script from '../../../tasks/commands/script.ts'
import shell from '../../../tasks/commands/shell.ts'
import { deltaText, lines } from '../../../tasks/lib/program-result.ts'
import { SplitError, splitWords } from '../../../src/module/index.ts'
import { apply, localHost, parseArgs, type TestHost } from '../harness.ts'

let host: TestHost
test.before(async () => {
  host = await localHost()
})
test.after(() => host.close())

const splits: [string, string[]][] = [
  ['ls -l', ['ls', '-l']],
  ['  a\t b\n c ', ['a', 'b', 'c']],
  [`cp 'a b' "c\\"d" e\\ f`, ['cp', 'a b', 'c"d', 'e f']],
  [`x '' ""`, ['x', '', '']],
  [`a'b'"c"d`, ['abcd']],
  [`"a\\nb" 'a\\nb'`, ['a\\nb', 'a\\nb']],
  ['echo $(id) `id` | cat; x && y > z # no', ['echo', '$(id)', '`id`', '|', 'cat;', 'x', '&&', 'y', '>', 'z', '#', 'no']],
  ['a \\\n b', ['a', 'b']],
]
for (const [line, words] of splits) test(`split ${JSON.stringify(line)}`, () => assert.equal(splitWords(line), words))

test('what can not be split says why', () => {
  for (const line of [`a 'b`, `a "b`, 'a \\'])
    assert.throws(
      () => splitWords(line),
      (error: Error) => error instanceof SplitError,
    )
})

test('any words that are quoted come back', () => {
  const quote = (word: string) => `'${word.replace(/'/g, `'"'"'`)}'`
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (words) =>
      assert.equal(splitWords(words.map(quote).join(' ')), words),
    ),
  )
})

test('lines and times as Python has them', () => {
  assert.equal(lines('a\nb\r\n\nc'), ['a', 'b', '', 'c'])
  assert.equal(lines('a\n'), ['a'])
  assert.equal(lines(''), [])
  assert.is(deltaText(3725.25), '1:02:05.250000')
})

test('a program runs and tells all about it', async () => {
  const { result, changed } = await apply(command, { cmd: `printf '%s\\n\\n' 'a b'` })
  assert.ok(changed)
  assert.is(result.rc, 0)
  assert.is(result.stdout, 'a b')
  assert.equal(result.stdout_lines, ['a b'])
  assert.equal(result.cmd, ['printf', '%s\\n\\n', 'a b'])
  assert.match(String(result.delta), /^0:00:0\d\.\d{6}$/)
  assert.match(String(result.start), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
})

test('hostile words pass unharmed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'binary' }).map((text) => text.replace(/\0/g, '')),
        { minLength: 1, maxLength: 4 },
      ),
      async (words) => {
        const { result } = await apply(command, {
          argv: ['printf', '%s|', ...words],
          strip_empty_ends: false,
          expand_argument_vars: false,
        })
        assert.is(result.stdout, words.map((word) => `${Buffer.from(word).toString()}|`).join(''))
      },
    ),
    { numRuns: 25 },
  )
})

test('no shell looks at the words', async () => {
  const { result } = await apply(command, { argv: ['echo', '$(id)', '`id`', ';', '*', '--', '{{ x }}'] })
  assert.is(result.stdout, '$(id) `id` ; * -- {{ x }}')
})

test('names of variables stand for their values, unless switched off', async () => {
  assert.is(
    (await apply(command, { cmd: 'echo $HOME ${HOME}/x ~ ~/y ~root $NO_SUCH_NAME' })).result.stdout,
    `${process.env.HOME} ${process.env.HOME}/x ${process.env.HOME} ${process.env.HOME}/y /root $NO_SUCH_NAME`,
  )
  assert.is((await apply(command, { cmd: 'echo $HOME ~', expand_argument_vars: false })).result.stdout, '$HOME ~')
})

test('a return code other than 0 fails with the output', async () => {
  const run = await apply(command, { argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'] }, { mustWork: false })
  assert.is(run.failed, 'non-zero return code')
  assert.is(run.result.rc, 3)
  assert.is(run.result.stderr, 'err')
})

test('a program that is not there is named', async () => {
  const run = await apply(command, { cmd: 'no-such-program-here --x' }, { mustWork: false })
  assert.match(run.failed ?? '', /program no-such-program-here was not found/)
})

test('chdir, stdin and its line break', async () => {
  const { result } = await apply(command, { cmd: 'sh -c "pwd; cat"', chdir: host.directory, stdin: 'x' })
  assert.is(result.stdout, `${host.directory}\nx`)
  const bare = await apply(command, { cmd: 'wc -c', stdin: 'abc', stdin_add_newline: false })
  assert.is(bare.result.stdout, '3')
})

test('creates: runs once; a pattern does too', async () => {
  const file = join(host.directory, 'made here')
  const args = { argv: ['touch', file], creates: file }
  assert.ok((await apply(command, args)).changed)
  const again = await apply(command, args)
  assert.not(again.changed)
  assert.is(again.result.stdout, `skipped, since ${file} exists`)
  assert.not((await apply(command, { cmd: 'false', creates: `${host.directory}/m*e h?re` })).changed)
  assert.ok((await apply(command, { cmd: 'true', creates: `${host.directory}/x*` })).changed)
})

test('a pattern with a slash, brackets and a name with a dot', async () => {
  mkdirSync(join(host.directory, 'g[1]/sub/deep'), { recursive: true })
  writeFileSync(join(host.directory, 'g[1]/.hidden.conf'), '')
  writeFileSync(join(host.directory, 'g[1]/sub/deep/z.conf'), '')
  const pattern = (name: string) => apply(command, { cmd: 'true', creates: name, chdir: host.directory })
  assert.ok((await pattern('g[[]1]/*.conf')).changed, 'a hidden file does not count')
  assert.ok((await pattern('g[[]1]/*/z.conf')).changed, 'a star does not reach across a slash')
  assert.not((await pattern('g[[]1]/*/deep/z.conf')).changed)
})

test('removes: nothing to do when it is not there; relative to chdir', async () => {
  assert.not((await apply(command, { cmd: 'false', removes: join(host.directory, 'nothing') })).changed)
  writeFileSync(join(host.directory, 'gone'), '')
  assert.ok((await apply(command, { cmd: 'rm gone', removes: 'gone', chdir: host.directory })).changed)
  assert.not((await apply(command, { cmd: 'rm gone', removes: 'gone', chdir: host.directory })).changed)
})

test('check mode runs nothing and says what it would', async () => {
  const file = join(host.directory, 'never')
  const { plan } = await apply(command, { argv: ['touch', file], creates: file }, { check: true })
  assert.is(plan.changes.length, 1)
  assert.not(existsSync(file))
})

test('bad arguments are named before anything runs', () => {
  for (const [args, message] of [
    [{}, /no command given/],
    [{ cmd: 'a', argv: ['b'] }, /either cmd or argv/],
    [{ cmd: `a 'b` }, /no closing '/],
    [{ cmd: '  ' }, /command is empty/],
    [{ argv: [] }, /argv/],
  ] as const) {
    assert.throws(
      () => parseArgs(command, args),
      (error: Error) => message.test(error.message),
    )
  }
})

test('shell: pipes, many lines, another shell', async () => {
  const { result } = await apply(shell, { cmd: 'echo "$1" a b | tr a-z A-Z\nprintf x', chdir: host.directory })
  assert.is(result.stdout, ' A B\nx')
  const bash = await apply(
    shell,
    { cmd: 'a=(1 2); echo ${#a[@]}; set -o pipefail; false | true', executable: '/bin/bash' },
    { mustWork: false },
  )
  assert.is(bash.result.stdout, '2')
  assert.is(bash.failed, 'non-zero return code')
})

test('shell: stdin reaches the command', async () => {
  assert.is((await apply(shell, { cmd: 'cat', stdin: "it's\n$(x)" })).result.stdout, "it's\n$(x)")
})

test('shell: creates', async () => {
  writeFileSync(join(host.directory, 'there'), '')
  assert.not((await apply(shell, { cmd: 'exit 1', creates: 'there', chdir: host.directory })).changed)
})

test('raw gives the output as it is', async () => {
  const { result } = await apply(raw, { cmd: 'echo a; echo' })
  assert.is(result.stdout, 'a\n\n')
})

test('script: runs a file of the project with its arguments and leaves nothing behind', async () => {
  const before = readdirSync(process.env.TMPDIR ?? '/tmp').filter((name) => name.startsWith('aarun-script-'))
  const files = { 'files/run me.sh': '#!/bin/sh\nprintf "%s|" "$@"; basename "$0"; ls -l "$0" | cut -c1-10\nexit 4\n' }
  const run = await apply(script, { cmd: `'run me.sh' "a b" '' $x` }, { controllerFiles: files, mustWork: false })
  assert.is(run.result.stdout, 'a b||$x|run me.sh\n-rwx------\n')
  assert.is(run.result.rc, 4)
  assert.is(run.failed, 'non-zero return code')
  assert.equal(
    readdirSync(process.env.TMPDIR ?? '/tmp').filter((name) => name.startsWith('aarun-script-')),
    before,
  )
})

test('script: another interpreter, by its first line or by executable', async () => {
  const awk = '#!/usr/bin/awk -f\nBEGIN { print "awk", ARGV[1] }\n'
  assert.is((await apply(script, { cmd: 'a.awk one' }, { controllerFiles: { 'files/a.awk': awk } })).result.stdout, 'awk one\n')
  const sed = 's/a/b/p\n'
  writeFileSync(join(host.directory, 'input'), 'a\n')
  const run = await apply(
    script,
    { cmd: `x.sed ${host.directory}/input`, executable: 'sed -n -f' },
    { controllerFiles: { 'files/x.sed': sed } },
  )
  assert.is(run.result.stdout, 'b\n')
})

test('script: creates, chdir, and a file that is missing', async () => {
  const files = { 'files/s.sh': 'pwd > out\n' }
  const args = { cmd: 's.sh', chdir: host.directory, creates: 'out' }
  assert.ok((await apply(script, args, { controllerFiles: files })).changed)
  assert.is(readFileSync(join(host.directory, 'out'), 'utf8'), `${host.directory}\n`)
  assert.not((await apply(script, args, { controllerFiles: files })).changed)
  try {
    await apply(script, { cmd: 'nope.sh' }, { controllerFiles: files })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /nope\.sh/)
  }
})

test.run()
