/** Hostile values go through every module that takes values, and come out unharmed. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { play, project, type Project, type Ran } from './harness.ts'
import { literal } from './made-playbooks.ts'

const values: Record<string, string> = {
  quotes: `'"\`it's "so"\\`,
  shell: '$(touch /tmp/aarun-was-here) `id` $HOME ; rm -rf / & | > x',
  template: '{{ 7 * 7 }} {% if x %} {# y #} {{ lookup("pipe", "touch /tmp/aarun-was-here") }}',
  lines: 'one\n\n  two\r\n\tthree\n',
  dash: '-rf --help -',
  odd: '  \u0007é 漢字 🙂 \u2028 %s %n \\n \\0 ',
  long: 'x'.repeat(1 << 20),
}
/** Names of files: all but NUL and the slash may be in them. */
const names = ['with space', '-rf', '--', "it's \"so\"", '$(id)', '{{ 7 * 7 }}', 'a\nb', ' lead and trail ', '*?[x]', '🙂', '\\n', '~', '#']

const run = (at: Project, tasks: string) => {
  at.file('values.yaml', `values: ${literal(values)}\nnames: ${literal(names)}\n`)
  return play(at, `- hosts: all\n  gather_facts: false\n  vars_files: [values.yaml]\n  vars: { out: ${at.dir} }\n  tasks:\n${tasks}`)
}
const works = (ran: Ran) => assert.is(ran.exit, 0, String(ran.results.find((each) => each.status === 'failed')?.message ?? ran.end.message).slice(0, 600))
const each = '"{{ values | dict2items }}", loop_control: { label: "{{ item.key }}" }'
const read = (at: Project, name: string) => readFileSync(at.path(name), 'utf8')

test('contents: copy, template, stdin, scripts, facts, blocks, slurp', async () => {
  const at = project({
    'v.j2': '{{ item.value }}\n',
    'echo.sh': '#!/bin/sh\ncat\n',
  })
  const ran = await run(at, `
    - { copy: { content: "{{ item.value }}", dest: "{{ out }}/copy.{{ item.key }}" }, loop: ${each} }
    - { template: { src: v.j2, dest: "{{ out }}/template.{{ item.key }}" }, loop: ${each} }
    - { command: { cmd: cat, stdin: "{{ item.value }}", stdin_add_newline: false, strip_empty_ends: false }, loop: ${each}, register: cat }
    - { shell: { cmd: "cat >{{ out }}/shell.{{ item.key }}", stdin: "{{ item.value }}", stdin_add_newline: false }, loop: ${each} }
    - { command: { argv: [printf, '%s', "{{ item.value }}"], strip_empty_ends: false, expand_argument_vars: false }, loop: ${each}, when: item.key != 'long', register: argv }
    - { script: "echo.sh", register: script }
    - { set_fact: { fact: "{{ values }}" } }
    - { slurp: { src: "{{ out }}/copy.{{ item.key }}" }, loop: ${each}, register: slurped }
    - { blockinfile: { path: "{{ out }}/block.{{ item.key }}", block: "{{ item.value }}", create: true }, loop: ${each} }
    - { stat: { path: "{{ out }}/copy.long" }, register: long }
    - name: same
      assert:
        that:
          - fact == values
          - cat.results | map(attribute='stdout') | list == values.values() | list
          - argv.results | rejectattr('skipped', 'defined') | map(attribute='stdout') | list == values | dict2items | rejectattr('key', '==', 'long') | map(attribute='value') | list
          - slurped.results | map(attribute='content') | map('b64decode') | list == values.values() | list
          - long.stat.size == 1048576
    - { debug: { msg: "{{ values.template }}" } }
`)
  works(ran)
  for (const [name, value] of Object.entries(values)) {
    assert.is(read(at, `copy.${name}`), value, `copy ${name}`)
    assert.is(read(at, `shell.${name}`), value, `shell ${name}`)
    // As in Ansible, a value that ends in a newline serves as the end of the last line.
    assert.is(read(at, `template.${name}`), value.endsWith('\n') ? value : `${value}\n`, `template ${name}`)
    const block = read(at, `block.${name}`)
    assert.ok(block.startsWith('# BEGIN ANSIBLE MANAGED BLOCK\n') && block.includes(value.replace(/\n+$/, '')), `block ${name}`)
  }
  assert.is(ran.result('debug')?.msg, values.template)
  assert.not.ok(existsSync('/tmp/aarun-was-here'))
  at.remove()
})

