/** A playbook of ten times as many tasks is ten times the work to check, not a hundred times. */
import type { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../src/inventory/index.ts'
import { Registry } from '../../src/module/registry.ts'
import { loadPlaybook, validate } from '../../src/playbook/index.ts'
import { project } from '../inventory/files.ts'
import { samples } from '../module/samples.ts'

const registry = new Registry(samples)
const inventory = '[apim]\nnode1 own=1\nnode2 own=2\n[apim:vars]\napim_port=9443\nhost=db1\n'
const task = (n: number) => `    - name: task ${n}
      copy: {content: "{{ host }} ${n}", dest: "/x/${n}/{{ own }}", mode: '0644'}
      when: apim_port | int > ${n}
      register: result_${n}
      notify: handler ${n}
      tags: t${n}
`
const handler = (n: number) => `    - name: handler ${n}\n      debug: {msg: "{{ result_${n} }}"}\n`

// Work is counted, not timed: how often each function and each loop body of our own has run. Deno can't count that.
test('loading and checking grow with the number of tasks', async () => {
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  // The first one is warming up: what is compiled or read once is not part of it.
  await work(session, 10)
  const [small, large] = [await work(session, 50), await work(session, 500)]
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
  assert.ok(small > 50 * 10, `${small} steps were counted`)
  assert.ok(large < small * 12, `${large} steps for 500 tasks, ${small} for 50`)
})

async function work(session: Session, tasks: number): Promise<number> {
  const each = (make: (n: number) => string) => Array.from({ length: tasks }, (_, n) => make(n)).join('')
  const root = project({ 'hosts.ini': inventory, 'play.yml': `- hosts: apim\n  tasks:\n${each(task)}  handlers:\n${each(handler)}` })
  await session.post('Profiler.takePreciseCoverage')
  const hosts = loadInventory([join(root, 'hosts.ini')], { playbookDir: root })
  const plays = loadPlaybook(join(root, 'play.yml'), { registry, extraVars: {}, rolesPath: [] })
  assert.equal(validate(plays, { registry, inventory: hosts, extraVars: {} }).errors, [])
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const own = result.filter((script) => /\/src\/(inventory|module|playbook|template|yaml)\//.test(script.url))
  return own.flatMap((script) => script.functions).flatMap((one) => one.ranges).reduce((sum, range) => sum + range.count, 0)
}

test.run()
