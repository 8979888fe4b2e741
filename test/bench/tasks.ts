/**
 * `npm run bench`: 50 small tasks on two local hosts, first and second run, against a bare shell that does one `true`
 * per host, and against ansible-playbook with the same files where it is installed.
 *
 * Absolute times depend on the machine; the ratios in one run are what to compare.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { built } from '../program.ts'

/** The program as it is installed. */
const main = built()

const tasks = 50
const repeats = Number(process.env.BENCH_REPEATS ?? 5)

const dir = mkdtempSync(join(tmpdir(), 'aarun-bench-'))
try {
  writeProject()
  console.log(`${tasks} tasks x 2 local hosts; median of ${repeats} (min-max), seconds\n`)
  const bare = measure('one `true` per host in a bare shell', () => run(['sh', '-c', "sh -c true; sh -c true"]))
  const start = measure('aarun --version', () => run([process.execPath, main, '--version']))
  const many = Array.from({ length: 1000 }, (_, n) => `    - { name: task ${n}, copy: { content: "{{ base }} ${n}", dest: "{{ base }}/${n}", mode: '0644' }, when: base != '${n}', tags: t${n} }`)
  writeFileSync(join(dir, 'many.yaml'), `- hosts: all\n  vars: { base: /x }\n  tasks:\n${many.join('\n')}\n`)
  measure('aarun --syntax-check, 1000 tasks', () => run([process.execPath, main, 'many.yaml', '-i', 'hosts.ini', '--syntax-check']))
  let trips = ''
  const first = measure('aarun, first run', () => {
    trips = roundTrips(aarun())
  }, empty)
  console.log(`${''.padEnd(40)} round trips: ${trips}`)
  const second = measure('aarun, second run', () => {
    trips = roundTrips(aarun())
  })
  console.log(`${''.padEnd(40)} round trips: ${trips}`)
  console.log(`\nsecond run / bare shell: ${ratio(second, bare)}; without the start of Node: ${ratio(second - start, bare)}`)
  if (execaSync('ansible-playbook', ['--version'], { reject: false }).exitCode === 0) {
    const theirFirst = measure('ansible-playbook, first run', ansible, empty)
    const theirSecond = measure('ansible-playbook, second run', ansible)
    console.log(`\nansible-playbook / aarun: first run ${ratio(theirFirst, first)}, second run ${ratio(theirSecond, second)}`)
  } else console.log('\nansible-playbook is not installed: no comparison')
} finally {
  rmSync(dir, { recursive: true, force: true })
}

function writeProject(): void {
  const kinds = [
    (n: number) => `copy: { content: "text ${n}\\n", dest: "{{ base }}/copy-${n}", mode: '0644' }`,
    (n: number) => `file: { path: "{{ base }}/directory-${n}", state: directory, mode: '0755' }`,
    (n: number) => `template: { src: t.j2, dest: "{{ base }}/template-${n}", mode: '0644' }`,
    (n: number) => `lineinfile: { path: "{{ base }}/lines", line: "key${n}=1", create: true, mode: '0644' }`,
    () => `stat: { path: "{{ base }}/copy-0" }`,
  ]
  const list = Array.from({ length: tasks }, (_, n) => `    - name: task ${n}\n      ${(kinds[n % kinds.length] as (typeof kinds)[0])(n)}`)
  writeFileSync(join(dir, 'bench.yaml'), `- hosts: all\n  gather_facts: false\n  vars: { base: "${dir}/{{ inventory_hostname }}" }\n  tasks:\n${list.join('\n')}\n`)
  writeFileSync(join(dir, 't.j2'), 'host {{ inventory_hostname }}\n')
  writeFileSync(join(dir, 'hosts.ini'), '[all]\none\ntwo\n[all:vars]\nansible_connection=local\nansible_python_interpreter={{ ansible_playbook_python }}\n')
  empty()
}

function empty(): void {
  for (const host of ['one', 'two']) {
    rmSync(join(dir, host), { recursive: true, force: true })
    mkdirSync(join(dir, host))
  }
}

function aarun(): string {
  return run([process.execPath, main, 'bench.yaml', '-i', 'hosts.ini', '--output', 'json'])
}

function ansible(): void {
  run(['ansible-playbook', 'bench.yaml', '-i', 'hosts.ini'])
}

function run([program, ...args]: string[]): string {
  return execaSync(program as string, args, { cwd: dir }).stdout
}

function roundTrips(output: string): string {
  const end = JSON.parse(output.trim().split('\n').at(-1) as string) as { hosts: Record<string, { round_trips: number; changed: number }> }
  return Object.entries(end.hosts).map(([host, recap]) => `${host} ${recap.round_trips} (changed ${recap.changed})`).join(', ')
}

function measure(title: string, work: () => void, before: () => void = () => undefined): number {
  const times: number[] = []
  for (let n = 0; n < repeats; n++) {
    before()
    const started = performance.now()
    work()
    times.push((performance.now() - started) / 1000)
  }
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)] as number
  console.log(`${title.padEnd(40)} ${median.toFixed(3)} (${times[0]?.toFixed(3)}-${times.at(-1)?.toFixed(3)})`)
  return median
}

function ratio(a: number, b: number): string {
  return `${(a / b).toFixed(1)}x`
}
