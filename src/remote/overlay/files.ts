/** What the file system will look like once the planned actions are done, on top of what was observed. */
import { posix } from 'node:path'
import type { FileFact, Probe, TextsFact, TreeEntry } from '../probe.ts'
import { digestOf, isWanted } from '../texts/wanted.ts'
import { Unknown } from '../unknown.ts'

/** What is predicted of one path. */
export type Entry =
  | { state: 'absent'; reason: string }
  | { state: 'unknown'; reason: string }
  | {
      state: 'there'
      reason: string
      fact: Partial<FileFact>
      /** What was observed there, and below it, is gone. */
      anew: boolean
      /** The content is replaced (by what `fact` tells, or by something unknown). */
      replaced: boolean
      /** It changes where a symbolic link leads to, and the link stays. */
      follow: boolean
      /** A parent: there if it was not, and unchanged if it was. */
      implied: boolean
      /** Only attributes of what is there are set: if nothing is, nothing will be. */
      existing: boolean
      /** What it is like if it was not there before. */
      made: Partial<FileFact>
    }
type There = Extract<Entry, { state: 'there' }>

interface How {
  existing?: boolean
  replaced?: boolean
  follow?: boolean
  implied?: boolean
  made?: Partial<FileFact>
}

/** Names to numbers, for users and groups that are known. */
export interface Numbers {
  uid(owner: string): number | undefined
  gid(group: string): number | undefined
}

export class Files {
  #entries = new Map<string, Entry>()

  /** The prediction for exactly this path. */
  get(path: string): Entry | undefined {
    return this.#entries.get(clean(path))
  }

  /** Paths that are predicted to change, without the parents that are only there for them. */
  *changed(): Iterable<[string, Entry]> {
    for (const [path, entry] of this.#entries) if (entry.state !== 'there' || !entry.implied) yield [path, entry]
  }

  absent(path: string, reason: string): void {
    this.#dropBelow(clean(path))
    this.#entries.set(clean(path), { state: 'absent', reason })
  }

  unknown(path: string, reason: string): void {
    this.#dropBelow(clean(path))
    this.#entries.set(clean(path), { state: 'unknown', reason })
  }

  /** Something is there afterwards; `replaced`: with another content or type than before. */
  there(path: string, fact: Partial<FileFact>, reason: string, how: How = {}): void {
    const key = clean(path)
    const old = this.#entries.get(key)
    if (how.implied && old?.state === 'there') return
    // What is not known may be a link, through which a write goes.
    if (old?.state === 'unknown' && (!how.replaced || how.follow)) return
    const before = old?.state === 'there' ? old : undefined
    const implied = (how.implied ?? false) && (before?.implied ?? true)
    this.#entries.set(key, {
      state: 'there',
      reason,
      anew: old?.state === 'absent' || (before?.anew ?? this.#cover(key)?.state === 'absent'),
      fact: { ...(how.replaced ? attributesOf(before?.fact) : before?.fact), ...fact, exists: true },
      replaced: how.replaced || (before?.replaced ?? false),
      follow: how.follow ?? before?.follow ?? false,
      implied,
      existing: (how.existing ?? false) && (before?.existing ?? true),
      made: before?.made ?? how.made ?? {},
    })
  }

  /** Directories above a path that is made with its parents. */
  parents(path: string, made: Partial<FileFact>, reason: string): void {
    for (let parent = posix.dirname(clean(path)); parent !== '/' && parent !== '.'; parent = posix.dirname(parent)) {
      this.there(parent, { type: 'directory' }, reason, { implied: true, made })
    }
  }

