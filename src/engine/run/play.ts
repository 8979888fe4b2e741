/** One play: its hosts in batches, its sections in order, handlers after each. */
import { resolve } from 'node:path'
import { readFileSync } from 'node:fs'
import { find, type Play } from '../../playbook/index.ts'
import { InputError, loadYaml } from '../../yaml/index.ts'
import { inherit, nothing, selected } from '../state/inherited-keywords.ts'
import { type TaskCursor, some } from '../state/task-cursor.ts'
import { Handlers } from './handlers.ts'
import { runItems, type Stage } from './items.ts'
import { at } from '../state/error-message.ts'
import { alive, hostState, type PlayState, type RunState } from '../state/run-state.ts'
import { scopeOf } from '../values/variables.ts'

export async function runPlay(run: RunState, play: Play): Promise<void> {
  if (!hasWork(run, play)) return
  const all = orderOf(run, play, at(play.position, () => hostsOf(run, play)))
  const state: PlayState = { id: ++run.ids, play, all, batch: [], promptVars: {}, fileVars: new Map(), ended: false, amnesties: 0 }
  const hosts = all.filter((name) => !hostState(run, name).failed && !hostState(run, name).unreachable)
  const batches = at(play.position, () => batchesOf(run, state, hosts))
  if (hosts.length === 0) {
    run.emit({ event: 'play', play: play.name, id: state.id, name: play.name, hosts: [] })
    if (all.length) run.emit({ event: 'warning', message: `no host is left for this play: ${all.join(', ')} failed before` })
    return
  }
  state.promptVars = await askVars(run, play)
  for (const [index, batch] of batches.entries()) {
    if (state.ended || run.interrupted) break
    state.batch = batch
    const serial = batches.length > 1 ? { serial: { batch: index + 1, of: batches.length } } : {}
    run.emit({ event: 'play', play: play.name, id: state.id, name: play.name, hosts: batch, ...serial })
    await runBatch(run, state)
    const dead = batch.filter((name) => hostState(run, name).failed || hostState(run, name).unreachable)
    // Ansible's rule: when a whole batch has failed, nothing more is begun, in this play or a later one.
    if (dead.length === batch.length) run.stopped = true
    if (run.stopped) break
  }
  for (const name of all) hostState(run, name).ended = false
}

/** A play of which -t and --skip-tags leave nothing is not begun; one that has no tasks is shown, as in Ansible. */
function hasWork(run: RunState, play: Play): boolean {
  const { tags, skipTags } = run.options
  const items = play.sections.flatMap((section) => section.tasks)
  if (items.length === 0) return true
  return some(items, inherit(nothing, { ...play.keywords, vars: {} }), (effective) => selected(effective.tags, tags, skipTags))
}

async function runBatch(run: RunState, state: PlayState): Promise<void> {
  const { play, batch } = state
  const effective = inherit(nothing, { ...play.keywords, vars: {} })
  const handlers = new Handlers(run, state, play.handlers, effective)
  const stage: Stage = { run, play: state, handlers }
  if (!run.options.check) handlers.restore(batch)
  for (const name of batch) {
    hostState(run, name).ended = false
    loadVarsFiles(run, state, name)
  }
  // Each section's cursor knows what follows it, so that asking ahead sees the whole play.
  let after: TaskCursor | undefined
  const cursors: TaskCursor[] = []
  for (const section of [...play.sections].reverse()) {
    after = { items: section.tasks, next: 0, effective, ...(after ? { parent: after } : {}) }
    cursors.unshift(after)
  }
  const free = play.strategy === 'free' || play.strategy === 'host_pinned'
  for (const [index, cursor] of cursors.entries()) {
    if (state.ended) break
    const hosts = batch.filter((name) => alive(run, name))
    const parts = free ? hosts.map((name) => [name]) : [hosts]
    const results = await Promise.all(parts.map((part) => runItems(stage, free ? copy(cursor) : cursor, part)))
    for (const failures of results) for (const [name, failure] of failures) if (!failure.unreachable) hostState(run, name).failed = true
    const name = play.sections[index]?.name
    if (index === cursors.length - 1) handlers.recall(batch)
    if (name !== 'roles' && !state.ended) await handlers.flush(stage)
  }
  for (const name of batch) if (hostState(run, name).ended === 'batch') hostState(run, name).ended = 'play'
}

