/**
 * Runs the suites: each test file in a process of its own, two at a time, the longest first. Ends with `N passed, N failed`.
 *
 *   npm test                 everything: under Node, under Deno, end to end
 *   npm test -- unit         files under test/ that are not end-to-end
 *   npm test -- e2e          end-to-end suites
 *   npm test -- deno         those that run under Deno
 *   npm test -- changed      under Node, the files that reach what differs from main
 *   npm test -- PATH-PART    files whose path holds that text, under Node
 */
import process from 'node:process'
import { changedFiles } from './runner/changed.ts'
import { installDeno } from './runner/deno.ts'
import { files, isEndToEnd, longestFirst, underDeno } from './runner/files.ts'
import { type Job, runJob, stopJobs } from './runner/job.ts'
import { prepare, provide } from './runner/provide.ts'
import { Total } from './runner/result.ts'

const WORKERS = 2
const wanted = process.argv[2]
const total = new Total()
const node = longestFirst(underNode())
const deno = !wanted || wanted === 'deno' ? longestFirst(files.filter(underDeno)) : []
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {
  interrupted = true
  stopJobs()
})

const program = await prepare([...node, ...deno])
const runtime = deno.length > 0 ? await installDeno() : ''
const { env, cache, stop } = await provide([...node, ...deno], program)
const timeout = (file: string) => (isEndToEnd(file) ? 1500 : 420)
const jobs: Job[] = [
  ...node.map((file) => ({ title: file, argv: [process.execPath, '--import', 'tsx', '--import', './test/runner/own-tmpdir.mjs', file], timeout: timeout(file), env: { ...env, TMPDIR: cache } })),
  ...deno.map((file) => ({ title: `deno ${file}`, argv: [runtime, 'run', '-A', '--no-prompt', file], timeout: timeout(file), env })),
]
try {
  await Promise.all(Array.from({ length: WORKERS }, work))
} finally {
  await stop()
}
console.log(interrupted ? 'interrupted' : `${total.passed} passed, ${total.failed} failed`)
process.exitCode = interrupted ? 130 : total.failed === 0 && (total.passed > 0 || wanted === 'changed') ? 0 : 1

async function work(): Promise<void> {
  for (let job = jobs.shift(); job && !interrupted; job = jobs.shift()) {
    const ended = await runJob(job)
    if (!interrupted) total.add(job, ended)
  }
}

function underNode(): string[] {
  if (!wanted) return files
  if (wanted === 'unit') return files.filter((file) => !isEndToEnd(file))
  if (wanted === 'e2e') return files.filter(isEndToEnd)
  if (wanted === 'deno') return []
  return wanted === 'changed' ? changedFiles() : files.filter((file) => file.includes(wanted))
}
