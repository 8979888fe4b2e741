import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Registry } from '../../src/module/registry.ts'
import {
  type Block,
  find,
  type Include,
  type Item,
  type LoadContext,
  loadPlaybook,
  loadRole,
  loadTaskFile,
  type Play,
  type Task,
} from '../../src/playbook/index.ts'
import { project } from '../inventory/files.ts'
import { samples } from '../module/samples.ts'

const context: LoadContext = { registry: new Registry(samples), extraVars: {}, rolesPath: [] }

function load(
  text: string,
  files: Record<string, string> = {},
  more: Partial<LoadContext> = {},
): { plays: Play[]; root: string } {
  const root = project({ ...files, 'play.yml': text })
  return { plays: loadPlaybook(join(root, 'play.yml'), { ...context, ...more }), root }
}
const tasksOf = (text: string, files?: Record<string, string>, more?: Partial<LoadContext>): Item[] =>
  load(`- hosts: all\n  tasks:\n${text.replace(/^/gm, '    ')}\n`, files, more).plays[0]!.sections[2]!.tasks
const one = (text: string): Task => tasksOf(text)[0] as Task

/** What stands in it, blocks opened. */
function flat(items: Item[]): (Task | Include)[] {
  return items.flatMap((item) => (item.kind === 'block' ? flat([...item.block, ...item.rescue, ...item.always]) : [item]))
}
const names = (items: Item[]) => flat(items).map((item) => item.keywords.name)

test('a play with all its parts', () => {
  const { plays, root } = load(`- name: first
  hosts: [web, db]
  become: yes
  gather_facts: no
  serial: [1, "50%"]
  strategy: free
  vars: {a: 1}
  vars_files: [x.yml, [a.yml, b.yml]]
  vars_prompt: [{name: pw, prompt: Password, private: no}]
  tags: a, b
  pre_tasks: [{name: pre, debug: {msg: 1}}]
  tasks: [{name: main, debug: {msg: 1}}]
  post_tasks: [{name: post, debug: {msg: 1}}]
  handlers: [{name: handler, listen: topic, debug: {msg: 1}}]
`)
  const [play] = plays
  assert.is(play!.hosts, 'web,db')
  assert.is(play!.gatherFacts, false)
  assert.equal(play!.serial, [1, '50%'])
  assert.equal(play!.keywords.tags, ['a', 'b'])
  assert.is(play!.keywords.become, true)
  assert.equal(play!.vars, { a: 1 })
  assert.equal(
    play!.varsFiles.map((one) => one.value),
    ['x.yml', ['a.yml', 'b.yml']],
  )
  assert.equal(play!.varsPrompt, [{ name: 'pw', prompt: 'Password', private: false, confirm: false }])
  assert.equal(
    play!.sections.map((section) => names(section.tasks)),
    [['pre'], [], ['main'], ['post']],
  )
  assert.equal((play!.handlers[0] as Task).listen, ['topic'])
  assert.equal(play!.position, { file: join(root, 'play.yml'), line: 1, column: 3 })
})

/** YAML of a task, module and arguments. */
const forms: [string, string, Record<string, unknown>][] = [
  ['- copy: {src: a, dest: /b}', 'copy', { src: 'a', dest: '/b' }],
  ['- ansible.builtin.copy: src=a dest=/b', 'copy', { src: 'a', dest: '/b' }],
  ['- command: ls -l creates=/x\n  args: {chdir: /y}', 'command', { cmd: 'ls -l', creates: '/x', chdir: '/y' }],
  ['- command:\n  args:\n    argv: [a, b]', 'command', { argv: ['a', 'b'] }],
  ['- action: copy src=a dest=/b', 'copy', { src: 'a', dest: '/b' }],
  ['- action: {module: copy, src: a, dest: /b}', 'copy', { src: 'a', dest: '/b' }],
  ['- local_action: command echo 1', 'command', { cmd: 'echo 1' }],
  ['- shell: |\n    a\n    b', 'shell', { cmd: 'a\nb' }],
  ['- set_fact: a=1 b="{{ c }}"', 'set_fact', { a: '1', b: '{{ c }}' }],
  ['- meta: flush_handlers', 'meta', { free_form: 'flush_handlers' }],
  ['- include_vars: x.yml', 'include_vars', { file: 'x.yml' }],
  ['- debug:', 'debug', {}],
]
for (const [text, module, args] of forms) {
  test(`task: ${JSON.stringify(text)}`, () => {
    const task = one(text)
    assert.is(task.module, module)
    assert.equal(task.args, args)
  })
}

test('arguments from a variable', () => {
  assert.is(one('- copy: "{{ args }}"').argsTemplate, '{{ args }}')
  assert.is(one('- copy: {src: a}\n  args: "{{ more }}"').argsTemplate, '{{ more }}')
  assert.is(one('- command: "{{ cmd }}"').argsTemplate, undefined)
})

