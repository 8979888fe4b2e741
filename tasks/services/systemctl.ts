/** How systemctl is called: for the system, or for the user's own systemd. */
import type { RunAction } from '../../src/module/index.ts'

/** Fixed text: the user's systemd is found by this directory, which a plain ssh session may not know. */
const USER_SYSTEMCTL =
  'XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}\nexport XDG_RUNTIME_DIR\nexec systemctl --user "$@"\n'

export function systemctl(scope: 'system' | 'user', words: string[]): RunAction {
  return scope === 'user' ? { kind: 'run', script: USER_SYSTEMCTL, args: words } : { kind: 'run', argv: ['systemctl', ...words] }
}
