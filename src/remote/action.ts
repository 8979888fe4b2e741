/**
 * Actions: the typed steps that make a change so, and the effects by which each says which facts it makes true.
 *
 * Actions are plain data (a saved plan is nothing but these). `src/remote` turns them into shell; nothing else does.
 */
import type { CommandFact, Fact, FileFact, GroupFact, HttpFact, HttpRequest, MountFact, PackageFact, Probe, UnitFact, UserFact } from './probe.ts'

/** Attributes of a path; what is undefined is left as it is (a new file: 0666/0777 less umask, the running user). */
export interface Attributes { mode?: number; owner?: string; group?: string }

/** A fact that an action makes true; `'unknown'` where it changes something in a way that can't be told beforehand. */
export type Effect =
  | { kind: 'file'; path: string; fact: Partial<FileFact> | 'unknown' }
  | { kind: 'user'; name: string; fact: Partial<UserFact> }
  | { kind: 'group'; name: string; fact: Partial<GroupFact> }
  | { kind: 'package'; name: string; fact: PackageFact }
  | { kind: 'unit'; name: string; fact: Partial<UnitFact> }
  | { kind: 'mount'; path: string; fact: MountFact }
  | { kind: 'sysctl'; key: string; value: string }
  | { kind: 'port'; host: string; port: number; open: boolean }
  | { kind: 'program'; name: string; path: string | 'unknown' }
  /** The answer of exactly this probe from now on. */
  | { kind: 'probe'; probe: Probe; fact: Fact }
  /** All answers that depend on this resource (see CommandProbe.reads) are unknown from now on. */
  | { kind: 'touched'; resource: string; reason: string }

interface On { on?: 'host' | 'controller' }

export interface WriteAction extends On, Attributes {
  kind: 'write'
  path: string
  content: Uint8Array
  /** Keep what was there as `PATH.TIMESTAMP~`, beside it. */
  backup?: boolean
  /** Run on the candidate before it replaces the file; `%s` in an argument stands for its path; rc 0 accepts it. */
  validate?: string[]
  /** Write through a symbolic link instead of replacing it (default true, as Ansible's copy does). */
  follow?: boolean
  /** Time stamp to set, seconds since the epoch. */
  mtime?: number
  /** Content is secret: never shown. */
  secret?: boolean
}

/** Send a file of the controller, streamed, for what is too large to hold in memory. */
export interface UploadAction extends On, Attributes { kind: 'upload'; path: string; local: string; sha256: string; size: number; backup?: boolean; validate?: string[]; follow?: boolean }

export interface RunAction extends On {
  kind: 'run'
  /** Program and arguments, never through a shell … */
  argv?: string[]
  /** … or the text of a script that a user wrote, given to `shell` as a file. */
  script?: string
  /** Default /bin/sh. */
  shell?: string
  /** Arguments of the script. */
  args?: string[]
  stdin?: string | Uint8Array
  env?: Record<string, string>
  cwd?: string
  umask?: string
  /** Seconds; default none. A run that takes longer is ended with its children. */
  timeout?: number
  /** Return codes that count as success, default [0]. A module that judges for itself gives 'any'. */
  success?: number[] | 'any'
  /** Show its output under the task while it runs. */
  stream?: boolean
  /** Arguments and output are masked. */
  secret?: boolean
  /** What it makes true. Without `complete` it may do more, and nobody knows what. */
  makes?: Effect[]
  /** `makes` tells all that later tasks could ask about. */
  complete?: boolean
}

export type Action =
  | WriteAction
  | UploadAction
  | RunAction
  /** Make a directory and its missing parents; attributes go to those that are made. */
  | ({ kind: 'mkdir'; path: string } & Attributes & On)
  /** Set attributes; `paths` lets one action serve many. `mtime`/`atime`: seconds, or 'now'. Links are not followed unless `follow`. */
  | ({ kind: 'attributes'; paths: string[]; mtime?: number | 'now'; atime?: number | 'now'; follow?: boolean } & Attributes & On)
  | ({ kind: 'symlink'; path: string; target: string } & On)
  | ({ kind: 'hardlink'; path: string; target: string } & On)
  /** Remove a file, or a tree. Fails, before anything is removed, when a mount point is at or below the path. */
  | ({ kind: 'remove'; path: string } & On)
  | ({ kind: 'rename'; from: string; to: string } & On)
  /** Copy a file on the host itself, written beside and renamed. `sha256` and `size` are what was observed of it, for predictions. */
  | ({ kind: 'copy'; from: string; to: string; backup?: boolean; validate?: string[]; sha256?: string; size?: number } & Attributes & On)
  /** A request that changes something (POST, PUT, DELETE …). `success`: status codes that count as success, default 200 to 399. */
  | ({ kind: 'http'; request: HttpRequest; success?: number[] | 'any'; makes?: Effect[]; complete?: boolean; secret?: boolean } & On)

/** What came of an action. */
export interface Outcome extends Partial<CommandFact> {
  ok: boolean
  /** Why not, in one line that a person can act on. */
  error?: string
  /** Where a backup was kept. */
  backup?: string
  http?: HttpFact
  /** Seconds since the epoch, with fraction. */
  start?: number
  end?: number
}