test('keywords of a task', () => {
  const task = one(`- name: all
  command: x
  when: [a, b is defined]
  register: r
  loop: "{{ l }}"
  loop_control: {loop_var: x, index_var: i, label: "{{ x.name }}"}
  until: r.rc == 0
  retries: 3
  delay: "{{ d }}"
  changed_when: no
  failed_when: [r.rc > 1]
  notify: [one, two]
  tags: [a, "b,c"]
  become_user: joe
  delegate_to: other
  environment: {A: b}
  no_log: true
  vars: {v: 1}`)
  assert.equal(
    task.keywords.when.map((when) => when.value),
    ['a', 'b is defined'],
  )
  assert.is(task.register, 'r')
  assert.equal(
    [task.loop!.kind, task.loop!.value, task.loop!.loopVar, task.loop!.indexVar, task.loop!.label],
    ['loop', '{{ l }}', 'x', 'i', '{{ x.name }}'],
  )
  assert.equal(
    task.until!.map((until) => until.value),
    ['r.rc == 0'],
  )
  assert.equal([task.retries, task.delay], [3, '{{ d }}'])
  assert.equal(
    task.changedWhen!.map((one) => one.value),
    [false],
  )
  assert.equal(task.notify, ['one', 'two'])
  assert.equal(task.keywords.tags, ['a', 'b', 'c'])
  assert.equal([task.keywords.becomeUser, task.keywords.delegateTo, task.keywords.noLog], ['joe', 'other', true])
  assert.equal(task.keywords.environment, [{ A: 'b' }])
  assert.equal(task.keywords.vars, { v: 1 })
})

test('loops', () => {
  assert.equal(one('- debug:\n  with_items: [1]').loop!.kind, { lookup: 'items' })
  assert.equal(one('- debug:\n  with_community.general.flattened: [1]').loop!.kind, { lookup: 'flattened' })
  assert.equal((tasksOf('- block: [{debug: }]\n  loop: [1, 2]')[0] as Block).loop!.value, [1, 2])
})

test('blocks', () => {
  const [block] = tasksOf(`- name: b
  when: x
  become: yes
  block: [{name: one, debug: }]
  rescue: [{name: two, debug: }]
  always: [{name: three, debug: }]`) as [Block]
  assert.equal([names(block.block), names(block.rescue), names(block.always)], [['one'], ['two'], ['three']])
  assert.is(block.keywords.become, true)
})

test('imports hand their keywords down, includes wait', () => {
  const items = tasksOf(
    `- import_tasks: sub/a.yml
  when: c
  tags: t
  vars: {v: 1}
- include_tasks: {file: sub/a.yml, apply: {tags: x}}
  loop: [1]
- include_role: {name: r, tasks_from: other}
- include_tasks: "{{ x }}.yml"
- import_tasks: "{{ which }}.yml"
- import_tasks: "{{ unknown }}.yml"`,
    {
      'sub/a.yml': '- name: in a\n  debug:\n- import_tasks: b.yml\n',
      'sub/b.yml': '- name: in b\n  debug:\n',
      'w.yml': '- name: in w\n  debug:\n',
    },
    { extraVars: { which: 'w' } },
  )
  assert.equal(
    items.map((item) => item.kind),
    ['block', 'include', 'include', 'include', 'block', 'include'],
  )
  assert.equal(names([items[0]!]), ['in a', 'in b'])
  assert.equal((items[0] as Block).keywords.tags, ['t'])
  assert.equal(
    [(items[1] as Include).what, (items[1] as Include).target, (items[1] as Include).apply!.tags],
    ['tasks', 'sub/a.yml', ['x']],
  )
  assert.equal(
    [(items[2] as Include).what, (items[2] as Include).target, (items[2] as Include).tasksFrom],
    ['role', 'r', 'other'],
  )
  assert.equal(names([items[4]!]), ['in w'])
})

const roles = {
  'roles/base/tasks/main.yml': '- name: base task\n  debug: {msg: "{{ b }}"}\n  notify: base handler\n',
  'roles/base/handlers/main.yml': '- name: base handler\n  debug:\n',
  'roles/base/defaults/main.yml': 'b: default\nd: base\n',
  'roles/app/meta/main.yml': 'dependencies:\n  - base\n',
  'roles/app/tasks/main.yml': '- name: app task\n  debug:\n- import_tasks: extra.yml\n',
  'roles/app/tasks/extra.yml': '- name: app extra\n  debug:\n',
  'roles/app/defaults/main.yml': 'd: app\n',
  'roles/app/vars/main/one.yml': 'v: 1\n',
}

