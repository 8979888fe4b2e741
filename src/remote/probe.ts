/**
 * Probes: typed, read-only questions to a host, and the facts that answer them.
 *
 * A probe is plain data, so that a batch of them can be merged into few commands, cached by key and answered from the
 * predicted facts of check mode. A module names probes; only `src/remote` knows how they are asked.
 */

/** What a file system path is. `exists: false` means that nothing is there (or nothing that we may see). */
export interface FileFact {
  exists: boolean
  type?: 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'char' | 'block'
  /** Permission bits, 0 to 0o7777. */
  mode?: number
  uid?: number
  gid?: number
  owner?: string
  group?: string
  /** Bytes. */
  size?: number
  /** Seconds since the epoch. */
  mtime?: number
  atime?: number
  ctime?: number
  inode?: number
  dev?: number
  nlink?: number
  /** Where a symbolic link points, as written in it. */
  target?: string
  /** Lower-case hex, of regular files, when asked for. */
  sha256?: string
  /** Whole content of a regular file, when asked for. */
  content?: Uint8Array
  /** True when the path is itself a mount point. */
  mountPoint?: boolean
}

/** An entry of a tree: its path relative to the root of the tree ('' is the root), and what it is. */
export type TreeEntry = FileFact & { path: string }

/** Small text files, by their paths below the place that was asked for. */
export interface TextsFact {
  /** Stands for the names and contents of all of them. */
  sha256: string
  /** Empty where nothing is there. */
  files: ReadonlyMap<string, string>
}

export interface CommandFact {
  /** False: the program was not found; then rc is 127. */
  found: boolean
  rc: number
  stdout: string
  stderr: string
}

export interface UserFact {
  exists: boolean
  uid?: number
  gid?: number
  /** Name of the primary group. */
  group?: string
  /** Names of all supplementary groups. */
  groups?: string[]
  home?: string
  shell?: string
  comment?: string
  /** Hash in /etc/shadow when it may be read. */
  passwordHash?: string
}

export interface GroupFact { exists: boolean; gid?: number; members?: string[] }
export interface PackageFact {
  /** apt, dnf, yum, apk, zypper, pacman; undefined when no manager is known. */
  manager?: string
  /** Installed version; undefined when it is not installed. */
  installed?: string
}
export interface UnitFact {
  /** systemd, sysv or none: what manages services on the host. */
  manager: 'systemd' | 'sysv' | 'none'
  exists: boolean
  active: boolean
  enabled: boolean
  masked?: boolean
  /** ActiveState/SubState/… as `systemctl show` gives them. */
  status?: Record<string, string>
}
export interface MountFact { mounted: boolean; source?: string; fstype?: string; options?: string[] }
export interface SysctlFact { value?: string }
/** Is somebody answering at host:port, seen from the host that is asked. */
export interface PortFact { open: boolean }
export interface ProgramFact { path?: string }
export interface HttpFact {
  /** 0 when no answer came; then `error` says why. */
  status: number
  headers: Record<string, string>
  body: Uint8Array
  error?: string
}
/** How far the host's clock is before ours, in seconds: at least `least`, at most `most`. The way there takes time, so it is never exact. */
export interface ClockFact { least: number; most: number }
export interface ZipFact {
  exists: boolean
  /** Why it can't be read as a whole: one sentence without its path. */
  problem?: string
  /** Every file in it. */
  names: string[]
  /** Bytes of all files when they are unpacked. */
  size: number
  /** Text of the files that were asked for and are there. */
  texts: Record<string, string>
}
/** `ansible_facts`, without the `ansible_` prefix. */
export type SystemFact = Record<string, unknown>

interface On {
  /** Where to ask: the target host (default), or the machine on which aarun runs. */
  on?: 'host' | 'controller'
}

export interface HttpRequest {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: Uint8Array
  /** Verify the server's certificate (default true). */
  verify?: boolean
  /** PEM file on the host that asks; trusted instead of the system's. */
  caPath?: string
  clientCert?: string
  clientKey?: string
  /** Seconds, default 30. */
  timeout?: number
  followRedirects?: boolean
  /** Connect to this host:port whatever the URL says (like curl --connect-to). */
  connectTo?: string
}

