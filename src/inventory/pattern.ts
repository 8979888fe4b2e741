/** Host patterns: `web:&prod:!old`, `web*`, `~web\d+`, `web[0:2]`, `@file`. */
import { readFileSync } from 'node:fs'
import { InputError } from '../yaml/index.ts'

/** What a pattern is matched against. */
export interface Selection {
  hosts: string[]
  groups: string[]
  hostsOf(group: string): string[]
  /** localhost, even if no inventory names it. */
  implicit(name: string): string | undefined
}

/** The pieces of a pattern: at commas; without any comma at colons that are not in brackets. `@file` gives its lines. */
export function splitPattern(pattern: string): string[] {
  const pieces = pattern.includes(',') ? pattern.split(',') : isAddress(pattern) ? [pattern] : splitAtColons(pattern)
  return pieces
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .flatMap((piece) => (piece.startsWith('@') ? readPatterns(piece.slice(1)) : [piece]))
}

/** The hosts that a pattern means, and its pieces that mean nothing. */
export function selectHosts(pattern: string, selection: Selection): { hosts: string[]; unmatched: string[] } {
  const pieces = splitPattern(pattern)
  const included = pieces.filter((piece) => !piece.startsWith('&') && !piece.startsWith('!'))
  const unmatched: string[] = []
  const hostsOfPiece = (piece: string): string[] => {
    const { hosts, known } = matchPiece(piece, selection)
    if (!known) unmatched.push(piece)
    return hosts
  }
  // Order does not matter: first all that is named, then what must be in common, then what is taken out.
  let result = new Set<string>()
  // "all but these": but a pattern that says nothing, such as an empty list, is no host at all.
  for (const piece of included.length > 0 ? included : pieces.length > 0 ? ['all'] : []) for (const host of hostsOfPiece(piece)) result.add(host)
  for (const piece of pieces.filter((one) => one.startsWith('&'))) {
    const common = new Set(hostsOfPiece(piece.slice(1)))
    result = new Set([...result].filter((host) => common.has(host)))
  }
  for (const piece of pieces.filter((one) => one.startsWith('!')))
    for (const host of hostsOfPiece(piece.slice(1))) result.delete(host)
  return { hosts: [...result], unmatched }
}

const subscript = /^(.+)\[(?:(-?\d+)|(\d*)([:-])(\d*))\]$/

function matchPiece(piece: string, selection: Selection): { hosts: string[]; known: boolean } {
  if (piece.startsWith('~')) return enumerate(piece, selection)
  const match = subscript.exec(piece)
  // A bracket can be a set of characters too (web[ab]): then it is no subscript.
  if (!match || selection.hosts.includes(piece)) return enumerate(piece, selection)
  const [, base, index, first, , last] = match
  const { hosts, known } = enumerate(base!, selection)
  if (index !== undefined) return { hosts: hosts.slice(Number(index)).slice(0, 1), known }
  return { hosts: hosts.slice(Number(first || 0), last ? Number(last) + 1 : undefined), known }
}

function enumerate(piece: string, selection: Selection): { hosts: string[]; known: boolean } {
  if (piece === 'all' || piece === '*') return { hosts: selection.hosts, known: true }
  const matches = matcher(piece)
  const groups = selection.groups.filter(matches)
  const found = new Set(groups.flatMap((group) => selection.hostsOf(group)))
  if (groups.length === 0 || /[~*?[.]/.test(piece)) for (const host of selection.hosts.filter(matches)) found.add(host)
  if (found.size === 0) {
    const implicit = selection.implicit(piece)
    if (implicit !== undefined) return { hosts: [implicit], known: true }
  }
  return { hosts: [...found], known: groups.length > 0 || found.size > 0 }
}

function matcher(piece: string): (name: string) => boolean {
  if (piece.startsWith('~')) {
    try {
      const expression = new RegExp(`^(?:${piece.slice(1)})`)
      return (name) => expression.test(name)
    } catch {
      throw new InputError(`\`${piece.slice(1)}\` is not a valid regular expression`, {
        hint: 'a pattern that begins with ~ is one',
      })
    }
  }
  if (!/[*?[]/.test(piece)) return (name) => name === piece
  const expression = globExpression(piece)
  return (name) => expression.test(name)
}

function globExpression(glob: string): RegExp {
  const body = glob.replace(
    /\[(!?)([^\]]+)\]|[.*+?^${}()|[\]\\]/g,
    (found, negated: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${negated ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`
      return found === '*' ? '.*' : found === '?' ? '.' : `\\${found}`
    },
  )
  return new RegExp(`^${body}$`, 's')
}

/** An IPv6 address or host:port: its colons part nothing. */
function isAddress(pattern: string): boolean {
  return /^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(pattern) || /^[^:[\]]+:\d+$/.test(pattern)
}

function splitAtColons(pattern: string): string[] {
  return pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []
}

function readPatterns(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
  } catch {
    throw new InputError(`can't read the file of host patterns: ${file}`)
  }
}
