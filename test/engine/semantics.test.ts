/** What Ansible's users rely on: loops, conditions, blocks, handlers, delegation, serial. Real files, no mocks. */
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { localHosts, play, project } from './harness.ts'

const two = localHosts('one', 'two')

test('a result is registered, and decides what comes next', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: look, stat: { path: ${at.path('here')} }, register: found }
    - { name: make, copy: { content: x, dest: ${at.path('here')} }, when: not found.stat.exists }
    - { name: other, copy: { content: x, dest: ${at.path('there')} }, when: found.stat.exists }
`)
  assert.is(ran.exit, 0)
  assert.is(ran.status('make'), 'changed')
  assert.is(ran.status('other'), 'skipped')
  at.remove()
})

test('loops register results, with_items flattens, set_fact in a loop grows', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: loop, command: "echo {{ item }}", loop: [a, b], register: said }
    - { name: nested, debug: { msg: "{{ item }}" }, with_items: [[1, 2], 3], register: flat }
    - { name: grow, set_fact: { all_of: "{{ all_of | default([]) + [item] }}" }, loop: [1, 2, 3] }
    - name: check
      assert:
        that:
          - said.results | map(attribute='stdout') | list == ['a', 'b']
          - said is changed
          - flat.results | length == 3
          - all_of == [1, 2, 3]
`)
  assert.is(ran.status('check'), 'ok', ran.message('check'))
  at.remove()
})

test('rescue takes over, always runs, the recap counts a rescue and no failure', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - block:
        - { name: bad, command: /bin/false }
        - { name: not reached, debug: { msg: no } }
      rescue:
        - { name: saved, debug: { msg: "{{ ansible_failed_task.name }}" } }
      always:
        - { name: at last, debug: { msg: yes } }
    - { name: after, debug: { msg: go on } }
`)
  assert.is(ran.exit, 0)
  assert.is(ran.result('saved')?.msg, 'bad')
  assert.is(ran.status('not reached'), undefined)
  assert.is(ran.status('at last'), 'ok')
  assert.is(ran.status('after'), 'ok')
  const { failed, rescued } = ran.end.hosts.one as { failed: number; rescued: number }
  assert.equal({ failed, rescued }, { failed: 0, rescued: 1 })
  at.remove()
})

test('a failed host drops out, the others go on, exit code 2', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: some fail, command: "test {{ inventory_hostname }} = two" }
    - { name: later, debug: { msg: x } }
`, { hosts: two })
  assert.is(ran.exit, 2)
  assert.is(ran.status('some fail', 'one'), 'failed')
  assert.is(ran.status('later', 'one'), undefined)
  assert.is(ran.status('later', 'two'), 'ok')
  at.remove()
})

test('ignore_errors, failed_when and changed_when', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: ignored, command: /bin/false, ignore_errors: true, register: r }
    - { name: judged, command: /bin/false, register: j, failed_when: j.rc != 1, changed_when: false }
    - { name: seen, assert: { that: [r is failed, r.rc == 1, j is not changed, j is succeeded] } }
`)
  assert.is(ran.status('ignored'), 'ignored')
  assert.is(ran.status('judged'), 'ok')
  assert.is(ran.status('seen'), 'ok', ran.message('seen'))
  at.remove()
})

test('handlers run once, in the order in which they are written, also those that handlers notify', async () => {
  const at = project()
  const text = `
- hosts: all
  gather_facts: false
  tasks:
    - { name: one, copy: { content: "1", dest: ${at.path('a')} }, notify: [second, topic] }
    - { name: two, copy: { content: "2", dest: ${at.path('b')} }, notify: second }
  handlers:
    - { name: first, listen: topic, shell: "echo first >> ${at.path('log')}", notify: third }
    - { name: second, shell: "echo second >> ${at.path('log')}" }
    - { name: third, shell: "echo third >> ${at.path('log')}" }
`
  await play(at, text)
  assert.is(readFileSync(at.path('log'), 'utf8'), 'first\nsecond\nthird\n')
  const again = await play(at, text)
  assert.equal(again.changed, [])
  assert.is(readFileSync(at.path('log'), 'utf8'), 'first\nsecond\nthird\n')
  at.remove()
})

test('a handler that a failed run left is run by the next one', async () => {
  const at = project()
  const text = (command: string) => `
- name: web
  hosts: all
  gather_facts: false
  tasks:
    - { name: configure, copy: { content: "1", dest: ${at.path('conf')} }, notify: restart }
    - { name: break, command: ${command} }
  handlers:
    - { name: restart, shell: "echo restarted >> ${at.path('log')}" }
