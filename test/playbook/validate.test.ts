import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../src/inventory/index.ts'
import { Registry } from '../../src/module/registry.ts'
import { loadPlaybook, validate, type ValidateContext, type Validation } from '../../src/playbook/index.ts'
import { formatInputError, Vault } from '../../src/yaml/index.ts'
import { project } from '../inventory/files.ts'
import { samples } from '../module/samples.ts'

const registry = new Registry(samples)
const inventoryText = `[apim]
node1 own=1
node2
[db]
db1
[empty]
[apim:vars]
apim_port=9443
`
const groupVars = `apim:
  database: {host: db1, port: 5432}
  nodes: [a, b]
chain: "{{ chian_end }}"
good_chain: "{{ apim.database.host }}"
use_tls: false
computed: "{{ {'a': 1} }}"
`

function check(
  text: string,
  files: Record<string, string> = {},
  more: Partial<ValidateContext> = {},
): Validation & { root: string } {
  const root = project({ 'hosts.ini': inventoryText, 'group_vars/apim.yml': groupVars, ...files, 'play.yml': text })
  const extraVars = more.extraVars ?? {}
  const inventory = loadInventory([join(root, 'hosts.ini')], { playbookDir: root, vault: more.vault })
  const plays = loadPlaybook(join(root, 'play.yml'), { registry, extraVars, rolesPath: [], vault: more.vault })
  return { ...validate(plays, { registry, inventory, extraVars, ...more }), root }
}

/** `file:line:col message | hint` of each. */
function shown(errors: Validation['errors'], root: string): string[] {
  return errors.map(
    ({ position, message, hint }) =>
      `${position ? `${position.file.replace(`${root}/`, '')}:${position.line}:${position.column} ` : ''}${message}${hint ? ` | ${hint}` : ''}`,
  )
}

