/** How a play goes on: strategies, failures that end it, meta, blocks, handlers. Real runs on this machine. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { localHosts, play, project, type Ran } from './harness.ts'

const three = localHosts('a', 'b', 'c')

/** Task names in the order in which they ended on a host. */
function order(ran: Ran, host: string): string[] {
  const names = new Map(ran.events.flatMap((event) => (event.event === 'task' ? [[event.id, event.name] as const] : [])))
  return ran.results.filter((event) => event.host === host && event.status !== 'skipped').map((event) => names.get(event.task) ?? '')
}

const run = async (tasks: string, options: Parameters<typeof play>[2] = {}, head = '') => {
  const at = project()
  const ran = await play(at, `- hosts: all\n  gather_facts: false\n${head}  tasks:\n${tasks}`, options)
  at.remove()
  return ran
}

test('strategy free: a slow host keeps nobody waiting', async () => {
  const ran = await run(`
    - { name: slow, command: sleep 1.5, when: inventory_hostname == 'a' }
    - { name: mark, debug: { msg: x } }
    - { name: end, debug: { msg: y } }
`, { hosts: localHosts('a', 'b') }, '  strategy: free\n')
  const ends = ran.results.filter((event) => event.status !== 'skipped').map((event) => event.host)
  assert.equal(ends, ['b', 'b', 'a', 'a', 'a'])
})

test('throttle: no more hosts at a time than it says', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - name: one at a time
      shell: mkdir ${at.path('busy')} && sleep 0.2 && rmdir ${at.path('busy')}
      throttle: 1
`, { hosts: three })
  assert.is(ran.exit, 0, JSON.stringify(ran.results.map((each) => each.message)))
  at.remove()
})

test('any_errors_fatal ends the play for all, after rescue and always; later plays are not begun', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - block:
        - { name: breaks, command: "test {{ inventory_hostname }} != b" }
        - { name: not reached, debug: { msg: x } }
      always:
        - { name: always, debug: { msg: x } }
    - { name: after, debug: { msg: x } }
- hosts: all
  gather_facts: false
  tasks: [{ name: next play, debug: { msg: x } }]
`, { hosts: three })
  assert.is(ran.exit, 2)
  assert.equal(order(ran, 'a'), ['breaks', 'always'])
  assert.equal(order(ran, 'b'), ['breaks', 'always'])
  assert.is(ran.end.hosts.a?.failed, 0)
  at.remove()
})

test('max_fail_percentage: more than that many failures end the run, no more than that do not', async () => {
  const tasks = `
    - { name: breaks, command: "test {{ inventory_hostname }} != b" }
    - { name: after, debug: { msg: x } }
`
  const stops = await run(tasks, { hosts: three }, '  max_fail_percentage: 30\n')
  assert.is(stops.exit, 2)
  assert.is(stops.status('after'), undefined)
  const goesOn = await run(tasks, { hosts: three }, '  max_fail_percentage: 34\n')
  assert.is(goesOn.status('after', 'a'), 'ok')
})

test('hosts that failed stay out of later plays; when all have failed, the run ends', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: a,b
  gather_facts: false
  tasks: [{ name: one, command: "test {{ inventory_hostname }} != b" }]
- hosts: all
  gather_facts: false
  tasks: [{ name: two, debug: { msg: x } }]
- hosts: b
  gather_facts: false
  tasks: [{ name: three, debug: { msg: x } }]
- hosts: c
  gather_facts: false
  tasks: [{ name: four, command: /bin/false }]
- hosts: a
  gather_facts: false
  tasks: [{ name: five, debug: { msg: x } }]
`, { hosts: three })
  assert.equal(order(ran, 'a'), ['one', 'two'])
  assert.equal(order(ran, 'b'), ['one'])
  assert.equal(order(ran, 'c'), ['two', 'four'])
  assert.ok(ran.events.some((event) => event.event === 'warning' && /no host is left.*b failed before/.test(event.message)))
  at.remove()
})

test('meta: end_host is for those that asked, end_play for all, end_batch for the batch', async () => {
  const host = await run(`
    - { name: stop here, meta: end_host, when: inventory_hostname == 'b' }
    - { name: after, debug: { msg: x } }
`, { hosts: three })
  assert.equal(['a', 'b', 'c'].map((name) => host.status('after', name)), ['ok', undefined, 'ok'])
  assert.is(host.exit, 0)

  const ended = await run(`
    - { name: enough, meta: end_play, when: inventory_hostname == 'a' }
    - { name: after, debug: { msg: x } }
`, { hosts: three })
  assert.is(ended.status('after'), undefined)

  const batch = await run(`
    - { name: enough, meta: end_batch, when: inventory_hostname == 'a' }
    - { name: after, debug: { msg: x } }
`, { hosts: three }, '  serial: 2\n')
  assert.equal(['a', 'b', 'c'].map((name) => batch.status('after', name)), [undefined, undefined, 'ok'])
})

test('meta: end_role leaves the role and no more', async () => {
  const at = project({
    'roles/r/tasks/main.yaml': `
- { name: first, debug: { msg: x } }
- { meta: end_role, when: inventory_hostname == 'a' }
- block: [{ name: second, debug: { msg: x } }]
`,
  })
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  roles: [r]
  tasks:
    - { name: again, include_role: { name: r } }
    - { name: after, debug: { msg: x } }
`, { hosts: localHosts('a', 'b') })
  assert.equal(order(ran, 'a').filter((name) => !name.includes('meta')), ['r : first', 'r : first', 'after'])
  assert.equal(order(ran, 'b').filter((name) => !name.includes('meta')), ['r : first', 'r : second', 'r : first', 'r : second', 'after'])
  at.remove()
})