`
  const first = await play(at, text('/bin/false'))
  assert.is(first.exit, 2)
  assert.not(existsSync(at.path('log')))
  const second = await play(at, text('/bin/true'))
  assert.is(second.status('configure'), 'ok')
  assert.is(readFileSync(at.path('log'), 'utf8'), 'restarted\n')
  await play(at, text('/bin/true'))
  assert.is(readFileSync(at.path('log'), 'utf8'), 'restarted\n')
  at.remove()
})

test('run_once, delegate_to and hostvars', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars: { mine: "of {{ inventory_hostname }}" }
  tasks:
    - { name: once, command: echo once, run_once: true, register: said }
    - { name: fact, set_fact: { own: "{{ inventory_hostname }}-fact" } }
    - { name: elsewhere, copy: { content: "{{ inventory_hostname }}\\n", dest: "${at.path('from-')}{{ inventory_hostname }}" }, delegate_to: localhost }
    - name: check
      assert:
        that:
          - said.stdout == 'once'
          - hostvars['two'].own == 'two-fact'
          - groups['all'] == ['one', 'two']
`, { hosts: two })
  assert.is(ran.exit, 0, ran.message('check') ?? '')
  assert.is(ran.events.filter((event) => event.event === 'result' && event.status === 'changed' && event.result.stdout === 'once').length, 1)
  assert.is(readFileSync(at.path('from-two'), 'utf8'), 'two\n')
  at.remove()
})

test('serial goes batch by batch and stops when a whole batch has failed', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  serial: 1
  tasks:
    - { name: note, shell: "echo {{ inventory_hostname }} >> ${at.path('log')}" }
    - { name: fail, command: /bin/false, when: inventory_hostname == 'two' }
    - { name: done, shell: "echo done {{ inventory_hostname }} >> ${at.path('log')}" }
`, { hosts: localHosts('one', 'two', 'three') })
  assert.is(ran.exit, 2)
  assert.is(readFileSync(at.path('log'), 'utf8'), 'one\ndone one\ntwo\n')
  at.remove()
})

test('serial may come from what vars_files define', async () => {
  const at = project()
  at.file('sizes.yml', 'batch_size: 2\n')
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars_files: [sizes.yml]
  serial: "{{ batch_size }}"
  tasks:
    - { name: note, debug: { msg: x } }
`, { hosts: localHosts('one', 'two', 'three') })
  assert.is(ran.exit, 0)
  assert.equal(ran.events.flatMap((event) => (event.event === 'play' ? [event.hosts.length] : [])), [2, 1])
  at.remove()
})

test('check mode: find sees what earlier tasks would make, change and remove', async () => {
  const at = project({ 'd/to-old': 'x', 'd/deep/to-below': 'x', 'd/config': 'a=1' })
  const playbook = `- hosts: one
  gather_facts: false
  tasks:
    - copy: { content: "a=2", dest: "${at.path('d/config')}" }
    - copy: { content: new, dest: "${at.path('d/to-new')}" }
    - file: { path: "${at.path('d/to-old')}", state: absent }
    - { name: flat, find: { paths: "${at.path('d')}", patterns: 'to-*' }, register: flat }
    - { name: deep, find: { paths: "${at.path('d')}", patterns: 'to-*', recurse: true, contains: '.*e.*' }, register: deep }
    - { name: recent, find: { paths: "${at.path('d')}", age: -1h } }
    - { name: gone, file: { path: "{{ item.path }}", state: absent }, loop: "{{ flat.files | rejectattr('path', 'search', 'new') | list }}" }
`
  const names = (ran: Awaited<ReturnType<typeof play>>, task: string) => ((ran.result(task)?.files ?? []) as { path: string }[]).map((file) => file.path.replace(at.path('d/'), ''))
  const check = await play(at, playbook, { check: true })
  assert.equal([names(check, 'flat'), names(check, 'deep')], [['to-new'], ['to-new']])
  assert.is(check.status('gone'), 'skipped')
  assert.ok(check.results.find((event) => event.unknown), 'how old a file will be that is not there yet is not known')
  const ran = await play(at, playbook)
  assert.equal([names(ran, 'flat'), names(ran, 'deep')], [['to-new'], ['to-new']])
  assert.is(ran.status('gone'), 'skipped')
  at.remove()
})

test('check mode: a file of this machine that an earlier task would make is a source already', async () => {
  const at = project()
  const plays = (name: string) => `
- hosts: localhost
  gather_facts: false
  tasks:
    - { name: make, copy: { content: made, dest: ${at.path('made')} } }
- hosts: all
  gather_facts: false
  tasks:
    - { name: send, copy: { src: ${at.path(name)}, dest: ${at.path('sent')} } }
`
  const foreseen = await play(at, plays('made'), { check: true })
  assert.is(foreseen.status('send'), 'changed')
  assert.is((await play(at, plays('none'), { check: true })).status('send'), 'failed')
  at.remove()
})

