/** Where an archive is, how it is listed there, and how its members get to the host. */
import { posix } from 'node:path'
import { probe } from '../../../src/module/index.ts'
import type { Action, Effect, Facts, FileFact, Probe } from '../../../src/module/index.ts'
import { extractCommand, listCommand, sameTime, type Choice, type Format, type Member } from './formats.ts'
import { answer } from '../../lib/known.ts'
import { downloadCommand, downloader, downloadProbes, type Download } from '../download/command.ts'

export type Archive =
  | { from: 'controller' | 'host'; path: string; format: Format }
  | { from: 'url'; download: Download; format: Format }

/** The question what is in it. Undefined: it can't be asked yet, or (see `downloader`) at all. */
export function listingProbe(archive: Archive, choice: Choice, facts: Facts): Probe<'command'> | undefined {
  const env = { TZ: 'UTC0', LC_ALL: 'C.UTF-8' }
  if (archive.from !== 'url') {
    return probe.command({
      argv: listCommand(archive.format, archive.path, choice),
      env,
      on: archive.from,
      reads: [archive.path],
      timeout: 600,
    })
  }
  if (!downloadProbes.every((asked) => answer(facts, asked))) return undefined
  const program = downloader(archive.download, facts)
  if (typeof program === 'object') return undefined
  const command = downloadCommand(archive.download, program, listCommand(archive.format, '@file@', choice))
  return probe.command({ ...command, env, reads: [archive.download.url], timeout: 3600 })
}

/** Extracts and removes the archive that was sent, whatever comes of it. */
const EXTRACT_SENT = 'sent=$1; shift; "$@"; rc=$?; rm -f -- "$sent"; exit "$rc"'

export interface Extraction extends Choice {
  dest: string
  keepNewer: boolean
  members: Member[]
}

/** The actions that bring the members to `dest`. */
export function extractActions(
  archive: Archive,
  wish: Extraction,
  source: FileFact | undefined,
  facts: Facts,
): Action[] | { failed: string } {
  const makes = wish.members.map((member): Effect => effectOf(wish.dest, member))
  const common = { kind: 'run', makes, complete: true } as const
  if (archive.from === 'host') return [{ ...common, argv: extractCommand(archive.format, archive.path, wish.dest, wish) }]
  if (archive.from === 'url') {
    const program = downloader(archive.download, facts)
    if (typeof program === 'object') return program
    return [
      { ...common, ...downloadCommand(archive.download, program, extractCommand(archive.format, '@file@', wish.dest, wish)) },
    ]
  }
  const sent = posix.join(wish.dest, `.${posix.basename(archive.path)}.aarun-archive`)
  return [
    { kind: 'upload', path: sent, local: archive.path, sha256: source?.sha256 ?? '', size: source?.size ?? 0, mode: 0o600 },
    {
      ...common,
      argv: ['sh', '-c', EXTRACT_SENT, 'sh', sent, ...extractCommand(archive.format, sent, wish.dest, wish)],
      makes: [...makes, { kind: 'file', path: sent, fact: { exists: false } }],
    },
  ]
}

function effectOf(dest: string, { name, type, size, mtime }: Member): Effect {
  const path = posix.join(dest, name)
  if (type === 'directory') return { kind: 'file', path, fact: { exists: true, type } }
  if (type !== 'file') return { kind: 'file', path, fact: 'unknown' }
  return { kind: 'file', path, fact: { exists: true, type, size, ...(mtime !== undefined && { mtime }) } }
}

/** Is the member on the host as it is in the archive? */
export function isThere(format: Format, member: Member, fact: FileFact, keepNewer: boolean): boolean {
  if (!fact.exists) return false
  if (member.type === 'other') return true
  if (member.type !== fact.type) return false
  if (member.type !== 'file') return true
  if (keepNewer && member.mtime !== undefined && (fact.mtime ?? 0) > member.mtime) return true
  return fact.size === member.size && sameTime(format, member.mtime, fact.mtime)
}
