/** Loops, retries, and what register makes of them. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { localHosts, play, project, type Project } from './harness.ts'

const run = (at: Project, tasks: string, options: Parameters<typeof play>[2] = {}) =>
  play(at, `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`, options)

/** The task named check holds. */
async function holds(at: Project, tasks: string, options: Parameters<typeof play>[2] = {}) {
  const ran = await run(at, tasks, options)
  assert.is(ran.status('check'), 'ok', ran.message('check') ?? JSON.stringify(ran.results.map((each) => each.message)))
  at.remove()
  return ran
}

test('loop_control: names, label, index, extended, pause, break_when', async () => {
  const ran = await holds(project(), `
    - name: loop
      command: "echo {{ one }} {{ at }} {{ ansible_loop.last }} {{ ansible_loop.index }}/{{ ansible_loop.length }}"
      loop: [a, b]
      loop_control: { loop_var: one, index_var: at, label: "item {{ at }}", extended: true, pause: 0.3 }
      register: said
    - name: breaks
      command: "echo {{ item }}"
      loop: [1, 2, 3, 4]
      loop_control: { break_when: [broken.stdout == '2'] }
      register: broken
    - name: check
      assert:
        that:
          - said.results | map(attribute='stdout') | list == ['a 0 False 1/2', 'b 1 True 2/2']
          - said.results[1].one == 'b'
          - broken.results | length == 2
`)
  const items = ran.events.filter((event) => event.event === 'item')
  assert.equal(items.slice(0, 2).map((event) => event.label), ['item 0', 'item 1'])
  assert.ok((items[1]?.time ?? 0) - (items[0]?.time ?? 0) >= 250)
})

test('with_X: dict, together, nested, sequence, fileglob, first_found, subelements, indexed_items', async () => {
  const at = project({ 'files/b.txt': '', 'files/a.txt': '', 'files/c.conf': '' })
  await holds(at, `
    - { name: d, debug: { msg: "{{ item.key }}={{ item.value }}" }, with_dict: { x: 1, y: 2 }, register: d }
    - { name: t, debug: { msg: "{{ item.0 }}{{ item.1 }}" }, with_together: [[a, b], [1, 2]], register: t }
    - { name: n, debug: { msg: "{{ item[0] }}{{ item[1] }}" }, with_nested: [[a, b], [1, 2]], register: n }
    - { name: s, debug: { msg: "{{ item }}" }, with_sequence: start=1 end=3 format=n%02d, register: s }
    - { name: g, debug: { msg: "{{ item | basename }}" }, with_fileglob: "*.txt", register: g }
    - { name: f, debug: { msg: "{{ item | basename }}" }, with_first_found: [nowhere, files/c.conf], register: f }
    - { name: u, debug: { msg: "{{ item.0.name }}{{ item.1 }}" }, with_subelements: ["{{ users }}", keys], register: u, vars: { users: [{ name: x, keys: [1, 2] }, { name: y, keys: [3] }] } }
    - { name: i, debug: { msg: "{{ item.0 }}{{ item.1 }}" }, with_indexed_items: [a, b], register: i }
    - name: check
      vars: { said: "{% set all = [] %}{% for one in [d, t, n, s, g, f, u, i] %}{{ all.append(one.results | map(attribute='msg') | sort | join(' ')) or '' }}{% endfor %}{{ all }}" }
      assert:
        that:
          - said == "['x=1 y=2', 'a1 b2', 'a1 a2 b1 b2', 'n01 n02 n03', 'a.txt b.txt', 'c.conf', 'x1 x2 y3', '0a 1b']"
`)
})

test('skipped items and tasks: what register says of them, and conditions on it', async () => {
  await holds(project(), `
    - { name: some, command: "echo {{ item }}", loop: [1, 2, 3], when: item != 2, register: some }
    - { name: not one, command: "echo {{ item }}", loop: [1, 2], when: false, register: not_one }
    - { name: empty, command: "echo {{ item }}", loop: [], register: empty }
    - { name: skipped, command: echo x, when: false, register: skipped }
    - { name: after a skipped one, debug: { msg: x }, when: skipped is changed, register: after }
    - name: check
      assert:
        that:
          - some is changed and some is not skipped and some.results[1].skipped
          - some.results | rejectattr('skipped', 'defined') | map(attribute='stdout') | list == ['1', '3']
          - not_one is skipped and not_one.results | length == 2
          - empty is skipped and empty.results == [] and empty is not changed
          - skipped is skipped and skipped is not failed and skipped is not changed and skipped.stdout is not defined
          - after is skipped
`)
})