  /** Everything at and below `from` is at `to` afterwards. */
  move(from: string, to: string, reason: string): void {
    const [source, target] = [clean(from), clean(to)]
    const moved = [...this.#entries].filter(([path]) => within(path, source))
    const own = this.#entries.get(source)
    this.absent(source, reason)
    // What was only observed there is not known under its new name.
    if (own?.state === 'there' && (own.anew || (own.replaced && own.fact.type !== 'directory'))) {
      this.#dropBelow(target)
      for (const [path, entry] of moved)
        this.#entries.set(target + path.slice(source.length), entry.state === 'there' ? { ...entry, anew: true } : entry)
    } else {
      this.unknown(target, reason)
    }
  }

  file(probe: Probe<'file'>, observed: FileFact, numbers: Numbers, depth = 0): FileFact | Unknown {
    const key = clean(probe.path)
    const entry = this.#entries.get(key)
    const cover = entry?.state === 'there' ? undefined : (entry ?? this.#cover(key))
    if (cover?.state === 'unknown') return new Unknown(cover.reason)
    if (cover?.state === 'absent') return { exists: false }
    if (entry?.state !== 'there') return observed
    if (entry.fact.type === 'link' && entry.replaced && probe.follow && depth < 10)
      return this.#linked(probe, entry, numbers, depth)
    if (entry.follow && observed.type === 'link' && !entry.anew) return observed
    return merge(entry, observed, probe, numbers)
  }

  tree(probe: Probe<'tree'>, observed: TreeEntry[], numbers: Numbers): TreeEntry[] | Unknown {
    const root = clean(probe.path)
    const found = new Map(observed.map((entry) => [entry.path, entry]))
    const names = new Set(found.keys())
    for (const path of this.#entries.keys())
      if (within(path, root)) names.add(path === root ? '' : path.slice(root === '/' ? 1 : root.length + 1))
    names.add('')
    for (const name of names) if (name.split('/').length > (probe.depth ?? Number.POSITIVE_INFINITY)) names.delete(name)
    const result: TreeEntry[] = []
    for (const name of names) {
      const path = name === '' ? root : posix.join(root, name)
      const fact = this.file(
        { kind: 'file', path, checksum: probe.checksum, follow: name === '' },
        found.get(name) ?? { exists: false },
        numbers,
      )
      if (fact instanceof Unknown) return fact
      if (fact.exists) result.push({ ...fact, path: name })
    }
    if (!result.some((entry) => entry.path === '')) return []
    return result.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  }

  texts(probe: Probe<'texts'>, observed: TextsFact, numbers: Numbers): TextsFact | Unknown {
    const root = clean(probe.path)
    const changed = [...this.changed()].map(([path]) => path)
    if (!changed.some((path) => within(path, root) || within(root, path))) return observed
    const below = changed.filter((path) => path !== root && within(path, root)).map((path) => path.slice(root === '/' ? 1 : root.length + 1))
    const files = new Map<string, string>()
    for (const name of new Set([...observed.files.keys(), ...below.filter((path) => isWanted(path, probe))])) {
      const text = observed.files.get(name)
      const fact = this.file(
        { kind: 'file', path: posix.join(root, name), follow: true, content: true },
        text === undefined ? { exists: false } : { exists: true, type: 'file', content: Buffer.from(text) },
        numbers,
      )
      if (fact instanceof Unknown) return fact
      if (fact.content) files.set(name, Buffer.from(fact.content).toString('utf8'))
    }
    return { sha256: digestOf(files), files }
  }

  /** What a predicted link leads to is known only when that is predicted as a whole. */
  #linked(probe: Probe<'file'>, entry: There, numbers: Numbers, depth: number): FileFact | Unknown {
    const target = posix.resolve(posix.dirname(clean(probe.path)), entry.fact.target ?? '')
    const there = this.#entries.get(target)
    const settled =
      there?.state === 'absent' ||
      (there?.state === 'there' && (there.anew || there.replaced)) ||
      this.#cover(target) !== undefined
    return settled ? this.file({ ...probe, path: target }, { exists: false }, numbers, depth + 1) : new Unknown(entry.reason)
  }

  /** What a prediction about a directory above means for a path: gone, or not known. */
  #cover(path: string): Exclude<Entry, There> | undefined {
    for (let at = path; at !== '/' && at !== '.'; ) {
      at = posix.dirname(at)
      const entry = this.#entries.get(at)
      if (!entry) continue
      if (entry.state !== 'there') return entry
      if (entry.fact.type === 'link' && entry.replaced) return { state: 'unknown', reason: entry.reason }
      if (entry.anew || (entry.replaced && entry.fact.type === 'file')) return { state: 'absent', reason: entry.reason }
    }
    return undefined
  }

  #dropBelow(path: string): void {
    for (const key of this.#entries.keys()) if (key !== path && within(key, path)) this.#entries.delete(key)
  }
}

function merge(
  entry: There,
  observed: FileFact,
  probe: { checksum?: boolean; content?: boolean },
  numbers: Numbers,
): FileFact | Unknown {
  if (!entry.anew && (entry.implied ? observed.exists : entry.existing && !observed.exists)) return observed
  const base: Partial<FileFact> =
    entry.anew || !observed.exists ? entry.made : entry.replaced ? attributesOf(observed) : observed
  const fact: FileFact = { ...base, ...entry.fact, exists: true }
  Object.assign(fact, numbered(fact, observed, numbers))
  if (fact.type === 'file' || fact.type === undefined) {
    if (probe.checksum && fact.sha256 === undefined) return new Unknown(entry.reason)
    if (probe.content && fact.content === undefined) return new Unknown(entry.reason)
  }
  if (!probe.checksum) delete fact.sha256
  if (!probe.content) delete fact.content
  return fact
}

/** Owner and group as both name and number, as far as that is known. */
function numbered(fact: Partial<FileFact>, observed: FileFact, numbers: Numbers): Partial<FileFact> {
  const result = { ...fact }
  if (fact.owner !== undefined && fact.uid === undefined) {
    if (/^\d+$/.test(fact.owner)) Object.assign(result, { uid: Number(fact.owner), owner: undefined })
    else result.uid = fact.owner === observed.owner ? observed.uid : numbers.uid(fact.owner)
  }
  if (fact.group !== undefined && fact.gid === undefined) {
    if (/^\d+$/.test(fact.group)) Object.assign(result, { gid: Number(fact.group), group: undefined })
    else result.gid = fact.group === observed.group ? observed.gid : numbers.gid(fact.group)
  }
  return result
}

function attributesOf(fact: Partial<FileFact> | undefined): Partial<FileFact> {
  if (!fact) return {}
  const { mode, uid, gid, owner, group } = fact
  return Object.fromEntries(Object.entries({ mode, uid, gid, owner, group }).filter(([, value]) => value !== undefined))
}

/** A path as a key: without `.`, `..`, double and closing slashes. */
export function clean(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal
}

/** Is `path` the root itself or below it? */
export function within(path: string, root: string): boolean {
  return path === root || path.startsWith(root === '/' ? '/' : `${root}/`)
}