test('meta: clear_facts forgets the system, not what was set; clear_host_errors takes failed hosts back', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  tasks:
    - { name: uses, debug: { msg: "{{ ansible_hostname }}" } }
    - { set_fact: { mine: 1 } }
    - { meta: clear_facts }
    - { name: still, assert: { that: [mine == 1, ansible_hostname is defined] } }
    - { name: breaks, command: /bin/false, when: inventory_hostname == 'b' }
    - { meta: clear_host_errors }
    - { name: back, debug: { msg: x } }
`, { hosts: localHosts('a', 'b') })
  assert.is(ran.status('still'), 'ok', ran.message('still'))
  assert.is(ran.status('back', 'b'), 'ok')
  at.remove()
})

test('flush_handlers runs what is notified now; force_handlers after a failure', async () => {
  const at = project()
  const text = (head: string) => `
- hosts: all
  gather_facts: false
${head}
  handlers:
    - { name: h, debug: { msg: x } }
    - { name: by topic, debug: { msg: y }, listen: [topic one, topic two] }
  tasks:
    - { name: change, command: "true", notify: [h, topic two] }
    - meta: flush_handlers
    - { name: between, debug: { msg: x } }
    - { name: again, command: "true", notify: topic one }
    - { name: fails, command: /bin/false }
`
  const plain = await play(at, text(''))
  assert.equal(order(plain, 'one'), ['change', 'meta', 'h', 'by topic', 'between', 'again', 'fails'])
  const forced = await play(project(), text('  force_handlers: true'))
  assert.equal(order(forced, 'one'), ['change', 'meta', 'h', 'by topic', 'between', 'again', 'fails', 'by topic'])
  assert.is(forced.exit, 2)
  at.remove()
})

test('ignore_unreachable: the host goes on, and the result says that it was unreachable', async () => {
  const ran = await run(`
    - { name: away, command: "true", ignore_unreachable: true, register: tried }
    - { name: told, debug: { msg: "{{ tried.unreachable }}" } }
    - { name: away again, command: "true" }
    - { name: never, debug: { msg: x } }
`, { hosts: 'all: { hosts: { far: { ansible_host: 127.0.0.1, ansible_port: 1 } } }' })
  assert.is(ran.status('away'), 'ignored')
  assert.is(ran.result('away')?.unreachable, true)
  assert.is(ran.result('told')?.msg, true)
  assert.is(ran.status('away again'), 'unreachable')
  assert.is(ran.status('never'), undefined)
  assert.is(ran.exit, 4)
  assert.equal([ran.end.hosts.far?.ignored, ran.end.hosts.far?.unreachable], [1, 1])
})

test('blocks in blocks: a rescue that fails fails the block, always runs each time, the outer rescue takes over', async () => {
  const ran = await run(`
    - block:
        - block:
            - { name: inner, command: /bin/false }
          rescue:
            - { name: inner rescue, command: /bin/false, register: said }
            - { name: not this, debug: { msg: x } }
          always:
            - { name: inner always, debug: { msg: x } }
        - { name: nor this, debug: { msg: x } }
      rescue:
        - { name: outer rescue, debug: { msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.rc }}" } }
      always:
        - { name: outer always, debug: { msg: x } }
    - { name: after, debug: { msg: x } }
`)
  assert.equal(order(ran, 'one'), ['inner', 'inner rescue', 'inner always', 'outer rescue', 'outer always', 'after'])
  assert.is(ran.result('outer rescue')?.msg, 'inner rescue 1')
  assert.is(ran.exit, 0)
})

test('a rescue that fails, with nothing around it: the host has failed, always ran', async () => {
  const ran = await run(`
    - block: [{ name: breaks, command: /bin/false }]
      rescue: [{ name: rescue, command: /bin/false }]
      always: [{ name: always, debug: { msg: x } }]
    - { name: never, debug: { msg: x } }
`)
  assert.equal(order(ran, 'one'), ['breaks', 'rescue', 'always'])
  assert.is(ran.exit, 2)
  assert.equal([ran.end.hosts.one?.failed, ran.end.hosts.one?.rescued], [1, 1])
})

test('start-at-task begins inside a block', async () => {
  const ran = await run(`
    - { name: one, debug: { msg: x } }
    - block:
        - { name: two, debug: { msg: x } }
        - { name: three, debug: { msg: x } }
    - { name: four, debug: { msg: x } }
`, { startAtTask: 'three' })
  assert.equal(order(ran, 'one'), ['three', 'four'])
})

test('check_mode and diff of a task win over those of the run', async () => {
  const at = project()
  const text = `
- hosts: all
  gather_facts: false
  tasks:
    - { name: real, copy: { content: x, dest: ${at.path('real')} }, check_mode: false, diff: false }
    - { name: planned, copy: { content: x, dest: ${at.path('planned')} }, check_mode: true }
`
  const ran = await play(at, text, { check: true })
  assert.is(readFileSync(at.path('real'), 'utf8'), 'x')
  assert.throws(() => readFileSync(at.path('planned')))
  assert.equal(ran.changed, ['one/planned', 'one/real'])
  const diffs = ran.results.map((event) => event.changes.some((change) => change.diff !== undefined))
  assert.equal(diffs, [false, true])
  assert.equal((await play(at, text)).changed, ['one/planned'])
  at.remove()
})

test('pause asks once for all hosts, and gives what was typed', async () => {
  const asked: string[] = []
  const ran = await run(`
    - { name: ask, pause: { prompt: Sure?, echo: false }, register: answer }
    - { name: told, debug: { msg: "{{ answer.user_input }}" } }
    - { name: rest, pause: { seconds: 1 }, register: rested }
    - { name: long, assert: { that: rested.delta == 1 } }
`, { hosts: three, ask: async (prompt, { secret }) => `${asked.push(`${prompt} ${secret}`)}` })
  assert.equal(asked, ['Sure? true'])
  assert.equal(['a', 'b', 'c'].map((host) => ran.result('told', host)?.msg), ['1', '1', '1'])
  assert.is(ran.status('long', 'c'), 'ok')
})

test('wait_for: the delay comes before the first look, what appears meanwhile is waited for', async () => {
  const at = project()
  at.file('there', '')
  const ran = await run(`
    - { name: delay, wait_for: { path: ${at.path('there')}, delay: 1 } }
    - { name: late, shell: "(sleep 1; touch ${at.path('late')}) >/dev/null 2>&1 &" }
    - { name: appears, wait_for: { path: ${at.path('late')}, timeout: 10 }, register: seen }
    - { name: told, debug: { msg: "{{ seen.elapsed }}" } }
`)
  assert.ok((ran.results[0]?.ms ?? 0) >= 1000)
  assert.is(ran.exit, 0)
  assert.ok(Number(ran.result('told')?.msg) >= 1)
  at.remove()
})

test('vars_prompt asks before the play; what is typed is data', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars_prompt:
    - { name: name, prompt: Who, private: false }
    - { name: word, prompt: Password, private: true, confirm: true }
    - { name: empty, prompt: Default, default: standard, private: false }
  tasks:
    - { name: told, debug: { msg: "{{ name }} {{ empty }} {{ word | length }}" } }
    - { name: secret, debug: { msg: "{{ word }}" } }
`, { ask: async (prompt) => (prompt.startsWith('Who') ? '{{ 1 + 1 }}' : prompt === 'Default' ? '' : 'sesame-open') })
  assert.is(ran.result('told')?.msg, '{{ 1 + 1 }} standard 11')
  assert.not.match(JSON.stringify(ran.events), 'sesame-open')
  at.remove()
})

