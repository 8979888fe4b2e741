/** One file of a copy: does it differ, what has to be read, and the change. */
import { arg, probe } from '../../../src/module/index.ts'
import type { Change, Facts, FileFact, Probe } from '../../../src/module/index.ts'
import { attributesFor, planAttributes, type Wanted } from '../../lib/attributes.ts'
import { hashOf, unreadSide } from '../../lib/content.ts'
import { contentFor, diffProbes, type Destination } from '../destination.ts'
import { showMode } from '../../lib/mode.ts'
import { LARGE, readContent, sourceContent, type Side } from './source.ts'
import { alsoSets, writeChange, type Target } from '../../lib/write.ts'

/** Where the content comes from. */
export type Source = { content: Uint8Array } | { path: string; on: Side['on']; fact: FileFact }

export interface FileOptions extends Wanted {
  backup: boolean
  validate?: string[]
  follow: boolean
  force: boolean
  secret?: boolean
}

/** Arguments that decide whether and how a file that is there is replaced. */
export const replaceArgs = {
  force: arg.boolean.default(true).describe('Replace a file whose content differs; false: only write what is missing.'),
  follow: arg.boolean.default(false).describe('Write through a symbolic link at dest; false: replace the link.'),
}

/** The options among the arguments of a module. */
export function fileOptions({ mode, owner, group, backup, validate, follow, force }: FileOptions): FileOptions {
  return { mode, owner, group, backup, validate, follow, force }
}

/** The SHA-256 of the source. */
export const shaOf = (source: Source): string | undefined => ('content' in source ? hashOf(source.content) : source.fact.sha256)

/** Only hashes are compared. */
export function differs(source: Source, destination: Destination): boolean {
  return destination.fact.type !== 'file' || destination.fact.sha256 !== shaOf(source)
}

/** What must be read before a file that differs can be written and shown. */
export function writeProbes(source: Source, destination: Destination, options: FileOptions): Probe[] {
  if (!differs(source, destination) || (!options.force && destination.fact.exists)) return []
  const read =
    'path' in source && source.on === 'controller' && (source.fact.size ?? 0) <= LARGE ? [sourceContent(source.path)] : []
  return [...read, ...diffProbes(destination)]
}

export function planFile(source: Source, destination: Destination, options: FileOptions, facts: Facts): Change[] {
  const { path, fact } = destination
  if (!options.force && fact.exists) return []
  const target: Target = { ...options, path, fact: fact.type === 'link' ? { ...fact, mode: undefined } : fact }
  if (options.mode === 'preserve')
    target.mode = 'path' in source && source.fact.mode !== undefined ? showMode(source.fact.mode) : undefined
  if (!differs(source, destination)) return planAttributes(path, fact, target, { follow: options.follow })
  const before = contentFor(path, facts)
  if ('content' in source) return [writeChange(target, source.content, before)]
  const content = source.on === 'controller' ? readContent(source.path, facts) : undefined
  return [content ? writeChange(target, content, before) : transfer(source, target)]
}

/** A file that is not read here: streamed from the controller, or copied on the host. */
function transfer(source: { path: string; on: Side['on']; fact: FileFact }, target: Target): Change {
  const { path, fact, backup, validate } = target
  const { sha256 = '', size = 0 } = source.fact
  const common = { ...attributesFor(target, fact), ...(backup && fact.exists && { backup }), ...(validate && { validate }) }
  return {
    summary: `${fact.exists ? 'change' : 'create'} ${path}${alsoSets(target)}`,
    before: fact.exists ? unreadSide(fact.size, fact.sha256, { label: path }) : undefined,
    after: unreadSide(size, sha256, { label: path }),
    actions: [
      source.on === 'controller'
        ? { kind: 'upload', path, local: source.path, sha256, size, ...common, follow: target.follow }
        : { kind: 'copy', from: source.path, to: path, sha256, size, ...common },
    ],
  }
}

/** The probes by which a file of a tree is compared with its place on the host. */
export function placeProbes(path: string): [Probe<'file'>, Probe<'file'>] {
  return [probe.file({ path, follow: true, checksum: true }), probe.file({ path })]
}
