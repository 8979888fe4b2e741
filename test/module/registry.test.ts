import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { documentIndex, documentModule } from '../../src/module/document.ts'
import { checkArgs, normaliseArgs, parseArgs, parseFreeForm, Registry } from '../../src/module/registry.ts'
import { type InputError, type InputErrors, loadYaml } from '../../src/yaml/index.ts'
import { samples } from './samples.ts'

const registry = new Registry(samples)
const named = (name: string) => registry.module(name)!

for (const [name, expected] of [
  ['copy', 'copy'],
  ['ansible.builtin.copy', 'copy'],
  ['ansible.legacy.copy', 'copy'],
  ['community.mysql.mysql_db', 'mysql_db'],
  ['mysql_db', 'mysql_db'],
  ['community.general.file', 'file'],
  ['ansible.posix.filething', 'file'],
  ['evil.other.copy', undefined],
  ['copi', undefined],
  ['', undefined],
] as const)
  test(`resolve ${name}`, () => assert.is(registry.resolve(name)?.name, expected))

test('names and suggestions', () => {
  assert.ok(registry.names().includes('service'))
  assert.is(registry.suggest('serivce'), 'service')
  assert.is(registry.suggest('ansible.builtin.comand'), 'command')
  assert.throws(() => new Registry([...samples, { ...samples[0]!, aliases: [] }]), /two modules have the name copy/)
})

test('a module is imported when a task uses it, and once', async () => {
  let loads = 0
  const entry = { name: 'copy', aliases: ['cp'], load: async () => ({ default: (loads++, samples.find(({ name }) => name === 'copy')) }) }
  const lazy = new Registry([entry])
  assert.is(lazy.resolve('copy')?.name, 'copy')
  await lazy.load()
  assert.is(loads, 0)
  assert.throws(() => lazy.module('copy'), /used before it was loaded/)
  for (const name of ['cp', 'ansible.builtin.copy']) lazy.use(name)
  await lazy.load()
  lazy.use('copy')
  await lazy.load()
  assert.is(loads, 1)
  assert.is(lazy.module('cp')?.name, 'copy')
  assert.is(lazy.module('nothing'), undefined)
})

test('whoever loads waits for what another is loading', async () => {
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const lazy = new Registry([{ name: 'copy', load: () => arrived.then(() => ({ default: samples.find(({ name }) => name === 'copy') })) }])
  lazy.use('copy')
  const first = lazy.load()
  const second = lazy.load().then(() => lazy.module('copy')?.name)
  arrive()
  assert.is(await second, 'copy')
  await first
})

test('aliases are renamed, two names of one argument are an error', () => {
  assert.equal(normaliseArgs(named('file'), { dest: '/x', state: 'touch' }), { path: '/x', state: 'touch' })
  assert.throws(
    () => normaliseArgs(named('file'), { dest: '/x', name: '/y' }),
    /`dest` and `name` are two names of one argument/,
  )
})

test('typed arguments', () => {
  assert.equal(parseArgs(named('copy'), { dest: '/x', src: 'a', backup: 'yes', mode: '0644' }), {
    dest: '/x',
    src: 'a',
    backup: true,
    remote_src: false,
    mode: '0644',
  })
  assert.equal(parseArgs(named('set_fact'), { a: 1, cacheable: 'no' }), { a: 1, cacheable: false })
})

/** Module, YAML of its arguments, message, line and column, hint. */
const mistakes: [string, string, RegExp, number, number, RegExp?][] = [
  [
    'copy',
    'dest: /x\ncontnet: a',
    /copy has no argument `contnet`/,
    2,
    1,
    /did you mean `content`\? It has: src, content, dest/,
  ],
  ['copy', 'dest: /x\nsrc: a\nbackup: maybe', /backup: expected yes or no, got `maybe`/, 3, 9],
  ['copy', 'src: a', /copy needs the argument `dest`/, 1, 1, /dest: Where to/],
  ['copy', 'dest: /x', /needs src or content/, 1, 1],
  ['copy', 'dest: [1]\nsrc: a', /dest: expected text, got a list/, 1, 7],
  ['copy', "dest: ''\nsrc: a", /dest: expected a path, got empty text/, 1, 7],
  ['copy', 'dest: /x\nsrc: a\nmode: 755', /ambiguous mode: write it in quotes/, 3, 7],
  ['copy', 'dest: /x\nsrc: a\nmode: rwx', /expected a mode such as/, 3, 7],
  [
    'file',
    'path: /x\nstate: directori',
    /state: expected `file`, `directory`, .* or `touch`, got `directori`/,
    2,
    8,
    /did you mean `directory`/,
  ],
  ['file', 'dest: {a: 1}', /path: expected text, got a mapping/, 1, 7],
  ['service', 'name: a\ncount: many', /count: expected a whole number, got `many`/, 2, 8],
  ['meta', 'free_form: flush_handler', /free_form: expected/, 1, 12, /did you mean `flush_handlers`/],
]
for (const [module, yaml, message, line, column, hint] of mistakes) {
  test(`mistake: ${module} ${JSON.stringify(yaml)}`, () => {
    const raw = loadYaml({ name: 'a.yml', text: yaml }).value as Record<string, unknown>
    const args = normaliseArgs(named(module), raw)
    const errors = checkArgs(named(module), args)
    assert.is(errors.length, 1)
    assert.match(errors[0]!.message, message)
    assert.equal(errors[0]!.position, { file: 'a.yml', line, column })
    if (hint) assert.match(errors[0]!.hint ?? '', hint)
    assert.throws(
      () => parseArgs(named(module), args),
      (error: InputError) => error.name === 'InputError' && message.test(error.message),
    )
  })
}

