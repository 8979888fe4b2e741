/** Mode, owner and group: which of them differ from what is wanted, and the change that sets them. */
import type { Attributes, Change, FileFact } from '../../src/module/index.ts'
import { resolveMode, showMode } from './mode.ts'

/** As a user gave them. */
export interface Wanted {
  mode?: string
  owner?: string
  group?: string
}

/** The attributes to give to what is written anew over `fact`. */
export function attributesFor(wanted: Wanted, fact: FileFact, directory = false): Attributes {
  const current = fact.exists ? fact.mode : undefined
  return {
    ...(wanted.mode !== undefined && { mode: resolveMode(wanted.mode, { mode: current, directory }) }),
    ...(wanted.owner !== undefined && { owner: wanted.owner }),
    ...(wanted.group !== undefined && { group: wanted.group }),
  }
}

/** Those that are not as wanted yet. A symbolic link has no mode of its own. */
export function attributesLeft(wanted: Wanted, fact: FileFact): Attributes {
  const all = attributesFor(wanted, fact, fact.type === 'directory')
  const left: Attributes = {}
  if (all.mode !== undefined && fact.type !== 'link' && all.mode !== fact.mode) left.mode = all.mode
  if (all.owner !== undefined && !isId(all.owner, fact.owner, fact.uid)) left.owner = all.owner
  if (all.group !== undefined && !isId(all.group, fact.group, fact.gid)) left.group = all.group
  return left
}

function isId(wanted: string, name: string | undefined, id: number | undefined): boolean {
  return wanted === name || (/^\d+$/.test(wanted) && Number(wanted) === id)
}

export function isNothing(attributes: Attributes): boolean {
  return Object.keys(attributes).length === 0
}

/** 'mode 0644 → 0600, owner root → app'. */
export function describeAttributes(left: Attributes, fact: FileFact): string {
  const parts: string[] = []
  if (left.mode !== undefined)
    parts.push(`mode ${fact.mode === undefined ? '' : `${showMode(fact.mode)} → `}${showMode(left.mode)}`)
  if (left.owner !== undefined) parts.push(`owner ${fact.owner ?? fact.uid ?? ''} → ${left.owner}`)
  if (left.group !== undefined) parts.push(`group ${fact.group ?? fact.gid ?? ''} → ${left.group}`)
  return parts.join(', ')
}

/** The two sides of the diff of attributes: one line for each that differs. */
export function attributeSides(left: Attributes, fact: FileFact): { before: string; after: string } {
  const before: string[] = []
  const after: string[] = []
  if (left.mode !== undefined) {
    if (fact.mode !== undefined) before.push(`mode: ${showMode(fact.mode)}`)
    after.push(`mode: ${showMode(left.mode)}`)
  }
  for (const name of ['owner', 'group'] as const) {
    if (left[name] === undefined) continue
    if (fact[name] !== undefined) before.push(`${name}: ${fact[name]}`)
    after.push(`${name}: ${left[name]}`)
  }
  return { before: lines(before), after: lines(after) }
}

function lines(list: string[]): string {
  return list.map((line) => `${line}\n`).join('')
}

/** The change that makes the attributes of something that exists as wanted; none when they are. */
export function planAttributes(
  path: string,
  fact: FileFact,
  wanted: Wanted,
  options: { follow?: boolean; on?: 'controller' } = {},
): Change[] {
  const left = attributesLeft(wanted, fact)
  if (isNothing(left)) return []
  const sides = attributeSides(left, fact)
  return [
    {
      summary: `set ${describeAttributes(left, fact)} of ${path}`,
      before: { text: sides.before },
      after: { text: sides.after },
      actions: [{ kind: 'attributes', paths: [path], ...left, ...options }],
    },
  ]
}
