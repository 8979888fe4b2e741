import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Unknown } from '../../../src/module/index.ts'
import type { RenderOptions } from '../../../src/module/index.ts'
import template from '../../../tasks/files/template.ts'
import { apply, laws, localHost, predict } from '../harness.ts'
import { hostileBytes, hostileName, hostileText } from '../harness/hostile.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const text = (name: string) => readFileSync(at(name), 'utf8')
const controllerFiles = { 'templates/a.j2': 'hello {{ who }}\n' }

test('writes what was rendered, once', async () => {
  const args = { src: 'a.j2', dest: at('a'), mode: '0640' }
  const run = await apply(template, args, { controllerFiles, vars: { who: 'you' } })
  assert.is(text('a'), 'hello you\n')
  assert.is(lstatSync(at('a')).mode & 0o777, 0o640)
  assert.match(String(run.result.src), /templates\/a\.j2$/)
  assert.is((await apply(template, args, { controllerFiles, vars: { who: 'you' } })).changed, false)
  const other = await apply(template, args, { controllerFiles, vars: { who: 'me' }, check: true })
  assert.is(other.plan.changes[0]!.before!.text, 'hello you\n')
  assert.is(other.plan.changes[0]!.after!.text, 'hello me\n')
  assert.is(text('a'), 'hello you\n')
})

test('into a directory, under its name', async () => {
  mkdirSync(at('d'))
  await apply(template, { src: 'a.j2', dest: at('d') }, { controllerFiles, vars: { who: 'x' } })
  assert.is(text('d/a.j2'), 'hello x\n')
})

test('the arguments reach the engine', async () => {
  let seen: RenderOptions | undefined
  const render = (source: string, options?: RenderOptions) => {
    seen = options
    return source
  }
  await apply(
    template,
    {
      src: 'a.j2',
      dest: at('o'),
      trim_blocks: false,
      lstrip_blocks: true,
      variable_start_string: '[[',
      variable_end_string: ']]',
      block_start_string: '<%',
      block_end_string: '%>',
      newline_sequence: '\\r\\n',
    },
    { controllerFiles, context: { render } },
  )
  const { file, ...rest } = seen!
  assert.match(file!, /templates\/a\.j2$/)
  assert.equal(rest, {
    trimBlocks: false,
    lstripBlocks: true,
    newline: '\r\n',
    keepTrailingNewline: true,
    variableStart: '[[',
    variableEnd: ']]',
    blockStart: '<%',
    blockEnd: '%>',
  })
})

test('other encodings', async () => {
  await apply(template, { src: 'a.j2', dest: at('latin'), output_encoding: 'latin-1' }, { controllerFiles, vars: { who: 'é' } })
  assert.equal([...readFileSync(at('latin'))].slice(6), [0xe9, 0x0a])
})

test('what is not known in check mode is a change, and what depends on it is unknown', async () => {
  const context = { render: () => new Unknown('the command has not run') }
  const run = await apply(template, { src: 'a.j2', dest: at('u') }, { controllerFiles, check: true, context })
  assert.is(run.plan.changes[0]!.summary, `create ${at('u')} (its content is not known yet: the command has not run)`)
  const after = predict(run.facts, run.plan.changes)
  const [probe] = run.facts
    .entries()
    .map(([asked]) => asked)
    .filter((asked) => asked.kind === 'file' && asked.path === at('u'))
  assert.instance(after.get(probe!), Unknown)
})

test('of what is not known, a file that is there is changed, unless force says no', async () => {
  writeFileSync(at('there'), 'old')
  const context = { render: () => new Unknown('the command has not run') }
  const summaries = async (force: boolean) => (await apply(template, { src: 'a.j2', dest: at('there'), force }, { controllerFiles, check: true, context })).plan.changes.map((change) => change.summary)
  assert.equal(await summaries(true), [`change ${at('there')} (its content is not known yet: the command has not run)`])
  assert.equal(await summaries(false), [])
})

test('a template that changes from moment to moment is applied once', async () => {
  let count = 0
  const run = await apply(
    template,
    { src: 'a.j2', dest: at('now') },
    { controllerFiles, context: { render: () => `${++count}\n` } },
  )
  assert.ok(run.changed)
})

test('force, backup, validate, links', async () => {
  writeFileSync(at('k'), 'kept')
  assert.is((await apply(template, { src: 'a.j2', dest: at('k'), force: false }, { controllerFiles })).changed, false)
  const bad = await apply(
    template,
    { src: 'a.j2', dest: at('k'), validate: 'grep -q nothing %s' },
    { controllerFiles, mustWork: false },
  )
  assert.ok(bad.failed)
  assert.is(text('k'), 'kept')
  const run = await apply(template, { src: 'a.j2', dest: at('k'), backup: true }, { controllerFiles, vars: { who: 'b' } })
  assert.is(readFileSync(String(run.result.backup_file), 'utf8'), 'kept')
  symlinkSync('k', at('l'))
  await apply(template, { src: 'a.j2', dest: at('l'), follow: true }, { controllerFiles, vars: { who: 'c' } })
  assert.is(text('k'), 'hello c\n')
})

test('errors: of the template, a missing one, a binary one', async () => {
  const failing = {
    render: () => {
      throw new Error('a.j2:1:9: who is undefined')
    },
  }
  try {
    await apply(template, { src: 'a.j2', dest: at('e') }, { controllerFiles, context: failing })
    assert.unreachable()
  } catch (error) {
    assert.is((error as Error).message, 'a.j2:1:9: who is undefined')
  }
  const binary = await apply(
    template,
    { src: 'b', dest: at('e') },
    { controllerFiles: { 'templates/b': new Uint8Array([255]) }, mustWork: false },
  )
  assert.match(binary.failed!, /is not UTF-8 text/)
  const folder = await apply(template, { src: 'c', dest: at('e') }, { controllerFiles: { 'templates/c/d': '' }, mustWork: false })
  assert.match(folder.failed!, /templates\/c can't be read: it is a directory$/)
  writeFileSync(at('a file'), '')
  const below = await apply(template, { src: 'a.j2', dest: at('a file/x') }, { controllerFiles, mustWork: false })
  assert.match(below.failed!, /a file is not a directory$/)
})

test('the three laws, with hostile values', async () => {
  await laws(
    template,
    fc.record({
      value: hostileText,
      there: fc.option(hostileBytes),
      name: hostileName,
      mode: fc.constantFrom('0600', 'a+x'),
      force: fc.boolean(),
    }),
    (example, directory) => {
      const dest = join(directory, example.name)
      if (example.there) writeFileSync(dest, example.there)
      writeFileSync(join(directory, 'the template'), example.value)
      return { src: join(directory, 'the template'), dest, mode: example.mode, force: example.force }
    },
    { host, runs: 25, context: { render: (source) => source } },
  )
})

test.after(() => host.close())
test.run()