test('several mistakes come together', () => {
  try {
    parseArgs(named('service'), { count: 'x', state: 'on', nam: 1 }, { file: 'f', line: 1, column: 2 })
    assert.unreachable()
  } catch (error) {
    const { errors } = error as InputErrors
    assert.is(errors.length, 3)
    assert.equal(
      errors.map((one) => one.position?.column),
      [2, 2, 2],
    )
  }
})

test('a secret is not shown', () => {
  const [error] = checkArgs(named('copy'), { dest: '/x', src: 'a', token: ['hunter2'] })
  assert.match(error!.message, /token: expected text$/)
})

test('a template stands for any value, but names and missing ones are told', () => {
  const check = (module: string, args: Record<string, unknown>) => checkArgs(named(module), args).map((error) => error.message)
  assert.equal(check('copy', { dest: '{{ d }}', src: 'a', backup: '{{ b }}', mode: '{{ m }}' }), [])
  assert.equal(check('file', { path: '/x', state: "{{ 'a' }}", recurse: '{% if x %}yes{% endif %}' }), [])
  assert.equal(check('copy', { dest: '/x', backup: '{{ b }}' }), [])
  assert.equal(check('copy', { src: '{{ a }}', bakup: '{{ b }}' }).length, 2)
  assert.equal(checkArgs(named('copy'), {}, undefined, { partial: true }), [])
})

/** Module, text, arguments. */
const freeForms: [string, string, Record<string, unknown>][] = [
  ['copy', 'src=a dest="/b c" mode=0644', { src: 'a', dest: '/b c', mode: '0644' }],
  ['copy', "content='a\\nb' dest=/x", { content: 'a\nb', dest: '/x' }],
  ['copy', "content='\\s+ \\x41\\u00e9' dest=/x", { content: '\\s+ Aé', dest: '/x' }],
  [
    'copy',
    'src={{ a + " b" }} dest={{ x | default("/y z") }}/q',
    { src: '{{ a + " b" }}', dest: '{{ x | default("/y z") }}/q' },
  ],
  ['command', 'ls -l  "a b" creates=/x chdir="/y z"', { cmd: 'ls -l  "a b"', creates: '/x', chdir: '/y z' }],
  ['command', 'creates=/x touch /x', { cmd: 'touch /x', creates: '/x' }],
  ['shell', 'A=1 echo "creates=/no" | sed s/a=b/c/\nsecond', { cmd: 'A=1 echo "creates=/no" | sed s/a=b/c/\nsecond' }],
  ['include_vars', '{{ item }}.yml', { file: '{{ item }}.yml' }],
  ['include_vars', 'file=a.yml name=b', { file: 'a.yml', name: 'b' }],
  ['meta', 'flush_handlers', { free_form: 'flush_handlers' }],
  ['set_fact', 'a=1 b="{{ x }} y"', { a: '1', b: '{{ x }} y' }],
]
for (const [module, text, expected] of freeForms) {
  test(`free form: ${module} ${JSON.stringify(text)}`, () => assert.equal(parseFreeForm(named(module), text), expected))
}
test('free form mistakes', () => {
  assert.throws(() => parseFreeForm(named('copy'), 'src=a b'), /expected name=value, got `b`/)
  assert.throws(() => parseFreeForm(named('copy'), 'src="a'), /quote " is not closed/)
  assert.throws(() => parseFreeForm(named('copy'), 'src={{ a'), /}} is missing/)
})

test('documentation says what the schema says', () => {
  const page = documentModule(named('copy'))
  assert.match(page, '| `dest` | text | **required** | Where to. |')
  assert.match(page, '| `backup` | boolean | `false` | Keep a copy \\| of it. |')
  assert.match(page, '| `token` | text (secret) |')
  const other = documentModule(named('file'))
  assert.match(other, '`path`<br>(also `dest`, `name`)')
  assert.match(other, '`file`, `directory`, `link`, `absent` or `touch`')
  assert.match(documentModule(named('command')), '| `rc` | Exit code. |')
  assert.match(documentIndex(samples), '| [copy](copy.md) | copy for tests |')
})

test.run()
