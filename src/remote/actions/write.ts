/** Actions that put content in the place of a file: written beside it, checked, and renamed. */
import type { Action, Attributes, UploadAction, WriteAction } from '../action.ts'
import { hostPath, type Host } from '../probes/host.ts'
import { argument, quote, sh } from '../quote.ts'
import type { Request } from '../request.ts'

type CopyAction = Extract<Action, { kind: 'copy' }>

/** Lines of the body; `number` is the action's, for the names of what it reports. */
export function writeBody(request: Request, action: WriteAction, number: number, host: Host): string[] {
  const content = request.payload(action.content)
  return [
    ...begin(action.path, action.follow ?? true, host),
    `_beside; cat -- ${content} >"$_t" || exit 1`,
    ...finish(action, number, host),
  ]
}

export function copyBody(action: CopyAction, number: number, host: Host): string[] {
  const from = hostPath(action.from, host)
  return [
    sh`[ -e ${from} ] || _die ${`${from} does not exist`}; [ -f ${from} ] || _die ${`${from} is not a regular file`}`.text,
    ...begin(action.to, true, host),
    sh`_beside; cat -- ${from} >"$_t" || exit 1`.text,
    ...finish(action, number, host),
  ]
}

/** `uploads` counts the uploads of the request so far: the shell knows them by number. */
export function uploadBody(request: Request, action: UploadAction, number: number, uploads: number, host: Host): string[] {
  const path = hostPath(action.path, host)
  const directory = path.slice(0, path.lastIndexOf('/')) || '/'
  const name = request.name('p')
  request.upload(action.local, action.size, (size) => sh`_receive ${size} ${directory} ${name}`)
  return [
    ...begin(action.path, action.follow ?? true, host),
    sh`_uploaded ${uploads} ${action.sha256}`.text,
    ...finish(action, number, host),
  ]
}

function begin(path: string, follow: boolean, host: Host): string[] {
  const target = quote(hostPath(path, host))
  return [follow ? `_resolve ${target}` : `_p=${target}`, '_begin_write']
}

interface Finish extends Attributes { backup?: boolean; validate?: string[]; mtime?: number }

function finish(action: Finish, number: number, host: Host): string[] {
  return [
    ...(action.validate ? validation(action.validate, number, host) : []),
    'LC_ALL=C; export LC_ALL',
    sh`_attributes ${ownerOf(action)} ${modeOf(action)}`.text,
    ...(action.mtime === undefined ? [] : [sh`touch -d ${`@${action.mtime}`} -- "$_t" || exit 1`.text]),
    ...(action.backup ? [`_backup "$_p" b${number}`] : []),
    '_place "$_p"',
  ]
}

/** The command that judges the candidate; `%s` stands for its path. */
function validation(argv: string[], number: number, host: Host): string[] {
  const words = argv.map((word, index) =>
    word
      .split('%s')
      .map((piece) => (piece === '' ? '' : index === 0 && piece.startsWith('~') ? quote(hostPath(piece, host)) : argument(piece)))
      .join('"$_t"') || "''",
  )
  return [`( umask "$_um"; ${words.join(' ')} ) || { echo $? >"$_R/v${number}"; exit 1; }`]
}

/** `user:group` as chown takes it, '' when neither is given. */
export function ownerOf({ owner, group }: Attributes): string {
  if (owner === undefined && group === undefined) return ''
  return `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
}

export function modeOf({ mode }: Attributes): string {
  if (mode === undefined) return ''
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) throw new Error(`${mode} is not a mode: expected 0 to 07777 in octal`)
  // Five digits: only then does chmod take the set-group-ID bit away from a directory.
  return mode.toString(8).padStart(5, '0')
}

