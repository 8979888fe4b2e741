/** Which files a file reaches through its imports, read from the source text. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../program.ts'

const reached = new Map<string, Set<string>>()

/** The file itself, and all that it imports by a relative path, statically or not; as paths from the root. */
export function reach(file: string): Set<string> {
  const known = reached.get(file)
  if (known) return known
  const all = new Set<string>()
  const visit = (path: string) => {
    if (all.has(path)) return
    all.add(path)
    for (const next of importsOf(path)) visit(next)
  }
  visit(file)
  reached.set(file, all)
  return all
}

const read = new Map<string, string[]>()

function importsOf(path: string): string[] {
  let list = read.get(path)
  if (!list) read.set(path, (list = parse(path)))
  return list
}

function parse(path: string): string[] {
  let text: string
  try {
    text = readFileSync(join(root, path), 'utf8')
  } catch {
    return []
  }
  // `from './x.ts'`, `import './x.ts'`, `import('./x.ts')`, and files that are started or read: new URL('./x', import.meta.url).
  const patterns = [/\b(?:from|import)\s*\(?\s*['"`](\.{1,2}\/[^'"`$]+)['"`]/g, /new URL\(\s*['"](\.{1,2}\/[^'"]+)['"],\s*import\.meta\.url/g]
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => join(dirname(path), name as string)))
}
