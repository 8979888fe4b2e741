/** `creates` and `removes`: a path or a shell pattern, and whether something is there. */
import { type Facts, type Probe, probe, Unknown } from '../../src/module/index.ts'

/** The probe that tells whether anything matches. */
export function existsProbe(path: string): Probe {
  const glob = parseGlob(path)
  if (!glob) return probe.file({ path, follow: true })
  // The depth is fixed, so that a `*` can't reach across a slash.
  const depth = String(glob.depth)
  return probe.command({
    argv: ['find', glob.base, '-mindepth', depth, '-maxdepth', depth, '-path', glob.pattern],
    reads: [glob.base],
  })
}

/** The first path that is there, undefined when there is none. */
export function existing(path: string, facts: Facts): string | undefined | Unknown {
  const glob = parseGlob(path)
  if (!glob) {
    const fact = facts.get(probe.file({ path, follow: true }))
    if (fact instanceof Unknown) return fact
    return fact.exists ? path : undefined
  }
  const fact = facts.get(existsProbe(path) as Probe<'command'>)
  if (fact instanceof Unknown) return fact
  return fact.stdout.split('\n').find((found) => found !== '' && !hidden(found, glob.pattern))
}

/** True when the text holds a wildcard. */
export function isGlob(path: string): boolean {
  return parseGlob(path) !== undefined
}

function parseGlob(path: string): { base: string; pattern: string; depth: number } | undefined {
  const segments = path.split('/').filter((segment, index) => segment !== '' || index === 0)
  const first = segments.findIndex((segment) => /[*?[]/.test(segment))
  if (first < 0) return undefined
  const base = segments.slice(0, first).join('/') || (path.startsWith('/') ? '/' : '.')
  const rest = segments.slice(first).join('/')
  const prefix = base === '/' ? '' : base.replace(/[\\*?[]/g, '\\$&')
  return { base: base.startsWith('-') ? `./${base}` : base, pattern: `${prefix}/${rest}`, depth: segments.length - first }
}

/** As in a shell, a wildcard at the start of a name does not match a leading dot. */
function hidden(found: string, pattern: string): boolean {
  const names = found.split('/').reverse()
  const parts = pattern.split('/').reverse()
  return parts.some((part, index) => /^[*?[]/.test(part) && (names[index] ?? '').startsWith('.'))
}
