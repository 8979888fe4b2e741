/**
 * `npm run coverage`: the unit suites under Node, with every process that they start; lines and branches per folder.
 *
 *   npm run coverage                   all of them
 *   npm run coverage -- PATH-PART      files whose path holds that text
 *
 * The programs run from their sources; only the launcher runs where it was installed, as a bundle. What is ended by a
 * signal writes no coverage. Left out are files that hold types only, which nothing loads, and tasks/index.ts: nothing but
 * imports, to each of which tsx adds a function with a branch of its own.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { root } from './program.ts'
import { files, isEndToEnd, longestFirst } from './runner/files.ts'
import { prepare } from './runner/provide.ts'
import { runSuite } from './runner/suite.ts'

interface Sum { total: number; covered: number }
interface Folder { lines: Sum; branches: Sum }

const part = process.argv[2] ?? ''
const node = longestFirst(files.filter((file) => !isEndToEnd(file) && file.includes(part)))
const out = join(root, 'coverage')
const raw = join(out, 'raw')
rmSync(out, { recursive: true, force: true })
await prepare(node)
const total = await runSuite({ node, env: { NODE_V8_COVERAGE: raw } })
if (total) {
  for (const name of readdirSync(raw)) toSource(join(raw, name))
  print(folders())
  console.log(`${total.passed} passed, ${total.failed} failed`)
}
process.exitCode = total ? Number(total.failed > 0) : 130

function folders(): Map<string, Folder> {
  const c8 = join(root, 'node_modules/c8/bin/c8.js')
  const args = ['report', '--temp-directory', raw, '--reports-dir', out, '--reporter', 'json-summary', '--reporter', 'html', '--all', '--src', '.', '--include', 'src/**', '--include', 'tasks/**']
  for (const file of [...typesOnly(), 'tasks/index.ts']) args.push('--exclude', file)
  execFileSync(process.execPath, ['--max-old-space-size=4096', c8, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const summary = JSON.parse(readFileSync(join(out, 'coverage-summary.json'), 'utf8')) as Record<string, Folder>
  const sums = new Map<string, Folder>()
  for (const [path, file] of Object.entries(summary)) {
    if (path === 'total') continue
    const name = dirname(relative(root, path))
    const sum = sums.get(name) ?? { lines: { total: 0, covered: 0 }, branches: { total: 0, covered: 0 } }
    for (const kind of ['lines', 'branches'] as const) {
      sum[kind].total += file[kind].total
      sum[kind].covered += file[kind].covered
    }
    sums.set(name, sum)
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The launcher's coverage, wherever a test has installed it, under the names that its source map leads to. */
function toSource(file: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes('/aarun.cjs"')) return
  const sources = pathToFileURL(join(root, 'src/launch')).href
  const bundle = text.replace(/"file:[^"]*\/aarun\.cjs"/g, `"${sources}/launch.ts"`)
  writeFileSync(file, bundle.replace(/"file:[^"]*\/src\/launch(?=\/[\w-]+\.ts")/g, `"${sources}`))
}

function typesOnly(): string[] {
  const sources = ['src', 'tasks'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  return sources.filter((file) => file.endsWith('.ts') && transformSync(readFileSync(join(root, file), 'utf8'), { loader: 'ts' }).code.trim() === '')
}

function print(all: Map<string, Folder>): void {
  const percent = ({ total, covered }: Sum) => `${(total === 0 ? 100 : (covered * 100) / total).toFixed(1)} %`.padStart(10)
  console.log(`${'folder'.padEnd(32)}     lines  branches`)
  for (const [name, { lines, branches }] of all) console.log(`${name.padEnd(32)}${percent(lines)}${percent(branches)}`)
}