/** Tasks, and the only error (or none). The tasks begin on line 3, column 5. */
const cases: [name: string, tasks: string, expected?: string, files?: Record<string, string>][] = [
  ['all is well', '- debug: {msg: "{{ apim.database.host }} {{ apim_port }} {{ own }} {{ good_chain }}"}'],
  [
    'undefined name',
    '- debug: {msg: "a {{ apim_prot }}"}',
    'play.yml:3:26 `apim_prot` is not defined | did you mean `apim_port`?',
  ],
  [
    'undefined in a block text',
    '- shell: |\n    echo\n      {{ nope_x }}',
    'play.yml:5:14 `nope_x` is not defined | define it in the inventory, in vars, or give it a default: `| default(...)`',
  ],
  [
    'undefined in k=v text',
    '- copy: src=a.txt dest=/{{ apim_prot }}',
    'play.yml:3:32 `apim_prot` is not defined | did you mean `apim_port`?',
    { 'a.txt': '' },
  ],
  [
    'undefined in a condition',
    '- debug:\n  when:\n    - true\n    - apim_prot > 1',
    'play.yml:6:11 `apim_prot` is not defined | did you mean `apim_port`?',
  ],
  [
    'undefined in a loop',
    '- debug: {msg: "{{ item }}"}\n  loop: "{{ apim.nodse }}"',
    'play.yml:4:17 `apim.nodse` is not defined | did you mean `nodes`?',
  ],
  [
    'undefined in a nested argument',
    '- set_fact: {a: {b: ["{{ apim_prot }}"]}}',
    'play.yml:3:30 `apim_prot` is not defined | did you mean `apim_port`?',
  ],
  [
    'undefined in a keyword',
    '- debug:\n  become_user: "{{ apim_prot }}"',
    'play.yml:4:24 `apim_prot` is not defined | did you mean `apim_port`?',
  ],
  [
    'undefined in environment',
    '- command: x\n  environment: {A: "{{ apim_prot }}"}',
    'play.yml:4:28 `apim_prot` is not defined | did you mean `apim_port`?',
  ],
  [
    'undefined in assert',
    '- assert: {that: [apim_port is defined, apim_prot == 1]}',
    'play.yml:3:45 `apim_prot` is not defined | did you mean `apim_port`?',
  ],
  ['debug shows what is not defined', '- debug: {var: apim_prot}'],
  [
    'a wrong key of a dict',
    '- debug: {msg: "{{ apim.databse.host }}"}',
    'play.yml:3:24 `apim.databse` is not defined | did you mean `database`?',
  ],
  [
    'a wrong key, deeper',
    '- debug: {msg: "{{ apim[\'database\'].hots }}"}',
    'play.yml:3:24 `apim.database.hots` is not defined | did you mean `host`?',
  ],
  ['a dict that is computed', '- debug: {msg: "{{ computed.zz }}"}'],
  ['methods of a dict', '- debug: {msg: "{{ apim.database.items() | list }} {{ apim.get(1) }}"}'],
  ['guarded by default', '- debug: {msg: "{{ nope | default(1) }} {{ apim.nope | d(1) }}"}'],
  ['guarded by a test', '- debug: {msg: "{{ nope if nope is defined else 1 }}"}'],
  ['guarded by the condition', '- debug: {msg: "{{ nope }}"}\n  when: [nope is defined, nope > 1]'],
  ['guarded by the condition of a block', '- block:\n    - debug: {msg: "{{ nope }}"}\n  when: nope is defined'],
  ['guarded by `in vars`', '- debug: {msg: "{{ nope }}"}\n  when: "\'nope\' in vars"'],
  ['a condition that can not hold', '- debug: {msg: "{{ nope }}"}\n  when: use_tls'],
  [
    'a condition that can hold',
    '- debug: {msg: "{{ nope }}"}\n  when: not use_tls',
    'play.yml:3:24 `nope` is not defined | define it in the inventory, in vars, or give it a default: `| default(...)`',
  ],
  [
    'through a variable',
    '- debug: {msg: "{{ chain }}"}',
    'group_vars/apim.yml:4:12 `chian_end` is not defined | define it in the inventory, in vars, or give it a default: `| default(...)`',
  ],
  ['a variable that is not used is not looked into', '- debug: {msg: "{{ apim }}"}'],
  [
    'registered, set and included names',
    '- command: x\n  register: r\n- set_fact: {f: 1}\n- include_vars: v.yml\n- debug: {msg: "{{ r.rc }} {{ f }} {{ from_file }}"}',
    undefined,
    { 'v.yml': 'from_file: 1' },
  ],
  [
    'an included file with a computed name',
    '- include_vars: "v-{{ ansible_os_family }}.yml"\n- debug: {msg: "{{ from_file }}"}',
    undefined,
    { 'vars/v-Debian.yml': 'from_file: 1' },
  ],
  ['an included file that can be any', '- include_vars: "{{ apim_port }}"\n- debug: {msg: "{{ whatever }}"}'],
  [
    'magic names',
    '- debug: {msg: "{{ inventory_hostname }} {{ groups.apim }} {{ hostvars[\'x\'].y }} {{ ansible_facts.x }} {{ ansible_hostname }} {{ omit }} {{ playbook_dir }}"}',
  ],
  [
    'a group that is not there',
    '- debug: {msg: "{{ groups.apmi }}"}',
    'play.yml:3:24 there is no group `apmi` in the inventory | did you mean `apim`?',
  ],
  [
    'variables of block and task',
    '- vars: {a: 1}\n  block:\n    - debug: {msg: "{{ a }} {{ b }}"}\n      vars: {b: "{{ a }}"}',
  ],
  [
    'variables end with their block',
    '- vars: {bx: 1}\n  block: []\n- debug: {msg: "{{ bx }}"}',
    'play.yml:5:24 `bx` is not defined | define it in the inventory, in vars, or give it a default: `| default(...)`',
  ],
  [
    'item outside of a loop',
    '- debug: {msg: "{{ item }}"}',
    'play.yml:3:24 `item` is not defined | define it in the inventory, in vars, or give it a default: `| default(...)`',
  ],
  ['loop variables', '- debug: {msg: "{{ x }} {{ i }}"}\n  loop: [1]\n  loop_control: {loop_var: x, index_var: i}'],
  ['syntax of a template', '- debug: {msg: "{{ a b }}"}', "play.yml:3:26 unexpected 'b'"],
  [
    'unknown filter',
    '- debug: {msg: "{{ apim_port | defualt(1) }}"}',
    "play.yml:3:36 unknown filter 'defualt' | did you mean 'default'?",
  ],
  ['unknown test', '- debug:\n  when: apim_port is definde', "play.yml:4:26 unknown test 'definde' | did you mean 'defined'?"],
  ['unsafe text is no template', "- debug: {msg: !unsafe '{{ nope }'}"],
  [
    'unknown argument',
    '- copy: {src: a, dset: /x}',
    'play.yml:3:22 copy has no argument `dset` | did you mean `dest`? It has: src, content, dest, backup, remote_src, token, mode, owner, group',
    { a: '' },
  ],
  [
    'wrong type',
    '- service:\n    name: x\n    enabled: perhaps',
    'play.yml:5:18 service: enabled: expected yes or no, got `perhaps`',
  ],
  [
    'module_defaults bring arguments',
    '- block:\n    - copy: {dest: /x}\n  module_defaults: {copy: {src: a}}',
    undefined,
    { a: '' },
  ],
  ['a file that a host has', '- copy: {src: /opt/a.pme, dest: /x, remote_src: yes}'],
  [
    'a template with an undefined name',
    '- template: {src: a.j2, dest: /x}',
    'templates/a.j2:3:6 `apim_prot` is not defined | did you mean `apim_port`?',
    {
      'templates/a.j2':
        '{% for n in apim.nodes %}\n{{ n }} {{ loop.index }} {{ template_path }}\n  {{ apim_prot }}\n{% endfor %}',
    },
  ],
  [
    'a template with an error',
    '- template: {src: a.j2, dest: /x}',
    "templates/a.j2:2:10 unknown filter 'lowr' | did you mean 'lower'?",
    { 'templates/a.j2': 'x\n{{ own | lowr }}' },
  ],
  ['unknown handler', '- debug:\n  notify: restrat', 'play.yml:4:15 there is no handler `restrat`'],
  [
    'unknown become_method',
    '- debug:\n  become_method: sduo',
    'play.yml:4:22 unknown become_method `sduo` | did you mean `sudo`?',
  ],
  [
    'an included file is looked into',
    '- include_tasks: more.yml\n  vars: {given: 1}',
    'more.yml:2:19 `apim_prot` is not defined | did you mean `apim_port`?',
    { 'more.yml': '- debug: {msg: "{{ given }}"}\n- debug: {msg: "{{apim_prot}}"}' },
  ],
  [
    'an included file with a mistake',
    '- include_tasks: more.yml',
    'more.yml:1:3 unknown module `copi` | did you mean `copy`?',
    { 'more.yml': '- copi: 1' },
  ],
  [
    'what is meant to fail',
    '- block: [{debug: {msg: "{{ nope }}"}}]\n  rescue: [{debug: }]\n- debug: {msg: "{{ nope }}"}\n  ignore_errors: yes',
  ],
]
for (const [name, tasks, expected, files] of cases) {
  test(name, () => {
    const { errors, root } = check(`- hosts: apim\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`, files)
    assert.equal(shown(errors, root), expected === undefined ? [] : [expected])
  })
}

