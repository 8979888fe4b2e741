/** One task: its arguments against the schema, every template in it, the files and handlers it names. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { TaskModule } from '../../module/contract.ts'
import { checkArgs, hasTemplate, locatorOf, normaliseArgs } from '../../module/registry.ts'
import { didYouMean } from '../../text/similar.ts'
import { assignVars, InputError } from '../../yaml/index.ts'
import { find, type FindContext, type FindKind, placesOf } from '../find.ts'
import { isMapping, isTemplate, locatedList, type Mapping, placeOf } from '../mapping.ts'
import type { Keywords, Loop, Play, Task } from '../model.ts'
import { templateNames } from './magic.ts'
import { checkConditions, checkFile, checkText, checkValue, type Use } from './texts.ts'

/** Keywords whose templates are resolved when the task runs. `name` may hold what is not defined yet. */
const templated = [
  'become',
  'becomeUser',
  'becomeMethod',
  'becomeFlags',
  'remoteUser',
  'connection',
  'port',
  'environment',
  'noLog',
  'checkMode',
  'diff',
  'runOnce',
  'throttle',
  'timeout',
  'delegateTo',
  'delegateFacts',
  'ignoreErrors',
  'ignoreUnreachable',
  'anyErrorsFatal',
] as const
const becomeMethods = ['sudo', 'su', 'doas', 'runuser']

export function checkKeywords(keywords: Keywords, use: Use): void {
  for (const key of templated) if (keywords[key] !== undefined) checkValue(keywords, key, use)
  const { becomeMethod } = keywords
  if (typeof becomeMethod !== 'string' || isTemplate(becomeMethod)) return
  const short = becomeMethod.split('.').at(-1)!
  if (becomeMethods.includes(short)) return
  const near = didYouMean(short, becomeMethods)
  use.report(
    new InputError(`unknown become_method \`${becomeMethod}\``, {
      position: placeOf(keywords, 'becomeMethod'),
      hint: near ? `did you mean \`${near}\`?` : `expected one of ${becomeMethods.join(', ')}`,
    }),
  )
}

/** The loop's list is resolved without its own variables, the rest with them. */
export function checkLoop(loop: Loop, outer: Use, inner: Use): void {
  // first_found and the like take names that need not be there.
  checkValue(loop, 'value', outer)
  for (const key of ['label', 'pause'] as const) if (loop[key] !== undefined) checkValue(loop, key, inner)
  if (loop.breakWhen) checkConditions(loop.breakWhen, inner)
}

export function loopNames(loop: Loop | undefined): string[] {
  return loop ? [loop.loopVar, ...(loop.indexVar === undefined ? [] : [loop.indexVar])] : []
}

/** Everything but conditions, loop and inherited keywords. */
export function checkTask(task: Task, module: TaskModule, defaults: Mapping, play: Play, use: Use): void {
  const raw = normalise(task, module, use)
  if (!raw) return
  checkArguments(task, module, raw, defaults, use)
  const bare = new Set(module.rawArgs ?? [])
  for (const key of Object.keys(raw)) {
    if (hasTemplate(key)) checkText(task, 'args', key, 'template', use)
    if (bare.has(key)) checkBare(raw, key, module, use)
    else checkValue(raw, key, use)
  }
  if (task.argsTemplate !== undefined) checkText(task, 'argsTemplate', task.argsTemplate, 'template', use)
  for (const conditions of [task.until, task.changedWhen, task.failedWhen]) if (conditions) checkConditions(conditions, use)
  for (const key of ['retries', 'delay', 'async', 'poll'] as const) if (task[key] !== undefined) checkValue(task, key, use)
  checkSources(task, module, raw, play, use)
}

function normalise(task: Task, module: TaskModule, use: Use): Mapping | undefined {
  try {
    return normaliseArgs(module, task.args)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    use.report(error)
    return undefined
  }
}

function checkArguments(task: Task, module: TaskModule, raw: Mapping, defaults: Mapping, use: Use): void {
  const all = Object.keys(defaults).length > 0 ? assignVars(assignVars({}, defaults), raw) : raw
  // Arguments that come from a variable may bring what seems to be missing here.
  const open = task.argsTemplate !== undefined
  for (const error of checkArgs(module, all, locatorOf(all, task.argsPosition), { partial: open })) use.report(error)
}

/** Given as written: expressions and conditions. */
function checkBare(raw: Mapping, key: string, module: TaskModule, use: Use): void {
  const value = raw[key]
  // debug shows what is not defined as such.
  const lenient = (error: InputError) => (error.message.endsWith('is not defined') ? undefined : use.report(error))
  if (Array.isArray(value)) checkConditions(locatedList(raw, key), use)
  else if (typeof value === 'string')
    checkText(raw, key, value, 'expression', module.name === 'debug' ? { ...use, report: lenient } : use)
}

/** Files that the controller reads, where the name is fixed. */
function checkSources(task: Task, module: TaskModule, raw: Mapping, play: Play, use: Use): void {
  const kinds: Record<string, ['files' | 'templates' | 'vars', string]> = {
    copy: ['files', 'src'],
    script: ['files', 'cmd'],
    template: ['templates', 'src'],
    loadbalancer: ['templates', 'src'],
    include_vars: ['vars', 'file'],
    unarchive: ['files', 'src'],
  }
  const known = kinds[module.name]
  if (!known) return
  const [kind, argument] = known
  const key = raw[argument] === undefined && module.freeForm !== undefined ? module.freeForm : argument
  const written = raw[key]
  if (
    typeof written !== 'string' ||
    hasTemplate(written) ||
    written === '' ||
    isTruthy(raw.remote_src) ||
    raw.copy === false ||
    /^(https?|ftp):/.test(written)
  )
    return
  const name =
    module.name === 'script'
      ? written
          .trim()
          .split(/\s+/)[0]!
          .replace(/^["']|["']$/g, '')
      : written
  const context = { directory: task.directory, role: task.role, playbookDir: play.directory }
  try {
    const file = find(kind, name, context, placeOf(raw, key))
    if (kind === 'templates') checkTemplateFile(file, raw, use)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    error.hint = nearFile(kind, name, context) ?? error.hint
    use.report(error)
  }
}

const delimiters = [
  'variable_start_string',
  'variable_end_string',
  'block_start_string',
  'block_end_string',
  'comment_start_string',
]

function checkTemplateFile(file: string, raw: Mapping, use: Use): void {
  if (delimiters.some((key) => raw[key] !== undefined)) return
  const text = readTemplate(file)
  if (text === undefined || text.startsWith('#jinja2:')) return
  const vars = isMapping(raw.vars) ? Object.keys(raw.vars) : []
  checkFile(file, text, { ...use, scope: use.scope.inner({ locals: [...templateNames, ...vars] }) })
}

function readTemplate(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isTruthy(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(yes|true|on|1|y|t)$/i.test(value)) || hasTemplate(value)
}

/** The file that was probably meant, of those that lie where it was looked for. */
function nearFile(kind: FindKind, name: string, context: FindContext): string | undefined {
  const files = placesOf(kind, name, context).flatMap((place) => {
    try {
      return readdirSync(dirname(place))
    } catch {
      return []
    }
  })
  const near = didYouMean(basename(name), files)
  return near ? `did you mean \`${near}\`?` : undefined
}