function copy(cursor: TaskCursor): TaskCursor {
  return { ...cursor }
}

function hostsOf(run: RunState, play: Play): string[] {
  const scope = scopeOf(run, { host: 'localhost', effective: nothing })
  const pattern = run.templar.resolve(play.hosts, { ...scope, lookup: (name) => scope.lookup(name) ?? (Object.hasOwn(play.vars, name) ? { value: play.vars[name], template: true } : undefined) })
  const text = Array.isArray(pattern) ? pattern.join(',') : String(pattern)
  return run.options.inventory.match(text, run.options.limit ? { limit: run.options.limit } : {})
}

function orderOf(_run: RunState, play: Play, hosts: string[]): string[] {
  switch (play.order) {
    case 'reverse_inventory':
      return [...hosts].reverse()
    case 'sorted':
      return [...hosts].sort()
    case 'reverse_sorted':
      return [...hosts].sort().reverse()
    case 'shuffle':
      return [...hosts].sort(() => Math.random() - 0.5)
    default:
      return hosts
  }
}

/** serial: a number, a percentage, or a list of them of which the last repeats. */
function batchesOf(run: RunState, state: PlayState, hosts: string[]): string[][] {
  const { serial } = state.play
  if (serial === undefined || hosts.length === 0) return [hosts]
  // Its expression may use what the play's own files define.
  loadVarsFiles(run, state, hosts[0] as string)
  const value = run.templar.resolve(serial, scopeOf(run, { host: hosts[0] as string, play: state }))
  const sizes = (Array.isArray(value) ? value : [value]).map((each) => sizeOf(each, hosts.length))
  const batches: string[][] = []
  for (let at = 0, index = 0; at < hosts.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)] || hosts.length
    batches.push(hosts.slice(at, at + size))
    at += size
  }
  return batches
}

function sizeOf(value: unknown, total: number): number {
  const text = String(value)
  if (text.endsWith('%')) return Math.max(1, Math.floor((Number(text.slice(0, -1)) * total) / 100))
  return Math.max(0, Number(text))
}

async function askVars(run: RunState, play: Play): Promise<Record<string, unknown>> {
  const vars: Record<string, unknown> = {}
  for (const prompt of play.varsPrompt) {
    if (Object.hasOwn(run.options.extraVars, prompt.name)) continue
    if (!run.options.ask) {
      if (prompt.default === undefined) throw new InputError(`vars_prompt '${prompt.name}': there is no terminal to ask on`, { hint: `give -e ${prompt.name}=VALUE` })
      vars[prompt.name] = prompt.default
      continue
    }
    for (;;) {
      const answer = await run.options.ask(prompt.prompt, { secret: prompt.private })
      if (prompt.confirm && (await run.options.ask(`confirm ${prompt.prompt}`, { secret: prompt.private })) !== answer) continue
      vars[prompt.name] = answer === '' && prompt.default !== undefined ? prompt.default : answer
      break
    }
    if (prompt.private) run.options.secrets.add(vars[prompt.name])
  }
  return vars
}

/** vars_files: names may hold templates; of a list the first that exists is taken. */
function loadVarsFiles(run: RunState, state: PlayState, host: string): void {
  const { play } = state
  const loaded: Record<string, unknown>[] = []
  state.fileVars.set(host, loaded)
  for (const { value, position } of play.varsFiles) {
    const scope = scopeOf(run, { host, play: { ...state, play: { ...play, gatherFacts: false } } })
    const names = at(position, () => run.templar.resolve(value, scope))
    const candidates = (Array.isArray(names) ? names : [names]).map(String)
    const file = candidates.map((name) => locate(name, play.directory)).find((path) => path !== undefined)
    if (!file) throw new InputError(`vars_files: no such file: ${candidates.join(', ')}`, { position })
    const { value: vars } = loadYaml(file, run.options.vault ? { vault: run.options.vault } : {})
    if (vars !== null && vars !== undefined) loaded.push(vars as Record<string, unknown>)
  }
}

function locate(name: string, directory: string): string | undefined {
  try {
    return find('vars', name, { directory, playbookDir: directory })
  } catch {
    const path = resolve(directory, name)
    try {
      readFileSync(path)
      return path
    } catch {
      return undefined
    }
  }
}

