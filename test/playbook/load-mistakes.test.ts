import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Registry } from '../../src/module/registry.ts'
import { loadPlaybook } from '../../src/playbook/index.ts'
import type { InputErrors } from '../../src/yaml/index.ts'
import { project } from '../inventory/files.ts'
import { samples } from '../module/samples.ts'

const context = { registry: new Registry(samples), extraVars: {}, rolesPath: [] }
const load = (text: string) => loadPlaybook(join(project({ 'play.yml': text }), 'play.yml'), context)

/** Playbook, message, line, column, hint. */
const mistakes: [string, RegExp, number, number, RegExp?][] = [
  ['- hosts: all\n  tsks: []\n', /`tsks` is not a keyword of a play/, 2, 3, /did you mean `tasks`/],
  ['- tasks: []\n', /no `hosts`/, 1, 3],
  ['hosts: all\n', /expected a list of plays, got a mapping/, 1, 1],
  ['- hosts: all\n  tasks:\n    - copi: {src: a}\n', /unknown module `copi`/, 3, 7, /did you mean `copy`/],
  [
    '- hosts: all\n  tasks:\n    - copy: {src: a}\n      regster: x\n',
    /`regster` is not a keyword of a task/,
    4,
    7,
    /did you mean `register`/,
  ],
  ['- hosts: all\n  tasks:\n    - copy: {src: a}\n      file: {path: b}\n', /two: `copy` and `file`/, 4, 7],
  ['- hosts: all\n  tasks:\n    - name: x\n', /does nothing/, 3, 7],
  ['- hosts: all\n  tasks:\n    - just text\n', /expected a task/, 3, 7],
  ['- hosts: all\n  tasks:\n    - debug:\n      listen: x\n', /only for handlers/, 4, 7],
  [
    '- hosts: all\n  tasks:\n    - debug:\n      loop: names\n',
    /loop: expected a list, got the text `names`/,
    4,
    13,
    /"\{\{ name \}\}"/,
  ],
  ['- hosts: all\n  tasks:\n    - debug:\n      register: "{{ x }}"\n', /register: expected the name/, 4, 17],
  [
    '- hosts: all\n  tasks:\n    - debug:\n      loop: [1]\n      loop_control: {lop_var: x}\n',
    /loop_control has no `lop_var`/,
    5,
    22,
    /loop_var/,
  ],
  ['- hosts: all\n  tasks:\n    - debug:\n      become: maybe\n', /become: expected yes or no/, 4, 15],
  ['- hosts: all\n  tasks:\n    - debug:\n      retries: many\n', /retries: expected a number/, 4, 16],
  ['- hosts: all\n  tasks:\n    - debug:\n      vars: [a]\n', /vars: expected a mapping/, 4, 13],
  ['- hosts: all\n  tasks:\n    - debug:\n      when: {a: b}\n', /when: expected a condition/, 4, 13],
  ['- hosts: all\n  tasks:\n    - rescue: []\n', /`rescue` without a `block`/, 3, 15],
  [
    '- hosts: all\n  tasks:\n    - block: []\n      register: x\n',
    /`register` is not a keyword of a block/,
    4,
    7,
    /belongs to a task/,
  ],
  ['- hosts: all\n  tasks:\n    - import_tasks: nope.yml\n', /file not found: nope.yml/, 3, 21, /looked for:/],
  [
    '- hosts: all\n  tasks:\n    - include_tasks: x.yml\n      become_method: su\n',
    /not a keyword of an include/,
    4,
    7,
    /apply/,
  ],
  ['- hosts: all\n  tasks:\n    - import_tasks: x.yml\n      loop: [1]\n', /can not loop/, 4, 13, /include_tasks/],
  [
    '- hosts: all\n  tasks:\n    - include_role: {nam: x}\n',
    /include_role has no argument `nam`/,
    3,
    22,
    /did you mean `name`/,
  ],
  ['- hosts: all\n  roles: [nope]\n', /role not found: nope/, 2, 11, /looked for:/],
  ['- hosts: all\n  strategy: fre\n', /unknown strategy/, 2, 13],
  ['- hosts: all\n  tasks:\n    - copy: src="a\n', /quote " is not closed/, 3, 13],
  ['- hosts: all\n  tasks:\n    - sudo: yes\n      debug:\n', /`sudo` is not a keyword/, 3, 7, /become: yes/],
  ['- import_playbook: play.yml\n', /imports itself/, 1, 20],
]
for (const [text, message, line, column, hint] of mistakes) {
  test(`mistake: ${JSON.stringify(text)}`, () => {
    try {
      load(text)
      assert.unreachable()
    } catch (error) {
      const { errors } = error as InputErrors
      assert.is(errors.length, 1, JSON.stringify(errors))
      assert.match(errors[0]!.message, message)
      assert.equal([errors[0]!.position?.line, errors[0]!.position?.column], [line, column])
      if (hint) assert.match(errors[0]!.hint ?? '', hint)
    }
  })
}

test('all mistakes are told at once', () => {
  try {
    load('- hosts: all\n  tasks:\n    - copi: 1\n    - debug:\n      regster: 1\n  handlers:\n    - foo: 1\n- hots: all\n')
    assert.unreachable()
  } catch (error) {
    assert.equal(
      (error as InputErrors).errors.map((one) => one.position!.line),
      [3, 5, 7, 8, 8],
    )
  }
})

test.run()
