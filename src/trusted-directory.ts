/** Directories whose files may be taken as the program's own: nobody but this user and root can have put them there. */
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import process from 'node:process'

const writableByOthers = 0o022
const sticky = 0o1000

/**
 * The real path of the directory, if it and all above it belong to this user or to root and nobody else can write them;
 * else undefined. A sticky directory such as /tmp may stand above: what is ours there nobody else can rename.
 */
export function trustedPath(directory: string): string | undefined {
  const uid = process.getuid?.()
  if (uid === undefined || !isAbsolute(directory)) return undefined
  try {
    const real = realpathSync(directory)
    for (let at = real; ; at = dirname(at)) {
      const stat = lstatSync(at)
      const shared = at !== real && (stat.mode & sticky) !== 0
      if (!stat.isDirectory() || (stat.uid !== uid && stat.uid !== 0)) return undefined
      if ((stat.mode & writableByOthers) !== 0 && !shared) return undefined
      if (dirname(at) === at) return real
    }
  } catch {
    // It is not there, or what is above it can't be looked at.
    return undefined
  }
}

/** Makes the directory, and gives its real path; undefined where this user can't make it, or it can't be trusted. */
export function makeTrusted(directory: string): string | undefined {
  let above = directory
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above)
  const parent = trustedPath(above)
  // In a home that is somebody else's (sudo keeps HOME) nothing is made.
  if (parent === undefined || lstatSync(parent).uid !== process.getuid?.()) return undefined
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 })
  } catch {
    return undefined
  }
  return trustedPath(directory)
}

/** Where things of that name are kept for this user between runs. */
export function userCache(name: string): string {
  const xdg = process.env['XDG_CACHE_HOME']
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'aarun', name)
}
