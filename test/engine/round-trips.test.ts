/** A run that has nothing to change costs a number of round trips that does not grow with the number of tasks. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { localHosts, play, project } from './harness.ts'

const kinds = [
  (dir: string, n: number) => `{ name: t${n}, copy: { content: "text ${n}\\n", dest: "${dir}/copy-${n}", mode: '0644' } }`,
  (dir: string, n: number) => `{ name: t${n}, file: { path: "${dir}/directory-${n}", state: directory, mode: '0755' } }`,
  (dir: string, n: number) => `{ name: t${n}, template: { src: t.j2, dest: "${dir}/template-${n}" } }`,
  (dir: string, n: number) => `{ name: t${n}, lineinfile: { path: "${dir}/line-${n}", line: "a=${n}", create: true } }`,
  (dir: string, n: number) => `{ name: t${n}, stat: { path: "${dir}/copy-0" }, register: found_${n} }`,
  (dir: string, n: number) => `{ name: t${n}, copy: { content: "seen\\n", dest: "${dir}/seen-${n}" }, when: found_${n - 1}.stat.exists }`,
  (_dir: string, n: number) => `{ name: t${n}, debug: { msg: "{{ inventory_hostname }}" } }`,
  (dir: string, n: number) => `{ name: t${n}, file: { path: "${dir}/{{ item }}", state: directory }, loop: [x, y, z] }`,
]

const playbook = (dir: string, tasks: number) => `
- hosts: all
  gather_facts: false
  tasks:
${Array.from({ length: tasks }, (_, n) => `    - ${(kinds[n % kinds.length] as (typeof kinds)[0])(`${dir}/{{ inventory_hostname }}`, n)}`).join('\n')}
`

/** What the tasks ask for, made without them. */
function converged(dir: string, tasks: number): void {
  for (const name of ['.', 'x', 'y', 'z']) mkdirSync(join(dir, name), { recursive: true, mode: 0o755 })
  for (let n = 0; n < tasks; n += kinds.length) {
    writeFileSync(join(dir, `copy-${n}`), `text ${n}\n`, { mode: 0o644 })
    mkdirSync(join(dir, `directory-${n + 1}`), { mode: 0o755 })
    writeFileSync(join(dir, `template-${n + 2}`), 'text\n')
    writeFileSync(join(dir, `line-${n + 3}`), `a=${n + 3}\n`)
    writeFileSync(join(dir, `seen-${n + 5}`), 'seen\n')
  }
}

test('10, 100 and 1000 converged tasks: the same number of round trips', async () => {
  const trips: number[] = []
  for (const tasks of [10, 100, 1000]) {
    const at = project({ 't.j2': 'text\n' })
    const text = playbook(at.dir, tasks)
    const hosts = localHosts('one', 'two')
    for (const host of ['one', 'two']) converged(at.path(host), tasks)
    const second = await play(at, text, { hosts })
    assert.is(second.exit, 0, JSON.stringify(second.results.find((event) => event.status === 'failed')))
    assert.equal(second.changed, [])
    trips.push(second.end.hosts.one?.round_trips ?? -1, second.end.hosts.two?.round_trips ?? -1)
    at.remove()
  }
  assert.ok(Math.max(...trips) <= 4, `round trips ${trips}`)
  assert.is(new Set(trips).size, 1, `round trips ${trips}`)
})

test('check mode on an empty host costs no more', async () => {
  const at = project({ 't.j2': 'x\n', 'one/.keep': '', 'two/.keep': '' })
  const ran = await play(at, playbook(at.dir, 200), { check: true, hosts: localHosts('one', 'two') })
  assert.is(ran.exit, 0, JSON.stringify(ran.results.find((event) => event.status === 'failed')))
  assert.ok((ran.end.hosts.one?.round_trips ?? 99) <= 6, `${ran.end.hosts.one?.round_trips} round trips`)
  at.remove()
})

test.run()
