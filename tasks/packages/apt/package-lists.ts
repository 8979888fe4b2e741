/** The package lists: whether they are there, how old they are, and the change that fetches them. */
import { type Change, type Context, type Facts, type Probe, probe } from '../../../src/module/index.ts'
import { APT_DEFAULTS, APT_LISTS, aptRun } from './apt-get.ts'
import { known } from '../../lib/known.ts'

export interface ListsRequest {
  update_cache: boolean
  cache_valid_time: number
  lock_timeout: number
}

/** Written by a hook of some distributions after each successful update. */
const STAMP = '/var/lib/apt/periodic/update-success-stamp'

const listsProbe = probe.command({ argv: ['find', APT_LISTS, '-maxdepth', '1', '-name', '*_Packages*'], reads: [APT_LISTS] })
const clockProbe = probe.command({ argv: ['date', '+%s'], reads: [] })
const dirProbe = probe.file({ path: APT_LISTS, follow: true })
const stampProbe = probe.file({ path: STAMP, follow: true })

/** Are there no lists at all, as in a fresh container image. */
export const emptyListsProbe: Probe<'command'> = listsProbe

/** Probes for the age of the lists, when it matters. */
export function listsProbes(request: ListsRequest): Probe[] {
  const aged = request.cache_valid_time > 0
  return aged ? [listsProbe, clockProbe, dirProbe, stampProbe] : request.update_cache ? [listsProbe] : []
}

export function listsEmpty(facts: Facts): boolean {
  const fact = known(facts.get(listsProbe))
  return fact !== undefined && fact.stdout.trim() === ''
}

/** Was a refresh asked for, and is it due. After it was done in this task it is not due again. */
export function refreshDue(request: ListsRequest, facts: Facts, context: Context): boolean {
  if (!request.update_cache && request.cache_valid_time === 0) return false
  if (context.outcomes) return false
  if (request.cache_valid_time === 0 || listsEmpty(facts)) return true
  const now = Number(known(facts.get(clockProbe))?.stdout ?? NaN)
  const updated = listsTime(facts)
  return updated === undefined || Number.isNaN(now) || now - updated > request.cache_valid_time
}

/** When the lists were last fetched, seconds since the epoch. */
export function listsTime(facts: Facts): number | undefined {
  if (!facts.has(stampProbe) || !facts.has(dirProbe)) return undefined
  const times = [known(facts.get(stampProbe))?.mtime, known(facts.get(dirProbe))?.mtime].filter((time) => time !== undefined)
  return times.length > 0 ? Math.max(...times) : undefined
}

/**
 * `apt-get update`. The directory's time stamp is set too: apt leaves it alone when nothing was new, and
 * `cache_valid_time` counts from the last time that somebody looked.
 */
export function refreshChange(request: Pick<ListsRequest, 'lock_timeout'> = APT_DEFAULTS, strict = true): Change {
  const words = ['apt-get', ...(strict ? ['-o', 'APT::Update::Error-Mode=any'] : []), 'update']
  return {
    summary: 'update the package lists',
    actions: [
      {
        ...aptRun(words, request.lock_timeout, [
          { kind: 'touched', resource: APT_LISTS, reason: 'the package lists are fetched anew by then' },
        ]),
        complete: true,
      },
      { kind: 'attributes', paths: [APT_LISTS], mtime: 'now' },
    ],
  }
}
