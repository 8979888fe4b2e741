/** Roles, includes, imports, and which value of a variable wins. */
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { localHosts, play, project } from './harness.ts'

const said = (ran: Awaited<ReturnType<typeof play>>, task: string, host?: string) => ran.result(task, host)?.msg

const role = {
  'roles/web/defaults/main.yaml': 'door: 80\nname: from defaults\n',
  'roles/web/vars/main.yaml': 'kind: from vars\n',
  'roles/web/vars/other.yaml': 'kind: from other vars\n',
  'roles/web/meta/main.yaml': 'dependencies: [{ role: base, base_says: hello }]\n',
  'roles/web/handlers/main.yaml': '- { name: restart, debug: { msg: "restarted {{ name }}" }, listen: web changed }\n',
  'roles/web/files/static.txt': 'static\n',
  'roles/web/templates/conf.j2': 'door={{ door }} role={{ role_name }}\n',
  'roles/web/tasks/main.yaml': `
- { name: told, debug: { msg: "{{ door }} {{ name }} {{ kind }} {{ base_var }}" } }
- { name: static, copy: { src: static.txt, dest: "{{ out }}/static" } }
- { name: conf, template: { src: conf.j2, dest: "{{ out }}/conf" }, notify: web changed }
- import_tasks: more.yaml
`,
  'roles/web/tasks/more.yaml': '- { name: more, debug: { msg: "more {{ name }}" } }\n',
  'roles/web/tasks/other.yaml': '- { name: other entry, debug: { msg: "{{ kind }}" } }\n',
  'roles/base/vars/main.yaml': 'base_var: of base\n',
  'roles/base/tasks/main.yaml': '- { name: base, debug: { msg: "{{ base_says }}" } }\n',
}

test('a role: defaults, vars, dependencies, files, templates, handlers; parameters win over its vars', async () => {
  const at = project(role)
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars: { out: ${at.dir}, name: from play }
  roles:
    - { role: web, door: 81, kind: from params }
`)
  assert.is(ran.exit, 0, JSON.stringify(ran.results.map((each) => each.message)))
  assert.is(said(ran, 'web : told'), '81 from play from params of base')
  assert.is(said(ran, 'base : base'), 'hello')
  assert.is(said(ran, 'web : more'), 'more from play')
  assert.is(said(ran, 'web : restart'), 'restarted from play')
  assert.is(readFileSync(at.path('conf'), 'utf8'), 'door=81 role=web\n')
  assert.is(readFileSync(at.path('static'), 'utf8'), 'static\n')
  at.remove()
})

test('import_role and include_role: entry points, vars_from, vars, loops, handlers that become known', async () => {
  const at = project(role)
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars: { out: ${at.dir} }
  tasks:
    - import_role: { name: web, tasks_from: other }
    - include_role: { name: web, tasks_from: other, vars_from: other }
    - { include_role: { name: web }, vars: { door: "{{ item }}" }, loop: [1, 2] }
`)
  assert.is(ran.exit, 0, JSON.stringify(ran.results.map((each) => each.message)))
  const names = new Map(ran.events.flatMap((event) => (event.event === 'task' ? [[event.id, event.name] as const] : [])))
  const all = (name: string) => ran.results.filter((event) => names.get(event.task) === name).map((event) => event.result.msg)
  assert.equal(all('web : other entry'), ['from vars', 'from other vars'])
  assert.equal(all('web : told'), ['1 from defaults from vars of base', '2 from defaults from vars of base'])
  assert.equal(all('web : restart'), ['restarted from defaults'])
  assert.is(readFileSync(at.path('conf'), 'utf8'), 'door=2 role=web\n')
  at.remove()
})

