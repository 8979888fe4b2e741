/** A tree of a copy: directories first, then files and links, each compared with its place on the host. */
import { posix } from 'node:path'
import type { Change, Facts, FileFact, Probe } from '../../../src/module/index.ts'
import { attributesFor, planAttributes, type Wanted } from '../../lib/attributes.ts'
import { placeProbes, planFile, writeProbes, type FileOptions } from './one-file.ts'
import type { Destination } from '../destination.ts'
import { answer, needAll } from '../../lib/known.ts'
import { readTree, type Entry, type Side } from './source.ts'

export interface TreeOptions extends FileOptions {
  /** Mode of directories that are made; those that exist keep theirs. */
  directoryMode?: string
}

/** Everything to ask for a tree that goes to `root` on the host. */
export function copyTreeProbes(source: string, root: string, side: Side, options: TreeOptions, known: Facts): Probe[] {
  const tree = readTree(source, side, known)
  const places = tree.entries.flatMap((entry) => placeProbes(placeOf(root, entry)))
  const contents = tree.entries.flatMap((entry) => {
    const there = entry.kind === 'file' ? destinationAt(placeOf(root, entry), options, known) : undefined
    return there ? writeProbes({ path: entry.path, on: side.on, fact: entry.fact }, there, options) : []
  })
  return [...tree.asked, ...places, ...contents]
}

export function planTree(
  source: string,
  root: string,
  side: Side,
  options: TreeOptions,
  facts: Facts,
): { changes: Change[]; failed?: string } {
  const tree = readTree(source, side, facts)
  needAll(facts, tree.asked)
  const changes: Change[] = []
  for (const entry of tree.entries) {
    const path = placeOf(root, entry)
    const there = destinationAt(path, options, facts)
    needAll(facts, placeProbes(path))
    if (!there) continue
    if (entry.kind === 'link') {
      const fact = facts.need(placeProbes(path)[1])
      if (fact.type === 'directory') return inTheWay(path, fact)
      changes.push(...planLink(path, fact, entry.fact.target ?? '', options))
    } else if (entry.kind === 'directory') {
      if (there.fact.exists && there.fact.type !== 'directory') return inTheWay(path, there.fact)
      changes.push(...planDirectory(path, there.fact, options, entry))
    } else if (there.fact.type === 'directory') return inTheWay(path, there.fact)
    else changes.push(...planFile({ path: entry.path, on: side.on, fact: entry.fact }, there, options, facts))
  }
  return { changes, failed: tree.failed }
}

function inTheWay(path: string, { type }: FileFact): { changes: Change[]; failed: string } {
  return { changes: [], failed: `${path} is in the way: it is a ${type}` }
}

const placeOf = (root: string, entry: Entry): string => (entry.name === '' ? root : posix.join(root, entry.name))

/** Undefined while it is not known. */
function destinationAt(path: string, options: TreeOptions, facts: Facts): Destination | undefined {
  const [followed, bare] = placeProbes(path)
  const [target, here] = [answer(facts, followed), answer(facts, bare)]
  if (!target || !here) return undefined
  const isLink = here.type === 'link' && !options.follow && target.type !== 'directory'
  return { path, fact: isLink ? here : target }
}

function planDirectory(path: string, fact: FileFact, options: TreeOptions, entry: Entry): Change[] {
  const owners: Wanted = { owner: options.owner, group: options.group }
  // The root of the tree may be a directory that others share (src: conf/ into /etc): only what is made gets an owner.
  if (fact.exists) return entry.name === '' ? [] : planAttributes(path, fact, owners, { follow: true })
  return [
    {
      summary: `create directory ${path}`,
      after: { text: 'state: directory\n' },
      actions: [{ kind: 'mkdir', path, ...attributesFor({ ...owners, mode: options.directoryMode }, { exists: false }, true) }],
    },
  ]
}

function planLink(path: string, fact: FileFact, target: string, options: TreeOptions): Change[] {
  if (fact.type === 'link' && fact.target === target) return []
  if (fact.exists && !options.force) return []
  return [
    {
      summary: `link ${path} to ${target}`,
      before: fact.exists ? { text: `${fact.type}${fact.target === undefined ? '' : `: ${fact.target}`}\n` } : undefined,
      after: { text: `link: ${target}\n` },
      actions: [{ kind: 'symlink', path, target }],
    },
  ]
}