test('until tries again and counts', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - name: wait
      shell: "echo x >> ${at.path('n')}; wc -l < ${at.path('n')}"
      register: n
      until: n.stdout | int >= 3
      retries: 5
      delay: 0
`)
  assert.is(ran.status('wait'), 'changed')
  assert.is(ran.result('wait')?.attempts, 3)
  at.remove()
})

test('includes: per host, with vars, in a loop, and tags are the include\'s own', async () => {
  const at = project({ 'inner.yaml': '- { name: "inner {{ what }}", debug: { msg: "{{ what }}" } }\n' })
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { include_tasks: inner.yaml, loop: [a, b], loop_control: { loop_var: what } }
    - { import_tasks: inner.yaml, vars: { what: static } }
`)
  assert.is(ran.exit, 0)
  assert.equal(ran.results.map((event) => event.result.msg), ['a', 'b', 'static'])
  at.remove()
})

test('tags and start-at-task select', async () => {
  const at = project()
  const text = `
- hosts: all
  gather_facts: false
  tasks:
    - { name: a, debug: { msg: a }, tags: [x] }
    - { name: b, debug: { msg: b }, tags: [y] }
    - { name: c, debug: { msg: c }, tags: [always] }
    - { name: d, debug: { msg: d }, tags: [never, z] }
`
  const names = async (options: object) => (await play(at, text, options)).results.map((event) => event.result.msg)
  assert.equal(await names({}), ['a', 'b', 'c'])
  assert.equal(await names({ tags: ['x'] }), ['a', 'c'])
  assert.equal(await names({ skipTags: ['x'] }), ['b', 'c'])
  assert.equal(await names({ tags: ['z'] }), ['c', 'd'])
  assert.equal(await names({ startAtTask: 'b' }), ['b', 'c'])
  at.remove()
})

test('facts are gathered when something asks for them, and not before', async () => {
  const at = project()
  const none = await play(at, '- hosts: all\n  tasks:\n    - { name: say, debug: { msg: hello } }\n')
  assert.is(none.end.round_trips, 0)
  const some = await play(at, '- hosts: all\n  tasks:\n    - { name: say, debug: { msg: "{{ ansible_os_family }} {{ ansible_facts.hostname }}" } }\n')
  assert.is(some.end.round_trips, 1)
  assert.match(String(some.result('say')?.msg), /^\w+ \S+$/)
  at.remove()
})

test('what a host says is data: never a template', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars: { secret: s3cret-value }
  tasks:
    - { name: say, command: { argv: [printf, '%s', !unsafe '{{ secret }} $(id)'] }, register: said }
    - { name: repeat, debug: { msg: "{{ said.stdout }}" } }
    - { name: fact, set_fact: { kept: "{{ said.stdout }}" } }
    - { name: later, debug: { msg: "{{ kept }}" } }
`)
  assert.is(ran.result('repeat')?.msg, '{{ secret }} $(id)')
  assert.is(ran.result('later')?.msg, '{{ secret }} $(id)')
  at.remove()
})

test('a secret is masked by value in every event', async () => {
  const at = project()
  const { Secrets } = await import('../../src/events/index.ts')
  const secrets = new Secrets()
  secrets.add('hunter2-hunter2')
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: leak, copy: { content: "password=hunter2-hunter2\\n", dest: ${at.path('f')} } }
    - { name: quiet, command: echo something private, no_log: true }
`, { secrets })
  assert.not.match(JSON.stringify(ran.events), /hunter2/)
  assert.is(readFileSync(at.path('f'), 'utf8'), 'password=hunter2-hunter2\n')
  assert.not.match(JSON.stringify(ran.events.filter((event) => event.event === 'result')), /something private/)
  at.remove()
})

test('extra vars win, then set_fact, task vars, play vars, inventory', async () => {
  const at = project()
  const hosts = 'all:\n  vars: { ansible_connection: local, a: inventory, b: inventory, c: inventory, d: inventory }\n  hosts: { one: }\n'
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars: { a: play, b: play, c: play }
  tasks:
    - { name: set, set_fact: { b: fact } }
    - { name: say, debug: { msg: "{{ a }} {{ b }} {{ c }} {{ d }} {{ e }}" }, vars: { b: task, c: task, e: task } }
`, { hosts, extraVars: { e: 'extra' } })
  assert.is(ran.result('say')?.msg, 'play fact task inventory extra')
  at.remove()
})

test.run()
