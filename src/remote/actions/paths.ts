/** Actions on paths that need no content. */
import type { Action } from '../action.ts'
import { hostPath, type Host } from '../probes/host.ts'
import { normal } from '../probes/mount.ts'
import { chunks, quote, sh } from '../quote.ts'
import { modeOf, ownerOf } from './write.ts'

export type PathAction = Extract<Action, { kind: 'mkdir' | 'attributes' | 'symlink' | 'hardlink' | 'remove' | 'rename' }>

export function pathBody(action: PathAction, host: Host): string[] {
  return ['LC_ALL=C; export LC_ALL', ...steps(action, host)]
}

function steps(action: PathAction, host: Host): string[] {
  const at = (path: string) => hostPath(path, host)
  switch (action.kind) {
    case 'mkdir':
      return [sh`umask "$_um"; _mkdir ${normal(at(action.path))} ${ownerOf(action)} ${modeOf(action)}`.text]
    case 'attributes':
      return chunks([...new Set(action.paths)]).flatMap((paths) => attributes({ ...action, paths }, host))
    case 'symlink':
      return [sh`_link ${at(action.path)} -s -- ${action.target}`.text]
    case 'hardlink': {
      const [path, target] = [at(action.path), at(action.target)]
      // Renaming a name of a file over another name of it does nothing.
      return [sh`[ ${target} -ef ${path} ] || _link ${path} -- ${target}`.text]
    }
    case 'remove':
      return [sh`_remove ${removable(at(action.path))}`.text]
    case 'rename':
      return [sh`_parent ${at(action.to)}; mv -fT -- ${at(action.from)} ${at(action.to)}`.text]
  }
}

function attributes(action: Extract<PathAction, { kind: 'attributes' }>, host: Host): string[] {
  const paths = action.paths.map((path) => quote(hostPath(path, host))).join(' ')
  const noFollow = action.follow ? '' : '-h'
  const time = (option: string, value: number | 'now') =>
    `touch -c ${noFollow} ${option} -d ${quote(value === 'now' ? 'now' : `@${value}`)} -- ${paths} || exit 1`
  return [
    sh`_state ${noFollow} ${ownerOf(action)} ${modeOf(action)} `.text + paths,
    ...(action.mtime === undefined ? [] : [time('-m', action.mtime)]),
    ...(action.atime === undefined ? [] : [time('-a', action.atime)]),
  ]
}

/** A path that may be removed with everything below. */
function removable(path: string): string {
  const clean = normal(path)
  if (clean === '/' || clean === '' || clean === '.' || /(^|\/)\.\.$/.test(clean)) {
    throw new Error(`'${path}' is never removed: name the file or directory itself`)
  }
  return clean
}
