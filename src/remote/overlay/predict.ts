/** What an action will make true, in terms of the overlay's state. */
import { createHash } from 'node:crypto'
import type { Action, Attributes, Effect } from '../action.ts'
import type { FileFact, HttpRequest } from '../probe.ts'
import { clean, type Files } from './files.ts'

/** A file action, applied to the predicted file system. */
export function predictFiles(files: Files, action: Action): void {
  const reason = describe(action)
  switch (action.kind) {
    case 'write': {
      const sha256 = createHash('sha256').update(action.content).digest('hex')
      const fact: Partial<FileFact> = {
        type: 'file',
        size: action.content.byteLength,
        sha256,
        content: action.content,
        ...attributes(action),
      }
      if (action.mtime !== undefined) fact.mtime = action.mtime
      files.there(action.path, fact, reason, { replaced: true, follow: action.follow ?? true })
      return
    }
    case 'upload':
      files.there(action.path, { type: 'file', size: action.size, sha256: action.sha256, ...attributes(action) }, reason, {
        replaced: true,
        follow: action.follow ?? true,
      })
      return
    case 'mkdir':
      // A directory that is there keeps its attributes: they are given to those that are made.
      files.parents(action.path, attributes(action), reason)
      files.there(action.path, { type: 'directory' }, reason, { made: attributes(action) })
      return
    case 'attributes':
      for (const path of action.paths) {
        const times = { mtime: action.mtime, atime: action.atime }
        const known = Object.fromEntries(Object.entries(times).filter(([, value]) => typeof value === 'number'))
        files.there(path, { ...attributes(action), ...known }, reason, { existing: true, follow: action.follow })
      }
      return
    case 'symlink':
      files.there(action.path, { type: 'link', target: action.target }, reason, { replaced: true })
      return
    case 'hardlink':
    case 'copy': {
      const [from, to] = action.kind === 'copy' ? [action.from, action.to] : [action.target, action.path]
      if (clean(from) === clean(to) && action.kind === 'hardlink') return
      const source = files.get(from)
      if (source?.state === 'unknown' && action.kind === 'hardlink') {
        files.unknown(to, reason)
        return
      }
      const observed = action.kind === 'copy' && action.sha256 !== undefined ? { sha256: action.sha256, size: action.size } : {}
      const known = source?.state === 'there' && source.replaced ? pick(source.fact) : observed
      files.there(to, { type: 'file', ...known, ...attributes(action) }, reason, {
        replaced: true,
        follow: action.kind === 'copy',
      })
      return
    }
    case 'remove':
      files.absent(action.path, reason)
      return
    case 'rename':
      files.move(action.from, action.to, reason)
      return
  }
}

/** The effect of a command on a path. */
export function predictFileEffect(files: Files, effect: Extract<Effect, { kind: 'file' }>, reason: string): void {
  const { path, fact } = effect
  if (fact === 'unknown') {
    files.unknown(path, reason)
    return
  }
  if (fact.exists === false) return files.absent(path, reason)
  const replaced = fact.type === 'link' || fact.sha256 !== undefined || fact.content !== undefined
  files.there(path, fact, reason, { replaced: replaced || fact.type === 'file' })
}

const pick = ({ size, sha256, content }: Partial<FileFact>) => ({ size, sha256, content })

function attributes(action: Attributes | object): Partial<FileFact> {
  const { mode, owner, group } = action as Attributes
  const fact: Partial<FileFact> = {}
  if (mode !== undefined) fact.mode = mode
  if (owner !== undefined) Object.assign(fact, { owner, uid: undefined })
  if (group !== undefined) Object.assign(fact, { group, gid: undefined })
  return fact
}

/** Why something is not known: the planned action, without secrets. */
export function describe(action: Action): string {
  switch (action.kind) {
    case 'write':
    case 'upload':
      return `${action.path} would be written by an earlier task`
    case 'copy':
      return `${action.to} would be written by an earlier task`
    case 'mkdir':
    case 'symlink':
    case 'hardlink':
      return `${action.path} would be made by an earlier task`
    case 'attributes':
      return `${action.paths[0]} would be changed by an earlier task`
    case 'remove':
      return `${action.path} would be removed by an earlier task`
    case 'rename':
      return `${action.from} would be renamed to ${action.to} by an earlier task`
    case 'run':
      return `what '${commandOf(action)}' would do is not known before it runs`
    case 'http':
      return `what the answer to ${action.secret ? 'a request' : requestOf(action.request)} would change is not known before it is sent`
  }
}

/** Method and address, without a password or a query. */
const requestOf = ({ method, url }: HttpRequest) => `${method ?? 'GET'} ${url.replace(/\?.*$/, '').replace(/\/\/[^/@]*@/, '//')}`

function commandOf(action: Extract<Action, { kind: 'run' }>): string {
  if (action.script !== undefined) return action.secret ? 'a script' : short(action.script.trim().split('\n')[0] ?? '')
  return action.secret ? (action.argv?.[0] ?? '') : short((action.argv ?? []).join(' '))
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