test('roles with dependencies, parameters and handlers', () => {
  const { plays } = load(
    '- hosts: all\n  roles:\n    - {role: app, tags: [t], when: c, http_port: 80, vars: {w: 1}}\n    - base\n    - base\n    - {role: base, b: again}\n',
    roles,
  )
  const [play] = plays
  const section = play!.sections[1]!
  // base ran as a dependency; with another parameter it runs again.
  assert.equal(names(section.tasks), ['base task', 'app task', 'app extra', 'base task'])
  const block = section.tasks[0] as Block
  assert.equal(
    [block.keywords.tags, block.keywords.when.map((one) => one.value), block.keywords.vars],
    [['t'], ['c'], { w: 1 }],
  )
  assert.equal(names(play!.handlers), ['base handler'])
  const app = play!.roles.find((role) => role.name === 'app')!
  assert.equal([app.defaults, app.vars, app.params], [{ b: 'default', d: 'app' }, { v: 1 }, { http_port: 80 }])
  assert.is(flat(section.tasks).at(-1)!.role!.params.b, 'again')
})

test('import_role, and roles at run time', () => {
  const { plays, root } = load(
    '- hosts: all\n  tasks:\n    - import_role: {name: app, tasks_from: extra}\n      when: x\n',
    roles,
  )
  assert.equal(names(plays[0]!.sections[2]!.tasks), ['base task', 'app extra'])
  assert.equal(names(plays[0]!.handlers), ['base handler'])
  const loaded = loadRole('app', context, { directory: root, playbookDir: root })
  assert.equal(
    [loaded.role.name, names(loaded.items), names(loaded.handlers)],
    ['app', ['base task', 'app task', 'app extra'], ['base handler']],
  )
  const items = loadTaskFile(join(root, 'roles/app/tasks/extra.yml'), context, { role: loaded.role })
  assert.is(items[0]!.role, loaded.role)
  assert.throws(
    () => loadRole('app', context, { directory: root, playbookDir: root, tasksFrom: 'extar' }),
    /has no tasks\/extar/,
  )
})

test('import_playbook adds to the plays', () => {
  const { plays } = load('- import_playbook: sub/other.yml\n  when: c\n  tags: t\n  vars: {a: 2}\n', {
    'sub/other.yml': '- hosts: all\n  vars: {a: 1, b: 1}\n  tags: own\n  roles: [near]\n',
    'sub/roles/near/tasks/main.yml': '- name: near\n  debug:\n',
  })
  assert.equal(
    plays[0]!.keywords.when.map((one) => one.value),
    ['c'],
  )
  assert.equal(plays[0]!.keywords.tags, ['t', 'own'])
  assert.equal(plays[0]!.vars, { a: 2, b: 1 })
  assert.equal(names(plays[0]!.sections[1]!.tasks), ['near'])
})

/** As wso2/ansible-apim writes it: the removed `include`, relative to the playbook, in a block; k=v; loop of a variable. */
test('old constructs of WSO2 playbooks', () => {
  const { plays } = load(
    '- name: Apply API Manager default configuration to an apim node\n  hosts:\n    - apim_1\n  roles:\n    - apim\n',
    {
      'roles/apim/tasks/main.yml': `- name: "Copy packs"
  block:
    - name: Copy templates
      template:
        src: "{{ item.src }}"
        dest: "{{ carbon_home }}/{{ item.dest }}"
        mode: 0644
      with_items: "{{ template_list }}"
      notify: restart
    - include: common-tasks/secure-vault.yml
      when: secure_vault_enabled|bool
    - include: "{{ later }}.yml"
  when: "(inventory_hostname in groups['apim'])"
  become: true
- command: chmod +x bin creates=/x
`,
      'common-tasks/secure-vault.yml': '- name: vault\n  shell: "{{ carbon_home }}/bin/ciphertool.sh -Dconfigure"\n',
      'roles/apim/handlers/main.yml': '- name: restart\n  service: name=wso2apim state=restarted\n',
    },
  )
  const items = flat(plays[0]!.sections[1]!.tasks)
  assert.equal(
    items.map((item) => item.keywords.name),
    ['Copy templates', 'vault', undefined, undefined],
  )
  assert.equal((items[0] as Task).args.mode, '0644')
  assert.is(items[2]!.kind, 'include')
  assert.equal((plays[0]!.handlers[0] as Task).args, { name: 'wso2apim', state: 'restarted' })
})

test('find looks where Ansible does, and says where', () => {
  const root = project({ 'roles/r/files/a': '', 'roles/r/tasks/main.yml': '', 'files/b': '', c: '', 'roles/r/templates/a': '' })
  const where = { directory: join(root, 'roles/r/tasks'), role: { name: 'r', path: join(root, 'roles/r') }, playbookDir: root }
  assert.is(find('files', 'a', where), join(root, 'roles/r/files/a'))
  assert.is(find('templates', 'a', where), join(root, 'roles/r/templates/a'))
  assert.is(find('files', 'b', where), join(root, 'files/b'))
  assert.is(find('files', 'c', where), join(root, 'c'))
  assert.throws(
    () => find('files', 'd', where),
    (error: { hint: string }) =>
      error.hint.includes(join(root, 'roles/r/files/d')) && error.hint.includes(join(root, 'files/d')),
  )
})

test.run()