test('what can not be told about a task names its place, and nothing else', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: args, debug: { msg: "{{ nowhere.x }}" }, ignore_errors: true }
    - { name: loop, debug: { msg: x }, loop: "{{ nowhere }}", ignore_errors: true }
    - { name: when, debug: { msg: x }, when: nowhere.x, ignore_errors: true }
    - { name: delegate, debug: { msg: x }, delegate_to: "{{ nowhere }}", ignore_errors: true }
    - { name: changed, command: "true", changed_when: nowhere.x, ignore_errors: true }
    - { name: module, copy: { content: x, dest: ${at.path('a')}, mode: "{{ 'rw' }}" }, ignore_errors: true }
    - { name: until, command: "true", until: nowhere.x, retries: 1, delay: 0, ignore_errors: true }
    - { name: keyword, command: /bin/false, ignore_errors: "{{ nowhere }}" }
`)
  const lines = { args: 5, loop: 6, when: 7, delegate: 8, changed: 9, module: 10, until: 11, keyword: 12 }
  for (const [name, line] of Object.entries(lines)) {
    const message = ran.message(name) ?? ''
    assert.match(message, new RegExp(`playbook.yaml:${line}:\\d+`), name)
    assert.not.match(message, /\n\s+at |\.ts:/, name)
  }
  assert.is(ran.status('keyword'), 'failed')
  at.remove()
})

test.run()
