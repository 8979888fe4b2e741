/** file: state=directory, also recursive. */
import { posix } from 'node:path'
import { probe } from '../../../src/module/index.ts'
import type { Attributes, Change, Facts, Plan, Probe, TreeEntry } from '../../../src/module/index.ts'
import { attributesFor, attributesLeft, describeAttributes, isNothing, planAttributes, type Wanted } from '../../lib/attributes.ts'
import { answer, needAll } from '../../lib/known.ts'
import { showMode } from '../../lib/mode.ts'
import { fileResult } from '../../lib/file-result.ts'

export interface DirectoryWish extends Wanted {
  path: string
  recurse: boolean
  follow: boolean
}

const here = ({ path }: DirectoryWish) => probe.file({ path })
const leadsTo = ({ path }: DirectoryWish) => probe.file({ path, follow: true })
const below = ({ path }: DirectoryWish) => probe.tree({ path })

const hasAttributes = ({ mode, owner, group }: Wanted): boolean =>
  mode !== undefined || owner !== undefined || group !== undefined

export function directoryProbes(wish: DirectoryWish, known: Facts): Probe[] {
  const walk = wish.recurse && hasAttributes(wish) && answer(known, leadsTo(wish))?.type === 'directory'
  return [here(wish), leadsTo(wish), ...(walk ? [below(wish)] : [])]
}

export function planDirectory(wish: DirectoryWish, facts: Facts): Plan {
  needAll(facts, directoryProbes(wish, facts))
  const bare = facts.need(here(wish))
  const isLink = bare.type === 'link'
  const fact = isLink && wish.follow ? facts.need(leadsTo(wish)) : bare
  const result = { path: wish.path, ...(fact.exists ? fileResult(fact) : { state: 'directory' }) }
  if (fact.exists && fact.type !== 'directory') return { changes: [], failed: `${wish.path} already exists as a ${fact.type}` }
  if (isLink && !fact.exists)
    return { changes: [], failed: `${wish.path} is a link that leads nowhere (${bare.target}): remove it first` }
  if (!fact.exists) return { changes: [make(wish)], result }
  const own = planAttributes(wish.path, fact, wish, { follow: wish.follow })
  const walked = wish.recurse && hasAttributes(wish) ? planBelow(wish, facts.need(below(wish))) : []
  return { changes: [...own, ...walked], result }
}

function make(wish: DirectoryWish): Change {
  return {
    summary: `create directory ${wish.path}`,
    after: { text: 'state: directory\n' },
    actions: [{ kind: 'mkdir', path: wish.path, ...attributesFor(wish, { exists: false }, true) }],
  }
}

/** One change; paths that need the same attributes share an action. */
function planBelow(wish: DirectoryWish, entries: TreeEntry[]): Change[] {
  const groups = new Map<string, { left: Attributes; paths: string[] }>()
  const before: string[] = []
  const after: string[] = []
  for (const entry of entries) {
    if (entry.path === '' || entry.path === '.') continue
    const left = attributesLeft(wish, entry)
    if (isNothing(left)) continue
    const path = posix.join(wish.path, entry.path)
    const key = JSON.stringify(left)
    const group = groups.get(key) ?? { left, paths: [] }
    group.paths.push(path)
    groups.set(key, group)
    before.push(line(path, { mode: entry.mode, owner: entry.owner, group: entry.group }, left))
    after.push(line(path, left, left))
  }
  if (groups.size === 0) return []
  const [only] = groups.values()
  const count = before.length
  return [
    {
      summary: `set ${groups.size === 1 && only ? describeAttributes(only.left, { exists: true }) : 'attributes'} of ${count} below ${wish.path}`,
      before: { text: before.join('') },
      after: { text: after.join('') },
      actions: [...groups.values()].map(({ left, paths }) => ({ kind: 'attributes', paths, ...left }) as const),
    },
  ]
}

function line(path: string, shown: Attributes, left: Attributes): string {
  const parts = [
    left.mode !== undefined && shown.mode !== undefined ? `mode ${showMode(shown.mode)}` : '',
    left.owner !== undefined ? `owner ${shown.owner}` : '',
    left.group !== undefined ? `group ${shown.group}` : '',
  ]
  return `${path}: ${parts.filter(Boolean).join(', ')}\n`
}
