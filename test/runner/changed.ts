/** `npm test -- changed`: the files that reach what differs from `main`, committed or not. */
import { execFileSync } from 'node:child_process'
import { root } from '../program.ts'
import { files, isEndToEnd } from './files.ts'
import { reach } from './imports.ts'

/** What the end-to-end suites run beside the program. */
const played = /^(playbooks|inventory|lab)\//
/** What every file depends on. */
const common = /^(package(-lock)?\.json|tsconfig[^/]*|test\/(run|prepare)\.[a-z]+|test\/runner\/.*|test\/(shared|program)\.ts)$/
/** Documents and what is generated from the modules are compared by test/docs. */
const documents = /^(docs\/|[^/]+\.md$|playbooks\/|inventory\/)/

export function changedFiles(): string[] {
  const changes = differing()
  console.log(changes.length > 0 ? `differs from main: ${changes.join(' ')}` : 'nothing differs from main')
  if (changes.some((path) => common.test(path))) return files
  return files.filter((file) => {
    const graph = reach(file)
    const touches = (change: string) =>
      graph.has(change) ||
      [...graph].some((path) => change.startsWith(`${path}/`)) ||
      (isEndToEnd(file) && (played.test(change) || /^(src|tasks|build)\//.test(change) || change.startsWith('test/e2e/'))) ||
      (graph.has('test/program.ts') && /^(src|tasks|build)\//.test(change)) ||
      (file.startsWith('test/docs/') && documents.test(change))
    return changes.some(touches)
  })
}

function differing(): string[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  const [base = ''] = execFileSync('git', ['merge-base', 'main', 'HEAD'], { cwd: root, encoding: 'utf8' }).split('\n')
  return [...new Set([...git('diff', '--name-only', '--no-renames', '-z', base), ...git('ls-files', '--others', '--exclude-standard', '-z')])].sort()
}