test('a file that is not there: where it was looked for, or which was meant', () => {
  const { errors, root } = check(
    '- hosts: apim\n  tasks:\n    - copy: {src: certs/a.pme, dest: /x}\n    - copy: {src: zzz, dest: /x}\n    - include_tasks: mroe.yml\n',
    { 'files/certs/a.pem': '' },
  )
  const [near, far, include] = shown(errors, root)
  assert.is(near, 'play.yml:3:19 file not found: certs/a.pme | did you mean `a.pem`?')
  assert.match(far!, /^play\.yml:4:19 file not found: zzz \| looked for:\n {2}.*\/files\/zzz/)
  assert.match(include!, /^play\.yml:5:22 file not found: mroe\.yml/)
})

test('what is tolerated is a warning', () => {
  const { errors, warnings } = check('- hosts: apim\n  tasks:\n    - debug: {msg: "{{ nope }}"}\n      ignore_errors: yes\n')
  assert.equal([errors.length, warnings.length], [0, 1])
})

test('roles: defaults, variables, parameters', () => {
  const files = {
    'roles/r/defaults/main.yml': 'role_default: 1\n',
    'roles/r/vars/main.yml': 'role_var: "{{ role_defualt }}"\n',
    'roles/r/tasks/main.yml':
      '- debug: {msg: "{{ role_default }} {{ param }} {{ role_path }}"}\n- debug: {msg: "{{ role_var }}"}\n',
  }
  const { errors, root } = check('- hosts: apim\n  roles: [{role: r, param: 1}]\n', files)
  assert.equal(shown(errors, root), ['roles/r/vars/main.yml:1:15 `role_defualt` is not defined | did you mean `role_default`?'])
})

test('variables of files, prompts, plays and the command line', () => {
  const text =
    '- hosts: apim\n  vars: {pv: 1}\n  vars_files: [vf.yml, [nope.yml, vf2.yml]]\n  vars_prompt: [{name: pw}]\n  tasks: [{debug: {msg: "{{ pv }} {{ fv }} {{ fv2 }} {{ pw }} {{ ev }}"}}]\n'
  const { errors, root } = check(text, { 'vf.yml': 'fv: 1', 'vf2.yml': 'fv2: 1' }, { extraVars: { ev: 1 } })
  assert.equal(shown(errors, root), [])
  const missing = check('- hosts: apim\n  vars_files: [nope.yml]\n')
  assert.match(shown(missing.errors, missing.root)[0]!, /^play\.yml:2:16 file not found: nope\.yml/)
})

