/**
 * Runs every suite: each test file in a process of its own, two at a time, then the unit and property tests again under
 * Deno, and the end-to-end suites one by one. Ends with `N passed, N failed`.
 *
 *   npm test                 everything
 *   npm test -- unit         files under test/ that are not end-to-end
 *   npm test -- e2e          end-to-end suites
 *   npm test -- deno         the unit and property tests under Deno
 *   npm test -- PATH-PART    files whose path holds that text, under Node
 */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const denoVersion = '2'

interface Job { title: string; argv: string[]; timeout: number }
interface Outcome { passed: number; failed: number }
interface Ended { code: number | null; output: string; seconds: number }

const wanted = process.argv[2]
const files = find(join(root, 'test')).map((file) => relative(root, file)).sort()
const endToEnd = files.filter((file) => file.startsWith('test/e2e/'))
const unit = files.filter((file) => !endToEnd.includes(file))

const total: Outcome = { passed: 0, failed: 0 }
await prepare()
if (!wanted || wanted === 'unit') await runAll(unit.map(underNode), 2)
if (!wanted || wanted === 'deno') await runAll(await underDeno(unit), 2)
if (!wanted || wanted === 'e2e') await runAll(endToEnd.map(underNode), 1)
if (wanted && !['unit', 'deno', 'e2e'].includes(wanted)) await runAll(files.filter((file) => file.includes(wanted)).map(underNode), 1)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

/** Installs what the suites test against, with the program itself. */
async function prepare(): Promise<void> {
  const argv = [process.execPath, '--import', 'tsx', 'src/cli/main.ts', 'test/prepare.yaml', '-i', 'localhost,', '--output', 'plain']
  const { code, output } = await runJob({ title: 'prepare', argv, timeout: 900 })
  if (code !== 0 || output.includes('will fail')) console.log(output)
}

function find(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    if (statSync(path).isDirectory()) return find(path)
    return name.endsWith('.test.ts') ? [path] : []
  })
}

function underNode(file: string): Job {
  return { title: file, argv: [process.execPath, '--import', 'tsx', file], timeout: file.startsWith('test/e2e/') ? 1500 : 420 }
}

/** Deno comes from the npm package of that name, into a folder that is not part of the project's dependencies. */
async function underDeno(list: string[]): Promise<Job[]> {
  const prefix = join(root, 'node_modules', '.cache', 'deno')
  const program = join(prefix, 'node_modules', '.bin', 'deno')
  if (!existsSync(program)) {
    mkdirSync(prefix, { recursive: true })
    const install = await runJob({ title: 'install deno', argv: ['npm', 'install', '--prefix', prefix, '--no-audit', '--no-fund', `deno@${denoVersion}`], timeout: 300 })
    if (install.code !== 0) {
      console.log(install.output)
      total.failed++
      return []
    }
  }
  return list.map((file) => ({ title: `deno ${file}`, argv: [program, 'run', '-A', '--no-prompt', file], timeout: 420 }))
}

async function runAll(jobs: Job[], workers: number): Promise<void> {
  const queue = [...jobs]
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) report(job, await runTwice(job))
  }))
}

/** A file that fails is run once more: on a machine under load a server of its own may come too late. Both are shown. */
async function runTwice(job: Job): Promise<Ended> {
  const first = await runJob(job)
  if (first.code === 0) return first
  console.log(`again ${job.title}: it failed at the first try:\n${first.output.split('\n').slice(-60).join('\n')}`)
  return runJob(job)
}

function runJob(job: Job): Promise<Ended> {
  return new Promise((resolve) => {
    const started = Date.now()
    const [program, ...args] = job.argv as [string, ...string[]]
    // Each file has a temporary directory of its own: what it leaves there goes with it, and no two runs meet.
    const temporary = mkdtempSync(join(tmpdir(), 'aarun-t-'))
    chmodSync(temporary, 0o1777)
    const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', TMPDIR: temporary, AARUN_LOCK_DIR: join(temporary, 'aarun.lock') }
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env })
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const timer = setTimeout(() => {
      output += `\nstopped after ${job.timeout} s\n`
      child.kill('SIGKILL')
    }, job.timeout * 1000)
    child.on('exit', (code) => {
      clearTimeout(timer)
      // A grandchild may keep the pipe open: what was said until the exit is enough.
      setTimeout(() => {
        rmSync(temporary, { recursive: true, force: true })
        resolve({ code, output, seconds: (Date.now() - started) / 1000 })
      }, 50)
    })
  })
}

/** Reads uvu's closing lines; a file that ends badly without them counts as one failure. */
function report(job: Job, { code, output, seconds }: Ended): void {
  const number = (word: string) => Number([...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0)
  const all = number('Total')
  const passed = number('Passed')
  const failed = code === 0 && all > 0 ? all - passed : Math.max(1, all - passed)
  total.passed += passed
  total.failed += failed
  console.log(`${failed ? 'FAIL' : 'ok  '} ${job.title} (${passed}/${all}, ${seconds.toFixed(1)} s)`)
  if (failed) console.log(output.split('\n').slice(-120).join('\n'))
}