/** The question and the answer of each kind of probe. */
export interface Kinds {
  /** stat, and on request hash and content, of one path. `follow`: what a symbolic link leads to (default false). */
  file: { ask: { path: string; follow?: boolean; checksum?: boolean; content?: boolean }; fact: FileFact }
  /**
   * Everything below a directory; [] when it does not exist. Never crosses mount points. Sorted by path. `depth`: so many
   * levels below it (default all).
   */
  tree: { ask: { path: string; checksum?: boolean; depth?: number }; fact: TreeEntry[] }
  /**
   * The texts of many small files below a directory: the files and folders `in` it, of which those that `names` match (`*`
   * is any text). Links are followed. A host tells their hash first, and sends them only if nothing with that hash was
   * read in this run. On the controller the path may be a zip, whose one folder at the top is no part of the paths.
   */
  texts: { ask: { path: string; in: string[]; names: string[] }; fact: TextsFact }
  /**
   * A read-only command. `reads` names what its answer depends on: absolute paths, or other resources such as
   * 'tcp:127.0.0.1:5432'; when a planned change touches one of them the answer is Unknown in check mode.
   * `secret`: stdin, env and output are masked. A command that changes anything does not belong here.
   */
  command: {
    ask: {
      argv: string[]
      stdin?: string | Uint8Array
      env?: Record<string, string>
      cwd?: string
      /** Seconds, default 60. */
      timeout?: number
      reads?: string[]
      secret?: boolean
    }
    fact: CommandFact
  }
  user: { ask: { name: string }; fact: UserFact }
  group: { ask: { name: string }; fact: GroupFact }
  package: { ask: { name: string; manager?: string }; fact: PackageFact }
  unit: { ask: { name: string; scope?: 'system' | 'user' }; fact: UnitFact }
  mount: { ask: { path: string }; fact: MountFact }
  sysctl: { ask: { key: string }; fact: SysctlFact }
  /** `timeout`: seconds for the connection, default 5. */
  port: { ask: { host: string; port: number; timeout?: number }; fact: PortFact }
  program: { ask: { name: string }; fact: ProgramFact }
  /** A GET or HEAD request made by the host. */
  http: { ask: HttpRequest; fact: HttpFact }
  system: { ask: { subset?: string[] }; fact: SystemFact }
  clock: { ask: { name: 'clock' }; fact: ClockFact }
  /** What is in a zip: only `on: 'controller'`. `read`: files whose text is wanted, by their names in it or below its one folder. */
  zip: { ask: { path: string; read?: string[] }; fact: ZipFact }
}

export type ProbeKind = keyof Kinds
export type Probe<K extends ProbeKind = ProbeKind> = { [P in K]: { kind: P } & On & Kinds[P]['ask'] }[K]
export type Fact<K extends ProbeKind = ProbeKind> = Kinds[K]['fact']

/** Asked several times of the same object, while a task is planned. */
const keys = new WeakMap<Probe, string>()

/** A probe's identity: two probes with the same key have the same answer. */
export function probeKey(probe: Probe): string {
  const known = keys.get(probe)
  if (known !== undefined) return known
  const key = canonical(probe)
  keys.set(probe, key)
  return key
}

/** As JSON, whatever the order in which an object's fields were set. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

/** Builders, so that a module reads `probe.file({ path })`. */
export const probe = {
  file: (ask: Kinds['file']['ask'] & On): Probe<'file'> => ({ kind: 'file', ...ask }),
  tree: (ask: Kinds['tree']['ask'] & On): Probe<'tree'> => ({ kind: 'tree', ...ask }),
  texts: (ask: Kinds['texts']['ask'] & On): Probe<'texts'> => ({ kind: 'texts', ...ask }),
  command: (ask: Kinds['command']['ask'] & On): Probe<'command'> => ({ kind: 'command', ...ask }),
  user: (ask: Kinds['user']['ask'] & On): Probe<'user'> => ({ kind: 'user', ...ask }),
  group: (ask: Kinds['group']['ask'] & On): Probe<'group'> => ({ kind: 'group', ...ask }),
  package: (ask: Kinds['package']['ask'] & On): Probe<'package'> => ({ kind: 'package', ...ask }),
  unit: (ask: Kinds['unit']['ask'] & On): Probe<'unit'> => ({ kind: 'unit', ...ask }),
  mount: (ask: Kinds['mount']['ask'] & On): Probe<'mount'> => ({ kind: 'mount', ...ask }),
  sysctl: (ask: Kinds['sysctl']['ask'] & On): Probe<'sysctl'> => ({ kind: 'sysctl', ...ask }),
  port: (ask: Kinds['port']['ask'] & On): Probe<'port'> => ({ kind: 'port', ...ask }),
  program: (ask: Kinds['program']['ask'] & On): Probe<'program'> => ({ kind: 'program', ...ask }),
  http: (ask: Kinds['http']['ask'] & On): Probe<'http'> => ({ kind: 'http', ...ask }),
  system: (ask: Kinds['system']['ask'] & On = {}): Probe<'system'> => ({ kind: 'system', ...ask }),
  clock: (): Probe<'clock'> => ({ kind: 'clock', name: 'clock' }),
  zip: (ask: Kinds['zip']['ask']): Probe<'zip'> => ({ kind: 'zip', on: 'controller', ...ask }),
}
