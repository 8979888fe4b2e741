/** What `copy` copies: a file or a tree of the controller, or of the host itself. */
import { posix } from 'node:path'
import { probe } from '../../../src/module/index.ts'
import type { Facts, FileFact, Probe, TreeEntry } from '../../../src/module/index.ts'
import { answer } from '../../lib/known.ts'

/** Larger files are streamed from disk instead of being held in memory. */
export const LARGE = 8 * 1024 * 1024

export interface Side {
  on: 'controller' | 'host' /** Copy what links of the source lead to. */
  follow: boolean
}

export interface Entry {
  /** Path below the root of the tree; '' is the root. */
  name: string
  path: string
  kind: 'file' | 'directory' | 'link'
  fact: FileFact
}

export interface Tree {
  entries: Entry[]
  /** The probes by which it is known. */
  asked: Probe[]
  /** Links that lead in circles, and what is neither file, directory nor link. */
  failed?: string
}

/** The probe of a source path: what it leads to. */
export function sourceProbe(path: string, on: Side['on'], follow = true): Probe<'file'> {
  return probe.file({ path, follow, checksum: true, on })
}

/** The content of a source file of the controller. */
export function sourceContent(path: string): Probe<'file'> {
  return probe.file({ path, follow: true, content: true, on: 'controller' })
}

/** Files, directories and links below a root, links followed where `side.follow` says so. */
export function readTree(root: string, side: Side, facts: Facts): Tree {
  const tree: Tree = { entries: [], asked: [] }
  visit(root, '', 0)
  tree.entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return tree

  function visit(path: string, name: string, depth: number): void {
    if (depth > 16) {
      tree.failed = `${path}: the links of this tree lead in circles`
      return
    }
    const asked = probe.tree({ path, checksum: true, on: side.on })
    tree.asked.push(asked)
    for (const entry of answer(facts, asked) ?? []) add(entry, posix.join(path, entry.path), posix.join(name, entry.path), depth)
  }

  function add(fact: TreeEntry, path: string, name: string, depth: number): void {
    const key = name === '.' ? '' : name
    if (fact.type === 'file' || fact.type === 'directory') tree.entries.push({ name: key, path, kind: fact.type, fact })
    else if (fact.type !== 'link') tree.failed = `${path} is a ${fact.type}: only files, directories and links can be copied`
    else if (side.follow) addTarget(fact, path, key, depth)
    else tree.entries.push({ name: key, path, kind: 'link', fact })
  }

  function addTarget(link: TreeEntry, path: string, name: string, depth: number): void {
    const asked = sourceProbe(path, side.on)
    tree.asked.push(asked)
    const fact = answer(facts, asked)
    if (!fact) return
    if (!fact.exists) tree.entries.push({ name, path, kind: 'link', fact: link })
    else if (fact.type === 'directory') visit(path, name, depth + 1)
    else tree.entries.push({ name, path, kind: 'file', fact })
  }
}

/** Content of a source file where it was read. */
export function readContent(path: string, facts: Facts): Uint8Array | undefined {
  return answer(facts, sourceContent(path))?.content
}
