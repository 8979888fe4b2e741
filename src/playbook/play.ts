/** One play. */
import { assignVars, copyPositions, InputError, positions, setPosition } from '../yaml/index.ts'
import { readItems } from './items.ts'
import { keywordsOf, readKeywords, unknownKeyword } from './keywords.ts'
import {
  expectList,
  isMapping,
  isVariableName,
  kindOf,
  listOf,
  locatedList,
  type Mapping,
  nowhere,
  placeOf,
} from './mapping.ts'
import type { Item, Located, Play, VarsPrompt } from './model.ts'
import { type Reading, startReading } from './reading.ts'
import { readRoleEntry } from './role.ts'

const strategies = ['linear', 'free', 'host_pinned', 'debug']

export function readPlay(from: Mapping, outer: Reading): Play {
  const position = positions.of(from) ?? nowhere
  for (const key of Object.keys(from)) if (!keywordsOf.play.has(key)) outer.errors.add(unknownKeyword(from, key, 'play'))
  const keywords = readKeywords(from)
  if (from.user !== undefined) keywords.remoteUser ??= from.user
  const vars = keywords.vars
  // Each play starts anew: its roles and their handlers are its own.
  const reading: Reading = {
    ...startReading(outer.context, outer.playbookDir),
    errors: outer.errors,
    stack: outer.stack,
    vars: { ...vars, ...outer.context.extraVars },
  }
  const sections = readSections(from, reading)
  const own = readItems(expectList(from, 'handlers'), { ...reading, handlers: true })
  const play: Play = {
    position,
    name: keywords.name ?? hostsOf(from),
    hosts: hostsOf(from),
    keywords: { ...keywords, vars: {} },
    gatherFacts: readGatherFacts(from),
    strategy: readStrategy(from),
    vars,
    varsFiles: readVarsFiles(from),
    varsPrompt: expectList(from, 'vars_prompt').map((_, index, list) => readPrompt(list, index)),
    sections,
    // A handler of the play wins over one of a role with the same name: it comes later.
    handlers: [...reading.found.handlers, ...own],
    roles: reading.found.roles,
    directory: outer.playbookDir,
  }
  setPosition(play, from)
  copyPositions(from, play)
  copyPositions(keywords, play.keywords)
  if (from.gather_subset !== undefined)
    play.gatherSubset = listOf(from, 'gather_subset')
      .flatMap((one) => String(one).split(','))
      .map((one) => one.trim())
  if (from.serial !== undefined && from.serial !== null) play.serial = from.serial
  if (from.order !== undefined && from.order !== null) play.order = readOrder(from)
  if (from.max_fail_percentage !== undefined) play.maxFailPercentage = from.max_fail_percentage
  if (from.force_handlers !== undefined)
    play.forceHandlers = from.force_handlers === true || /^(yes|true|on|1)$/i.test(String(from.force_handlers))
  return play
}

function readSections(from: Mapping, reading: Reading): Play['sections'] {
  const roles = reading.errors.try(() => expectList(from, 'roles')) ?? []
  const section = (name: 'pre_tasks' | 'tasks' | 'post_tasks') => ({
    name,
    tasks: reading.errors.try(() => readItems(expectList(from, name), reading)) ?? [],
  })
  const roleItems: Item[] = []
  const pre = section('pre_tasks')
  roles.forEach((_, index) => roleItems.push(...(reading.errors.try(() => readRoleEntry(roles, index, reading)) ?? [])))
  return [pre, { name: 'roles', tasks: roleItems }, section('tasks'), section('post_tasks')]
}

/** A list of patterns is one pattern with commas. */
function hostsOf(from: Mapping): string {
  const { hosts } = from
  const all = Array.isArray(hosts) ? hosts : [hosts]
  if (hosts === undefined)
    throw new InputError('this play has no `hosts`', {
      position: positions.of(from),
      hint: 'expected for example `hosts: all`',
    })
  for (const one of all) {
    if (typeof one !== 'string' && typeof one !== 'number')
      throw new InputError(`hosts: expected a pattern of hosts, got ${kindOf(one)}`, {
        position: placeOf(from, 'hosts'),
        hint: 'for example `all`, a group, or `web*:!web9`',
      })
  }
  return all.map(String).join(',')
}

function readGatherFacts(from: Mapping): boolean {
  const value = from.gather_facts
  if (value === undefined || value === null) return true
  if (typeof value === 'boolean') return value
  if (/^(yes|true|on|1)$/i.test(String(value))) return true
  if (/^(no|false|off|0)$/i.test(String(value))) return false
  throw new InputError(`gather_facts: expected yes or no, got ${kindOf(value)}`, { position: placeOf(from, 'gather_facts') })
}

function readStrategy(from: Mapping): string {
  if (from.strategy === undefined || from.strategy === null) return 'linear'
  const name = String(from.strategy).replace(/^ansible\.builtin\./, '')
  if (strategies.includes(name)) return name
  throw new InputError(`unknown strategy \`${name}\``, {
    position: placeOf(from, 'strategy'),
    hint: `expected one of ${strategies.join(', ')}`,
  })
}

function readOrder(from: Mapping): string {
  const orders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle']
  const order = String(from.order)
  if (orders.includes(order)) return order
  throw new InputError(`unknown order \`${order}\``, {
    position: placeOf(from, 'order'),
    hint: `expected one of ${orders.join(', ')}`,
  })
}

function readVarsFiles(from: Mapping): Located<unknown>[] {
  const all = locatedList(from, 'vars_files').filter(({ value }) => value !== null)
  for (const { value, position } of all) {
    // A list among them: the first of its files that exists.
    const files = Array.isArray(value) ? value : [value]
    if (!files.every((file) => typeof file === 'string'))
      throw new InputError(`vars_files: expected names of files, got ${kindOf(value)}`, { position })
  }
  return all
}

function readPrompt(list: unknown[], index: number): VarsPrompt {
  const from = list[index]
  const position = placeOf(list, index)
  if (!isMapping(from) || !isVariableName(from.name))
    throw new InputError('vars_prompt: expected the name of a variable', {
      position,
      hint: '`- name: VARIABLE` and `prompt: TEXT`',
    })
  const prompt: VarsPrompt = {
    name: from.name,
    prompt: String(from.prompt ?? from.name),
    private: from.private === undefined ? true : truth(from.private),
    confirm: truth(from.confirm),
  }
  if (from.default !== undefined) prompt.default = from.default
  return prompt
}

function truth(value: unknown): boolean {
  return value === true || /^(yes|true|on|1)$/i.test(String(value))
}

/** What an import_playbook adds to the plays it imports. */
export function addImported(play: Play, keywords: Pick<Play['keywords'], 'when' | 'tags' | 'vars'>): void {
  play.keywords.when = [...keywords.when, ...play.keywords.when]
  play.keywords.tags = [...keywords.tags, ...play.keywords.tags]
  play.vars = assignVars(assignVars({}, play.vars), keywords.vars)
}
