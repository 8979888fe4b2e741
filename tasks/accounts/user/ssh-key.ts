/** `generate_ssh_key`: a key pair in the home directory of a user. */
import type { Change, RunAction } from '../../../src/module/index.ts'

export interface KeyRequest {
  name: string
  /** Absolute path of the private key. */
  file: string
  type: string
  bits?: number
  comment: string
  passphrase?: string
}

/** ssh-keygen asks for the passphrase twice, and takes the answers from standard input. */
export function keyChange(request: KeyRequest): Change {
  const words = [
    'ssh-keygen',
    '-q',
    '-t',
    request.type,
    ...(request.bits ? ['-b', String(request.bits)] : []),
    '-C',
    request.comment,
    '-f',
    request.file,
  ]
  const owner = request.name
  const directory = request.file.slice(0, request.file.lastIndexOf('/')) || '/'
  const file = { exists: true, type: 'file', owner } as const
  const run: RunAction = {
    kind: 'run',
    argv: words,
    stdin: `${request.passphrase ?? ''}\n${request.passphrase ?? ''}\n`,
    env: { SSH_ASKPASS_REQUIRE: 'never' },
    makes: [
      { kind: 'file', path: request.file, fact: { ...file, mode: 0o600 } },
      { kind: 'file', path: `${request.file}.pub`, fact: { ...file, mode: 0o644 } },
    ],
    complete: true,
  }
  return {
    summary: `make an ssh key for user ${owner} in ${request.file}`,
    actions: [
      { kind: 'mkdir', path: directory, mode: 0o700, owner },
      { ...run, ...(request.passphrase === undefined ? {} : { secret: true }) },
      { kind: 'attributes', paths: [request.file, `${request.file}.pub`], owner },
    ],
  }
}
