/** Which files of a directory `include_vars` reads, and in what order. */
import { pythonRegex } from '../../src/module/index.ts'
import type { TreeEntry } from '../../src/module/index.ts'

export interface DirectoryRules {
  depth: number
  files_matching?: string
  ignore_files: string[]
  extensions: string[]
}

/** Relative paths: a directory's own files by name, then those of the directories in it. */
export function varsFiles(entries: TreeEntry[], rules: DirectoryRules): string[] {
  const wanted = rules.files_matching === undefined ? undefined : pythonRegex(rules.files_matching)
  const ignored = rules.ignore_files.map((pattern) => pythonRegex(`${pattern}$`))
  const files = entries
    .filter((entry) => entry.path !== '' && (entry.type === 'file' || entry.type === 'link'))
    .map((entry) => entry.path)
  return files
    .filter((path) => {
      const parts = path.split('/')
      const name = parts.at(-1)!
      const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : ''
      if (parts.some((part) => part.startsWith('.')) || name.endsWith('~')) return false
      if (rules.depth > 0 && parts.length > rules.depth) return false
      if (wanted && !wanted.test(name)) return false
      return rules.extensions.includes(extension) && !ignored.some((pattern) => pattern.test(name))
    })
    .sort((a, b) => depthFirst(a, b))
}

function depthFirst(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const leaves = Number(left.length - 1 > at) - Number(right.length - 1 > at)
    if (leaves !== 0) return leaves
    if (left[at] !== right[at]) return left[at]! < right[at]! ? -1 : 1
  }
  return left.length - right.length
}