test('lines: lineinfile, replace, toml; a second run changes nothing', async () => {
  const at = project()
  const lines = Object.fromEntries(Object.entries(values).filter(([key]) => key !== 'lines' && key !== 'odd'))
  writeFileSync(at.path('replaced'), 'before MARK after\n')
  const tasks = `
    - { copy: { content: "", dest: "{{ out }}/lines", force: false } }
    - { lineinfile: { path: "{{ out }}/lines", line: "{{ item.value }}" }, loop: ${each}, when: "item.key not in ['lines', 'odd']" }
    - { lineinfile: { path: "{{ out }}/lines", line: "{{ values.quotes }}", regexp: "{{ values.quotes | regex_escape }}" } }
    - { replace: { path: "{{ out }}/replaced", regexp: MARK, replace: "{{ values.shell | regex_replace('\\\\\\\\', '') }} {{ values.template }}" } }
    - { toml: { path: "{{ out }}/t.toml", values: { t: "{{ values }}" }, create: true } }
    - { command: "true", changed_when: false, name: reads back }
`
  const ran = await run(at, tasks)
  works(ran)
  assert.equal(read(at, 'lines').split('\n').slice(0, -1), Object.values(lines))
  assert.is(read(at, 'replaced'), `before ${values.shell} ${values.template} after\n`)
  const { parse } = await import('@iarna/toml')
  assert.equal({ ...(parse(read(at, 't.toml')).t as object) }, values)
  assert.equal((await run(at, tasks)).changed, [])
  at.remove()
})

test('names: file, copy, stat, fetch, find, unarchive, synchronize, loops over them', async () => {
  const at = project({ 'src/x': '' })
  for (const name of names) writeFileSync(join(at.path('src'), name), `content of ${name}`)
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256)
  writeFileSync(at.path('src/binary\u00ff'), bytes)
  const tasks = `
    - { file: { path: "{{ out }}/made/{{ item }}/sub", state: directory }, loop: "{{ names }}" }
    - { file: { path: "{{ out }}/made/{{ item }}/link", src: "{{ item }}", state: link, force: true }, loop: "{{ names }}" }
    - { copy: { src: "{{ out }}/src/{{ item }}", dest: "{{ out }}/made/{{ item }}/copied" }, loop: "{{ names }}" }
    - { copy: { src: "{{ out }}/src/binary\u00ff", dest: "{{ out }}/binary" } }
    - { stat: { path: "{{ out }}/made/{{ item }}/copied" }, loop: "{{ names }}", register: stats }
    - { fetch: { src: "{{ out }}/made/{{ item }}/copied", dest: "{{ out }}/fetched/{{ item }}", flat: true }, loop: "{{ names }}" }
    - { find: { paths: "{{ out }}/src", file_type: file }, register: found }
    - { synchronize: { src: "{{ out }}/src/", dest: "{{ out }}/synced" } }
    - { command: { argv: [tar, -C, "{{ out }}", -czf, "{{ out }}/a.tgz", src], creates: "{{ out }}/a.tgz" } }
    - { file: { path: "{{ out }}/unpacked", state: directory } }
    - { unarchive: { src: "{{ out }}/a.tgz", dest: "{{ out }}/unpacked" } }
    - { file: { path: "{{ out }}/made/{{ names[0] }}", state: absent } }
    - name: same
      assert: { that: [stats.results | map(attribute='stat.exists') | min, "found.files | map(attribute='path') | map('basename') | list | length == names | length + 2"] }
`
  const ran = await run(at, tasks)
  works(ran)
  for (const name of names) {
    if (name !== names[0]) assert.is(readFileSync(join(at.path('made'), name, 'copied'), 'utf8'), `content of ${name}`)
    for (const place of ['fetched', 'synced', 'unpacked/src']) assert.is(readFileSync(join(at.path(place), name), 'utf8'), `content of ${name}`, place)
  }
  assert.equal(new Uint8Array(readFileSync(at.path('binary'))), bytes)
  assert.equal(readdirSync(at.path('synced')).sort(), readdirSync(at.path('src')).sort())
  assert.not.ok(existsSync(join(at.path('made'), names[0] as string)))
  at.remove()
})

test('uri sends bodies and headers as they are', async () => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      const body = Buffer.concat(parts)
      bodies.push(body.toString())
      response.setHeader('content-type', 'text/plain')
      response.end(body)
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const at = project()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const ran = await run(at, `
    - { uri: { url: "${url}", method: POST, body: "{{ item.value }}", return_content: true }, loop: ${each}, register: said }
    - { uri: { url: "${url}", method: POST, body_format: json, body: "{{ values }}" } }
    - { name: same, assert: { that: "said.results | map(attribute='content') | list == values.values() | list" } }
`)
  server.close()
  works(ran)
  assert.equal(bodies.slice(0, -1), Object.values(values))
  assert.equal(JSON.parse(bodies.at(-1) as string), values)
  at.remove()
})

test.run()
