/** What the documentation says is so: examples load, links lead somewhere, the modules' pages are those of the schemas. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { modules as index } from '../../tasks/index.ts'
import { loadInventory } from '../../src/inventory/index.ts'
import type { TaskModule } from '../../src/module/index.ts'
import { documentIndex, documentModule } from '../../src/module/document.ts'
import { argumentsOf } from '../../src/module/schema.ts'
import { loadModules, Registry } from '../../src/module/registry.ts'
import { loadPlaybook, validate } from '../../src/playbook/index.ts'
import { formatInputError, InputErrors, loadYaml } from '../../src/yaml/index.ts'
import { type Block, blocksOf, deadLinks, generated, read, root, written } from './markdown.ts'

const work = mkdtempSync(join(tmpdir(), 'aarun-docs-'))
/** The worked example imports libraries, so it has to lie inside of the project. */
const example = join(root, '.aarun', `docs-example-${process.pid}`)
test.after(() => {
  for (const directory of [work, example]) rmSync(directory, { recursive: true, force: true })
})

const code = blocksOf('docs/writing-a-module.md').filter((block) => block.language === 'ts')

/** Writes a block of the worked example as if it lay at `path`; gives where it lies. */
function place(path: string, block: Block | undefined): string {
  assert.ok(block, `docs/writing-a-module.md has no code for ${path}`)
  const file = join(example, path)
  const real = (name: string) => pathToFileURL(join(root, dirname(path), name)).href
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, block.text.replaceAll(/'((?:\.\.\/)+src\/[\w./-]+|\.\.\/harness\.ts)'/g, (_, name: string) => `'${real(name)}'`))
  return file
}

const modules = await loadModules(index)
let registry: Registry
test.before(async () => {
  const file = place('tasks/system/timezone.ts', code[0])
  const { default: timezone } = (await import(pathToFileURL(file).href)) as { default: TaskModule }
  registry = new Registry([...modules, timezone])
})

for (const file of written())
  for (const block of blocksOf(file).filter(({ language }) => language === 'yaml'))
    test(`${block.place} is valid`, () => {
      const path = join(work, `${block.place.replaceAll(/[/:]/g, '-')}.yaml`)
      writeFileSync(path, block.text)
      const { value } = loadYaml(path)
      if (Array.isArray(value)) assert.equal(mistakes(path, block.text, isPlaybook(value)), [])
      else if (isMapping(value) && Object.hasOwn(value, 'all')) assert.ok(loadInventory([path]).hosts().length > 0, 'an inventory without hosts')
      else assert.ok(isMapping(value), 'neither plays, tasks, an inventory nor variables')
    })

const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlaybook = (list: unknown[]) => list.some((each) => isMapping(each) && (Object.hasOwn(each, 'hosts') || Object.hasOwn(each, 'import_playbook')))

/** What loader and validation have to say. Tasks alone are put into a play. */
function mistakes(path: string, text: string, whole: boolean): string[] {
  if (!whole) writeFileSync(path, `- hosts: all\n  tasks:\n${text.replaceAll(/^(?=.)/gm, '    ')}`)
  const inventory = loadInventory(['one,two'])
  try {
    const plays = loadPlaybook(path, { registry, extraVars: {}, rolesPath: [] })
    const { errors, warnings } = validate(plays, { registry, inventory, extraVars: {} })
    return [...errors, ...warnings].map(formatInputError)
  } catch (error) {
    if (error instanceof InputErrors) return [formatInputError(error)]
    throw error
  }
}

test('a mistake in an example would be found', () => {
  const path = join(work, 'mistake.yaml')
  assert.match(mistakes(path, '- copy: { dest: /tmp/x, contnet: x }\n', false).join(), 'copy has no argument `contnet`')
  assert.match(mistakes(path, '- debug: { msg: "{{ nowhere }}" }\n', false).join(), '`nowhere` is not defined')
})

test('links lead somewhere', () => {
  assert.equal([...written(), ...generated(), 'lab/pack/README.md'].flatMap((file) => deadLinks(file)), [])
})

test('docs/modules is what the schemas say (npm run docs)', () => {
  const pages = new Map(modules.map((module) => [`docs/modules/${module.name}.md`, documentModule(module)]))
  pages.set('docs/modules/README.md', documentIndex(modules))
  assert.equal(generated().sort(), [...pages.keys()].sort())
  assert.equal([...pages].filter(([file, page]) => read(file) !== page).map(([file]) => file), [])
})

test('every argument has a description', () => {
  const silent = modules.flatMap((module) => argumentsOf(module.args).filter(({ description }) => description === '').map(({ name }) => `${module.name}.${name}`))
  assert.equal(silent, [])
})

test('the table of the data model knows every key of the inventories', () => {
  const table = read('docs/playbooks.md').split('\n').filter((line) => /^\| `apim/.test(line)).map((line) => line.split('|')[1] ?? '')
  const documented = new Set(table.flatMap(keysIn))
  const missing = ['local', 'example'].flatMap((name) => {
    const inventory = loadInventory([join(root, 'inventory', name)])
    const vars = Object.assign({}, ...inventory.match('apim').flatMap((host) => inventory.layers(host).map((layer) => layer.vars))) as Record<string, unknown>
    const keys = ['apim', 'apim_node', 'apim_local'].flatMap((key) => pathsOf(vars[key], key))
    return keys.filter((key) => !documented.has(key) && !documented.has(key.split('.').slice(0, -1).join('.'))).map((key) => `${name}: ${key}`)
  })
  assert.equal(missing, [])
})

/** '`a.b.c`, `.d`' is a.b.c and a.b.d. */
function keysIn(cell: string): string[] {
  const names = [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
  const parent = names[0]?.split('.').slice(0, -1).join('.')
  return names.map((name) => (name.startsWith('.') ? parent + name : name))
}

function pathsOf(value: unknown, path: string): string[] {
  return isMapping(value) ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, `${path}.${key}`)) : [path]
}

test('the example inventory fits all playbooks', () => {
  const inventory = loadInventory([join(root, 'inventory/example')], { playbookDir: join(root, 'playbooks') })
  for (const name of ['site', 'verify']) {
    const plays = loadPlaybook(join(root, `playbooks/${name}.yaml`), { registry, extraVars: {}, rolesPath: [] })
    assert.equal(validate(plays, { registry, inventory, extraVars: {} }).errors.map(formatInputError), [], name)
  }
})

test('the worked example passes its own tests', () => {
  place('tasks/system/enable.ts', code[1])
  const file = place('test/tasks/system/timezone.test.ts', code[2])
  const argv = 'Deno' in globalThis ? ['run', '-A', '--no-prompt', file] : ['--import', 'tsx', file]
  const output = execFileSync(process.execPath, argv, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  assert.match(output, /Total: +3\n +Passed: +3\n/)
})

test('CONTRIBUTING.md has at most 60 lines', () => {
  assert.ok(read('CONTRIBUTING.md').trimEnd().split('\n').length <= 60)
})

test('headings, tables and code are closed', () => {
  for (const file of written()) {
    assert.match(read(file), /^# \S/, file)
    assert.is(read(file).endsWith('\n'), true, file)
    assert.ok(blocksOf(file).every(({ language }) => language !== ''), `${file}: a code block without a language`)
  }
})

test.run()