test('precedence: role params and include vars over set_fact over role vars over play vars over inventory over defaults', async () => {
  const at = project({
    'roles/r/defaults/main.yaml': 'v: default\nd: default\ni: default\n',
    'roles/r/vars/main.yaml': 'v: role\n',
    'roles/r/tasks/main.yaml': '- { name: "{{ n }}", debug: { msg: "{{ v }} {{ d }} {{ i }}" } }\n',
    'vars.yaml': 'd: vars file\n',
    'more.yaml': "v: include_vars\nu: !unsafe '{{ 1 + 1 }}'\n",
    'one.yaml': '- { name: included, debug: { msg: "{{ v }}" } }\n',
  })
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  vars: { v: play, d: play }
  vars_files: [vars.yaml]
  tasks:
    - { include_role: { name: r }, vars: { n: first } }
    - { include_vars: more.yaml }
    - { name: after include_vars, debug: { msg: "{{ v }}" }, vars: { v: task } }
    - { name: unsafe, debug: { msg: "{{ u }}" } }
    - { set_fact: { v: fact } }
    - { name: after set_fact, debug: { msg: "{{ v }}" }, vars: { v: task } }
    - { include_tasks: one.yaml, vars: { v: include } }
    - { include_role: { name: r }, vars: { n: second, v: include } }
    - { name: templates stay data, set_fact: { w: "{{ '{{' }} 1 + 1 {{ '}}' }}" } }
    - { name: data, debug: { msg: "{{ w }}" } }
`, { hosts: 'all: { vars: { ansible_connection: local, v: inventory, d: inventory, i: inventory }, hosts: { one: {} } }' })
  assert.is(said(ran, 'r : first'), 'role vars file inventory')
  assert.is(said(ran, 'after include_vars'), 'include_vars')
  assert.is(said(ran, 'after set_fact'), 'fact')
  assert.is(said(ran, 'unsafe'), '{{ 1 + 1 }}')
  assert.is(said(ran, 'included'), 'include')
  assert.is(said(ran, 'r : second'), 'include vars file inventory')
  assert.is(said(ran, 'data'), '{{ 1 + 1 }}')
  at.remove()
})

test('include_tasks hands down what apply says, tags with it; import hands down everything', async () => {
  const at = project({ 'inner.yaml': '- { name: "inner {{ which }}", debug: { msg: "{{ lookup(\'env\', \'HOME\') | length > 0 }}" } }\n' })
  const text = `
- hosts: all
  gather_facts: false
  tasks:
    - { include_tasks: { file: inner.yaml, apply: { tags: [wanted], vars: { which: applied } } }, tags: [wanted] }
    - { include_tasks: inner.yaml, tags: [wanted], vars: { which: not applied } }
    - { import_tasks: inner.yaml, tags: [wanted], vars: { which: imported } }
    - { import_tasks: inner.yaml, vars: { which: untagged } }
`
  const ran = await play(at, text, { tags: ['wanted'] })
  const names = ran.events.flatMap((event) => (event.event === 'task' ? [event.name] : []))
  assert.equal(names, ['inner applied', 'inner imported'])
  at.remove()
})

test('module_defaults, environment and become keywords: the inner one wins, environments merge', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  environment: { A: play, B: play }
  module_defaults:
    copy: { mode: '0600', content: from defaults }
    ansible.builtin.file: { state: directory }
  tasks:
    - { name: defaults, copy: { dest: ${at.path('f')} } }
    - { name: own, copy: { dest: ${at.path('g')}, mode: '0640' } }
    - { name: dir, file: { path: ${at.path('d')} } }
    - block:
        - { name: env, command: "sh -c 'echo $A $B $C'", environment: { C: "{{ 'task' }}" }, changed_when: false }
        - { name: who, command: id -un, become_user: nobody }
        - { name: back, command: id -un, become: false }
      environment: [{ B: block }]
      become: true
`)
  assert.is(ran.exit, 0, JSON.stringify(ran.results.map((each) => each.message)))
  assert.is(readFileSync(at.path('f'), 'utf8'), 'from defaults')
  assert.equal([ran.result('defaults')?.mode, ran.result('own')?.mode], ['0600', '0640'])
  assert.ok(existsSync(at.path('d')))
  assert.is(ran.result('env')?.stdout, 'play block task')
  assert.is(ran.result('who')?.stdout, 'nobody')
  at.remove()
})

test('add_host and group_by make hosts and groups for the plays that follow', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: all
  gather_facts: false
  tasks:
    - { name: group, group_by: { key: "kind_{{ kind }}", parents: kinds } }
    - { name: add, add_host: { name: extra, groups: [new, kind_x], ansible_connection: local, colour: red } }
- hosts: kind_x
  gather_facts: false
  tasks:
    - { name: here, debug: { msg: "{{ group_names | sort | join(',') }}" } }
- hosts: new
  gather_facts: false
  tasks:
    - { name: new, debug: { msg: "{{ colour }} {{ groups['kinds'] | sort | join(',') }} {{ hostvars['b'].kind }}" } }
`, { hosts: 'all: { vars: { ansible_connection: local }, hosts: { a: { kind: x }, b: { kind: y } } }' })
  assert.is(ran.exit, 0, JSON.stringify(ran.results.map((each) => each.message)))
  assert.is(said(ran, 'here', 'a'), 'kind_x,kinds')
  assert.is(said(ran, 'here', 'b'), undefined)
  assert.is(said(ran, 'here', 'extra'), 'kind_x,kinds,new')
  assert.is(said(ran, 'new', 'extra'), 'red a,b,extra y')
  at.remove()
})

test('facts of another host are gathered when they are asked for; delegate_facts and run_once share', async () => {
  const at = project()
  const ran = await play(at, `
- hosts: a
  tasks:
    - { name: other, debug: { msg: "{{ hostvars['b'].ansible_facts.kernel is defined }} {{ hostvars['b']['ansible_kernel'] is defined }}" } }
    - { name: give, set_fact: { given: 1 }, delegate_to: b, delegate_facts: true }
    - { name: own, debug: { msg: "{{ given is defined }} {{ hostvars['b'].given }}" } }
- hosts: a,b
  gather_facts: false
  tasks:
    - { name: once, set_fact: { shared: "{{ inventory_hostname }}" }, run_once: true }
    - { name: all, debug: { msg: "{{ shared }}" } }
    - { name: looped, command: "echo {{ item }}", loop: [1, 2], run_once: true, register: looped }
    - { name: seen, debug: { msg: "{{ looped.results | map(attribute='stdout') | join }}" } }
`, { hosts: localHosts('a', 'b') })
  assert.is(ran.exit, 0, JSON.stringify(ran.results.map((each) => each.message)))
  assert.is(said(ran, 'other'), 'True True')
  assert.is(said(ran, 'own'), 'False 1')
  assert.is(said(ran, 'all', 'b'), 'a')
  assert.is(said(ran, 'seen', 'b'), '12')
  assert.is(ran.results.filter((event) => event.items === 2).length, 1)
  at.remove()
})

test('import_playbook hands its vars and tags down', async () => {
  const at = project({
    'other.yaml': '- { hosts: all, gather_facts: false, tasks: [{ name: told, debug: { msg: "{{ given }}" } }] }\n',
  })
  const text = '- { import_playbook: other.yaml, vars: { given: here }, tags: [t] }\n'
  assert.is(said(await play(at, text, { tags: ['t'] }), 'told'), 'here')
  assert.is(said(await play(at, text, { skipTags: ['t'] }), 'told'), undefined)
  at.remove()
})

test.run()
