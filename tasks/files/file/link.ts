/** file: state=link and state=hard. */
import { posix } from 'node:path'
import { probe } from '../../../src/module/index.ts'
import type { Change, Facts, FileFact, Plan, Probe, TreeEntry } from '../../../src/module/index.ts'
import { planAttributes, type Wanted } from '../../lib/attributes.ts'
import { answer, needAll } from '../../lib/known.ts'
import { fileResult } from '../../lib/file-result.ts'

export interface LinkWish extends Wanted {
  path: string
  src?: string
  force: boolean
  follow: boolean
  hard: boolean
}

const here = ({ path }: LinkWish) => probe.file({ path })
const leadsTo = ({ path }: LinkWish) => probe.file({ path, follow: true })
const below = ({ path }: LinkWish) => probe.tree({ path })

/** Where `src` is; a relative one counts from the link's directory (a hard link's from nowhere else either). */
function targetOf(wish: LinkWish): string | undefined {
  return wish.src === undefined ? undefined : posix.resolve(posix.dirname(wish.path), wish.src)
}
const target = (path: string) => probe.file({ path, follow: false })
const targetFollowed = (path: string) => probe.file({ path, follow: true })

export function linkProbes(wish: LinkWish, known: Facts): Probe[] {
  const src = targetOf(wish)
  const inTheWay = answer(known, here(wish))?.type === 'directory' && wish.force ? [below(wish)] : []
  return [here(wish), leadsTo(wish), ...inTheWay, ...(src === undefined ? [] : [target(src), targetFollowed(src)])]
}

export function planLink(wish: LinkWish, facts: Facts): Plan {
  needAll(facts, linkProbes(wish, facts))
  const fact = facts.need(here(wish))
  const src = targetOf(wish)
  if (src === undefined && fact.type !== 'link' && !(wish.hard && fact.exists)) {
    return { changes: [], failed: `src is required to make the ${wish.hard ? 'hard ' : ''}link ${wish.path}` }
  }
  const made = src !== undefined && !isMade(wish, fact, src, facts)
  const problem = made ? whyNot(wish, fact, src, facts) : undefined
  if (problem !== undefined) return { changes: [], failed: problem }
  const changes: Change[] = made ? [makeLink(wish, fact, src)] : []
  const owner = wish.follow ? facts.need(leadsTo(wish)) : fact
  if (!made && owner.exists) changes.push(...planAttributes(wish.path, owner, wish, { follow: wish.follow }))
  if (made && !wish.hard) changes.push(...attributesOfNew(wish, src, facts.need(targetFollowed(src))))
  if (made && wish.hard) changes.push(...planAttributes(wish.path, facts.need(target(src)), wish))
  const state = wish.hard ? 'hard' : 'link'
  return { changes, result: { dest: wish.path, src: wish.src ?? fact.target, ...fileResult(fact), state } }
}

/** A link that is made anew: the attributes are those of what it will lead to, or of the link itself. */
function attributesOfNew(wish: LinkWish, src: string, leads: FileFact): Change[] {
  if (wish.follow) return leads.exists ? planAttributes(src, leads, wish, { follow: true }) : []
  return planAttributes(wish.path, { exists: true, type: 'link' }, wish)
}

function isMade(wish: LinkWish, fact: FileFact, src: string, facts: Facts): boolean {
  if (!wish.hard) return fact.type === 'link' && fact.target === wish.src
  const there = facts.need(target(src))
  return fact.exists && there.exists && fact.inode !== undefined && fact.inode === there.inode && fact.dev === there.dev
}

function whyNot(wish: LinkWish, fact: FileFact, src: string, facts: Facts): string | undefined {
  const exists = wish.hard ? facts.need(target(src)).exists : facts.need(targetFollowed(src)).exists
  if (!exists && wish.hard) return `src ${src} does not exist: a hard link needs a file to share`
  if (!exists && !wish.force)
    return `src ${src} does not exist: use force: true if you really want to create the link ${wish.path}`
  if (!fact.exists || (fact.type === 'link' && !wish.hard)) return undefined
  if (fact.type === 'directory' && wish.force) {
    const content = (facts.need(below(wish)) as TreeEntry[]).some((entry) => entry.path !== '' && entry.path !== '.')
    return content || wish.hard
      ? `the directory ${wish.path} is ${content ? 'not empty' : 'in the way'}, refusing to convert it to a link`
      : undefined
  }
  if (!wish.force) return `refusing to convert from ${fact.type} to link for ${wish.path}: use force: true to replace it`
  return undefined
}

function makeLink(wish: LinkWish, fact: FileFact, src: string): Change {
  const { path, hard } = wish
  const before = !fact.exists ? undefined : { text: `${fact.type}${fact.target === undefined ? '' : `: ${fact.target}`}\n` }
  const inTheWay: Change['actions'] = fact.exists && (hard || fact.type === 'directory') ? [{ kind: 'remove', path }] : []
  return {
    summary: `${hard ? 'hard link' : 'link'} ${path} to ${wish.src}`,
    before,
    after: { text: `${hard ? 'hard link' : 'link'}: ${wish.src}\n` },
    actions: [...inTheWay, hard ? { kind: 'hardlink', path, target: src } : { kind: 'symlink', path, target: wish.src ?? '' }],
  }
}
