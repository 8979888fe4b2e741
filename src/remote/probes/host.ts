/** What the asking of a probe needs to know about the host. */
import { safePath } from '../quote.ts'

export interface Host {
  /** Home directory of the user. */
  home: string
}

/** The path as the host's tools get it: `~` is the user's home directory, and nothing looks like an option. */
export function hostPath(path: string, host: Host): string {
  if (path === '~') return host.home
  if (path.startsWith('~/')) return `${host.home.replace(/\/$/, '')}/${path.slice(2)}`
  return safePath(path)
}
