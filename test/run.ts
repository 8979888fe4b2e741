/**
 * Runs the suites: each test file in a process of its own, two at a time, the longest first. Ends with `N passed, N failed`.
 *
 *   npm test                 everything but the releases: under Node, under Deno, end to end
 *   npm run test:releases    a pair of each release of the product, from nothing to proved
 *   npm test -- unit         files under test/ that are not end-to-end
 *   npm test -- e2e          end-to-end suites, the releases too
 *   npm test -- deno         those that run under Deno
 *   npm test -- changed      under Node, the files that reach what differs from main
 *   npm test -- PATH-PART    files whose path holds that text, under Node
 */
import process from 'node:process'
import { changedFiles } from './runner/changed.ts'
import { installDeno } from './runner/deno.ts'
import { files, isEndToEnd, isOfReleases, longestFirst, underDeno } from './runner/files.ts'
import { prepare } from './runner/provide.ts'
import { runSuite } from './runner/suite.ts'

const wanted = process.argv[2]
const node = longestFirst(underNode())
const deno = !wanted || wanted === 'deno' ? longestFirst(files.filter(underDeno)) : []
const program = await prepare([...node, ...deno])
const runtime = deno.length > 0 ? await installDeno() : ''
const total = await runSuite({ node, deno, runtime, program })
console.log(total ? `${total.passed} passed, ${total.failed} failed` : 'interrupted')
process.exitCode = total ? Number(total.failed > 0 || (total.passed === 0 && wanted !== 'changed')) : 130

function underNode(): string[] {
  if (!wanted) return files.filter((file) => !isOfReleases(file))
  if (wanted === 'unit') return files.filter((file) => !isEndToEnd(file))
  if (wanted === 'e2e') return files.filter(isEndToEnd)
  if (wanted === 'deno') return []
  return wanted === 'changed' ? changedFiles() : files.filter((file) => file.includes(wanted))
}