test('changed_when and failed_when on each item; lists of conditions are all of them', async () => {
  await holds(project(), `
    - { name: changed, command: "echo {{ item }}", loop: [a, b], changed_when: changed.stdout == 'b', register: changed }
    - { name: failed, command: "echo {{ item }}", loop: [a, b], failed_when: [failed.stdout == 'b', failed.rc == 0], register: failed, ignore_errors: true }
    - { name: both, command: "sh -c 'exit 3'", failed_when: [both.rc != 3, both.rc != 0], register: both }
    - { name: said, slurp: { src: /nowhere/at/all }, failed_when: false, register: said }
    - name: check
      assert:
        that:
          - changed.results | map(attribute='changed') | list == [false, true]
          - failed.results | map(attribute='failed') | list == [false, true]
          - failed is failed and failed.results[1].failed_when_result
          - both is not failed
          - said is not failed and '/nowhere/at/all' in said.msg
`)
})

test('until: a failing module is tried again; when it never works the task fails with what it said last', async () => {
  const at = project()
  const ran = await run(at, `
    - { name: third, shell: "echo x >> ${at.path('tries')}; test $(wc -l < ${at.path('tries')}) -ge 3", until: third is succeeded, retries: 5, delay: 0, register: third }
    - { name: never, command: "sh -c 'echo no >&2; exit 4'", until: never is succeeded, retries: 2, delay: 0, register: never, ignore_errors: true }
    - { name: each, command: "echo {{ item }}", loop: [1, 2], until: each.stdout == item | string, retries: 2, delay: 0, register: each }
    - { name: check, assert: { that: [third.attempts == 3, never.attempts == 3, never.rc == 4, never is failed, "each.results | map(attribute='attempts') | sum == 2"] } }
`)
  assert.is(ran.status('check'), 'ok', ran.message('check'))
  assert.is(ran.events.filter((event) => event.event === 'retry').length, 4)
  at.remove()
})

test('a block may loop', async () => {
  const ran = await run(project(), `
    - block:
        - { name: "one {{ item }}", debug: { msg: "{{ item }}" } }
        - { name: "two {{ item }}", debug: { msg: "{{ item }}" } }
      loop: [a, b]
`, { hosts: localHosts('x', 'y') })
  const names = ran.events.flatMap((event) => (event.event === 'task' ? [event.name] : []))
  assert.equal(names, ['one a', 'two a', 'one b', 'two b'])
})

test('no_log with a loop tells nothing but the status', async () => {
  const ran = await run(project(), `
    - { name: quiet, command: "echo {{ item }}", loop: [hidden-word-one, hidden-word-two], no_log: true, register: quiet }
    - { name: fails, command: "sh -c 'echo hidden-word-three; exit 1'", no_log: true, ignore_errors: true }
    - { name: used, debug: { msg: "{{ quiet.results | length }}" } }
`)
  assert.not.match(JSON.stringify(ran.events), 'hidden-word')
  assert.is(ran.status('quiet'), 'changed')
  assert.is(ran.result('used')?.msg, 2)
})

test('a loop over what is no list says so, with the place', async () => {
  const ran = await run(project(), `
    - { name: mapping, debug: { msg: x }, loop: "{{ {'a': 1} }}", ignore_errors: true }
    - { name: text, debug: { msg: x }, loop: "{{ 'abc' }}", ignore_errors: true }
`)
  assert.match(ran.message('mapping') ?? '', /playbook.yaml:5:\d+: loop: expected a list, got a mapping \(use dict2items\)/)
  assert.match(ran.message('text') ?? '', /playbook.yaml:6:\d+: loop: expected a list, got string 'abc'/)
})

test.run()
