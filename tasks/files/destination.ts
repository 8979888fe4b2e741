/** Where a module that writes one file writes it: `dest`, or a name in the directory `dest`. */
import { posix } from 'node:path'
import { probe } from '../../src/module/index.ts'
import type { Change, Facts, FileFact, Probe } from '../../src/module/index.ts'
import { attributesFor } from '../lib/attributes.ts'
import { answer } from '../lib/known.ts'

/** Content up to this size is read to be shown in a diff. */
const SHOWN = 128 * 1024

export interface Wish {
  dest: string
  /** Name of the file when `dest` is a directory; undefined: `dest` must be the file. */
  name?: string
  /** Write through a link instead of replacing it. */
  follow: boolean
}

export interface Destination {
  path: string
  /** What is at the path; a link that is not followed is shown as the link. */
  fact: FileFact
  /** `dest` ends with a slash and is not there yet: make it. */
  makes?: string
  /** Why nothing can be written there. */
  failed?: string
}

const trim = (path: string): string => path.replace(/(?<=.)\/+$/, '')
const stat = (path: string) => probe.file({ path, follow: true, checksum: true })

/** All that is to be asked about the destination, as far as it is known yet. */
export function destinationProbes(wish: Wish, known: Facts): Probe[] {
  const dest = stat(trim(wish.dest))
  const found = answer(known, dest)
  // Mostly `dest` is the file itself: what that needs is asked at once, it costs nothing in the same round trip.
  if (!found)
    return [dest, probe.file({ path: trim(wish.dest) }), probe.file({ path: posix.dirname(trim(wish.dest)), follow: true })]
  const path = pathOf(wish, found)
  return [dest, stat(path), probe.file({ path }), probe.file({ path: posix.dirname(path), follow: true })]
}

/** The present content, for the diff: asked only when something changes. */
export function contentProbe(path: string): Probe<'file'> {
  return probe.file({ path, follow: true, content: true })
}

/** Probes for the diff of a file that will change. */
export function diffProbes(destination: Destination): Probe[] {
  const { path, fact } = destination
  return fact.type === 'file' && (fact.size ?? 0) <= SHOWN ? [contentProbe(path)] : []
}

/** Content for the diff, where it was asked. */
export function contentFor(path: string, facts: Facts): Uint8Array | undefined {
  return answer(facts, contentProbe(path))?.content
}

/** Undefined while not everything about it is known. */
export function destinationOf(wish: Wish, facts: Facts): Destination | undefined {
  const dest = answer(facts, stat(trim(wish.dest)))
  if (!dest) return undefined
  const path = pathOf(wish, dest)
  const followed = answer(facts, stat(path))
  const bare = answer(facts, probe.file({ path }))
  const parent = answer(facts, probe.file({ path: posix.dirname(path), follow: true }))
  if (!followed || !bare || !parent) return undefined
  const fact = bare.type === 'link' && !wish.follow && followed.type !== 'directory' ? bare : followed
  return { path, fact, ...problem(wish, dest, path, fact, parent) }
}

function problem(wish: Wish, dest: FileFact, path: string, fact: FileFact, parent: FileFact): Partial<Destination> {
  if (fact.type === 'directory') return { failed: `${path} is a directory: give the path of a file as dest` }
  if (parent.exists && parent.type !== 'directory') return { failed: `${posix.dirname(path)} is not a directory` }
  if (parent.exists) return {}
  if (wish.dest.endsWith('/') && !dest.exists) return { makes: posix.dirname(path) }
  return { failed: `Destination directory ${posix.dirname(path)} does not exist: make it first with file: state=directory` }
}

function pathOf(wish: Wish, dest: FileFact): string {
  const isDirectory = dest.type === 'directory' || wish.dest.endsWith('/')
  return isDirectory && wish.name !== undefined ? posix.join(wish.dest, wish.name) : trim(wish.dest)
}

/** The change that makes the directory which `dest` names with a slash. */
export function makeDirectory(path: string, wanted: { mode?: string; owner?: string; group?: string }): Change {
  return {
    summary: `create directory ${path}`,
    after: { text: 'state: directory\n' },
    actions: [{ kind: 'mkdir', path, ...attributesFor(wanted, { exists: false }, true) }],
  }
}