test('only the definition that wins is looked into', () => {
  const files = {
    'roles/r/defaults/main.yml': 'chain: "{{ never }}"\napim_port: "{{ never }}"\n',
    'roles/r/tasks/main.yml': '- debug: {msg: "{{ apim_port }}"}\n',
  }
  assert.equal(check('- hosts: apim\n  roles: [r]\n', files).errors, [])
  assert.equal(
    check('- hosts: db\n  roles: [r]\n', files).errors.map((error) => error.message),
    ['`never` is not defined'],
  )
})

test('handlers: names, topics, roles, imports', () => {
  const files = {
    'roles/r/handlers/main.yml': '- name: rh\n  debug:\n',
    'roles/r/tasks/main.yml': '- debug:\n  notify: [rh, "r : rh"]\n',
    'h.yml': '- name: imported\n  debug:\n',
  }
  const { errors, root } = check(
    `- hosts: apim
  roles: [r]
  tasks:
    - debug:
      notify: [h1, topic, imported, "{{ own }}", rh, topci]
  handlers:
    - {name: h1, listen: topic, debug: }
    - import_tasks: h.yml
`,
    files,
  )
  assert.equal(shown(errors, root), ['play.yml:5:54 there is no handler `topci` | did you mean `topic`?'])
})

/** hosts, errors, warnings. */
const patterns: [string, string[], string[]][] = [
  ['apim:db', [], []],
  ['apmi', ['play.yml:1:10 there is no host or group `apmi` in the inventory | did you mean `apim`?'], []],
  ['web', ['play.yml:1:10 there is no host or group `web` in the inventory'], []],
  ['zz*', [], ['play.yml:1:10 no host or group matches `zz*`']],
  ['all:!zzz', [], ['play.yml:1:10 there is no host or group `zzz` in the inventory']],
  ['empty', [], ['play.yml:1:10 no host matches `empty`: this play does nothing']],
  ['localhost', [], []],
  ['"{{ target }}"', [], []],
]
for (const [hosts, errors, warnings] of patterns) {
  test(`hosts: ${hosts}`, () => {
    const result = check(`- hosts: ${hosts}\n  gather_facts: no\n`)
    assert.equal([shown(result.errors, result.root), shown(result.warnings, result.root)], [errors, warnings])
  })
}

test('a group that a task adds', () => {
  assert.equal(check('- hosts: apim\n  tasks: [{add_host: {name: n, groups: fresh}}]\n- hosts: fresh\n').errors, [])
})

/** Options, errors. */
const options: [Partial<ValidateContext>, string[]][] = [
  [{ tags: ['one', 'all', 'untagged', 'inner'] }, []],
  [{ tags: ['oen'] }, ['--tags: nothing has the tag `oen` | did you mean `one`?']],
  [{ skipTags: ['zzz'] }, ['--skip-tags: nothing has the tag `zzz` | the tags are: inner, one']],
  [{ limit: 'node1' }, []],
  [{ limit: 'nod1' }, ['--limit: no host or group matches `nod1` | did you mean `node1`?']],
  [
    { limit: 'all:!all' },
    ['--limit `all:!all` leaves no host | the inventory has: all, ungrouped, apim, db, empty, node1, node2, db1, localhost'],
  ],
]
for (const [option, expected] of options) {
  test(`options ${JSON.stringify(option)}`, () => {
    const text = '- hosts: all\n  tags: one\n  tasks: [{include_tasks: t.yml}]\n'
    const { errors, root } = check(text, { 't.yml': '- debug:\n  tags: inner\n' }, option)
    assert.equal(shown(errors, root), expected)
  })
}

test('an encrypted value that is used needs its password, one that is not does not', () => {
  const secret = new Vault([{ id: 'default', password: 'x' }]).encrypt('s').trim().replace(/^/gm, '  ')
  const files = { 'group_vars/all.yml': `secret: !vault |\n${secret}\n` }
  const unused = '- hosts: apim\n  tasks: [{debug: {msg: 1}}]\n'
  const used = '- hosts: apim\n  tasks: [{debug: {msg: "{{ secret }}"}}]\n'
  assert.equal(check(unused, files).errors, [])
  assert.match(
    formatInputError(check(used, files).errors[0]!),
    /group_vars\/all\.yml:1:\d+: encrypted with vault, but no vault password/,
  )
  assert.equal(check(used, files, { vault: new Vault([{ id: 'default', password: 'x' }]) }).errors, [])
})

test.run()
