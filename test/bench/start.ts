/**
 * `npm run bench -- --start`: CPU seconds (user and system) of a start, next to an empty `node`: `--version`, and
 * `--syntax-check` of 50 tasks.
 *
 * The ratios are what to compare: all are measured in turn, in one run.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { built } from '../program.ts'

/** The program as it is installed. */
const main = built()

const rounds = 5
const runsInRound = 4

const directory = mkdtempSync(join(tmpdir(), 'aarun-start-'))
try {
  const playbook = join(directory, 'fifty.yaml')
  writeFileSync(playbook, fifty())
  const commands: [string, string[]][] = [
    ['node -e 0', ['-e', '0']],
    ['aarun --version', [main, '--version']],
    ['aarun --syntax-check, 50 tasks', [main, '--syntax-check', playbook]],
  ]
  for (const [, args] of commands) cpu(args)
  const times = commands.map(() => [] as number[])
  for (let round = 0; round < rounds; round++) for (const [index, [, args]] of commands.entries()) times[index]!.push(cpu(args))
  const medians = times.map((list) => list.sort((a, b) => a - b)[Math.floor(rounds / 2)]!)
  console.log(`CPU seconds of one start; median of ${rounds} rounds of ${runsInRound}\n`)
  for (const [index, [title]] of commands.entries())
    console.log(`${title.padEnd(34)} ${medians[index]!.toFixed(3)}   ${(medians[index]! / medians[0]!).toFixed(2)}x`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** What the shell counts for its children, divided by their number. */
function cpu(args: string[]): number {
  const script = `n=0; while [ $n -lt ${runsInRound} ]; do "$@" >/dev/null || exit 1; n=$((n + 1)); done; times`
  const output = execFileSync('sh', ['-c', script, 'sh', process.execPath, ...args], { encoding: 'utf8' })
  const seconds = [...output.trim().split('\n').at(-1)!.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
  return seconds.reduce((sum, one) => sum + one, 0) / runsInRound
}

function fifty(): string {
  const tasks = Array.from({ length: 25 }, (_, n) => `    - name: File ${n}\n      copy: { dest: /srv/f${n}, content: "{{ inventory_hostname }} ${n}" }\n    - debug: { msg: "file ${n}" }\n`)
  return `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n${tasks.join('')}`
}
