/** What holds for every task module: names, descriptions, and examples that its own schema accepts. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { checkArgs, normaliseArgs } from '../../src/module/check-args.ts'
import { parseFreeForm } from '../../src/module/free-form.ts'
import { argumentsOf } from '../../src/module/schema.ts'
import { indexFile, moduleIndex } from '../../build/module-index.ts'
import { loadModules } from '../../src/module/registry.ts'
import { modules as index } from '../../tasks/index.ts'

const KEYWORDS = new Set([
  'name',
  'when',
  'register',
  'notify',
  'loop',
  'until',
  'retries',
  'delay',
  'become',
  'become_user',
  'changed_when',
  'failed_when',
  'args',
  'vars',
  'delegate_to',
  'run_once',
  'no_log',
  'tags',
  'environment',
  'loop_control',
  'check_mode',
  'ignore_errors',
  'listen',
  'with_items',
  'local_action',
])

const modules = await loadModules(index)

test('the index has every module of tasks/ (npm run docs)', async () => {
  assert.is(readFileSync(indexFile, 'utf8'), await moduleIndex())
})

test('no name stands for two modules', () => {
  const all = modules.flatMap((module) => [module.name, ...(module.aliases ?? [])])
  assert.is(new Set(all).size, all.length)
})

for (const module of modules) {
  test(`${module.name}: each argument is described`, () => {
    for (const one of argumentsOf(module.args)) assert.ok(one.description, `${module.name}.${one.name}`)
    for (const name of [module.freeForm, ...(module.rawArgs ?? [])]) {
      if (name !== undefined)
        assert.ok(
          argumentsOf(module.args).some((one) => one.name === name),
          `${module.name}.${name}`,
        )
    }
    assert.match(module.summary, /\.$|\?$/)
  })

  test(`${module.name}: its examples are valid`, () => {
    const tasks = parse(module.examples) as Record<string, unknown>[]
    assert.ok(Array.isArray(tasks) && tasks.length > 0)
    for (const task of tasks) {
      const key = Object.keys(task).find((name) => !KEYWORDS.has(name))
      assert.ok(key, JSON.stringify(task))
      const short = key!.split('.').at(-1)!
      assert.ok([module.name, ...(module.aliases ?? [])].includes(short), `${key} in the examples of ${module.name}`)
      const given = task[key!]
      const free = typeof given === 'string' ? parseFreeForm(module, given) : ((given ?? {}) as Record<string, unknown>)
      const args = normaliseArgs(module, { ...free, ...((task.args ?? {}) as Record<string, unknown>) })
      assert.equal(
        checkArgs(module, args).map((error) => error.message),
        [],
        `${task.name}`,
      )
    }
  })
}

test.run()
