/** Keywords as a task sees them: those of its play and blocks, inherited downwards. */
import type { Keywords, Located } from '../../playbook/index.ts'

export interface Effective {
  when: Located<unknown>[]
  tags: string[]
  /** Vars of play > block > task keywords below the play, outermost first. */
  vars: Record<string, unknown>[]
  /** Vars given to includes and roles, outermost first; they win over set_fact. */
  params: Record<string, unknown>[]
  environment: unknown[]
  moduleDefaults: Record<string, Record<string, unknown>>
  /** Keywords of which the innermost wins. */
  own: Omit<Keywords, 'when' | 'tags' | 'vars' | 'environment' | 'moduleDefaults' | 'name'>
}

export const nothing: Effective = { when: [], tags: [], vars: [], params: [], environment: [], moduleDefaults: {}, own: {} }

export function inherit(parent: Effective, keywords: Keywords, params: Record<string, unknown> = {}): Effective {
  const { name: _name, when, tags, vars, environment, moduleDefaults, ...rest } = keywords
  const own: Record<string, unknown> = { ...parent.own }
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) own[key] = value
  return {
    when: when?.length ? [...parent.when, ...when] : parent.when,
    tags: tags?.length ? [...new Set([...parent.tags, ...tags])] : parent.tags,
    vars: vars && Object.keys(vars).length ? [...parent.vars, vars] : parent.vars,
    params: Object.keys(params).length ? [...parent.params, params] : parent.params,
    environment: environment?.length ? [...parent.environment, ...environment] : parent.environment,
    moduleDefaults: moduleDefaults ? { ...parent.moduleDefaults, ...moduleDefaults } : parent.moduleDefaults,
    own: own as Effective['own'],
  }
}

/** Ansible's rule for -t and --skip-tags. */
export function selected(tags: string[], only: string[], skip: string[]): boolean {
  const own = new Set(tags.length ? tags : ['untagged'])
  const tagged = tags.length > 0
  const wanted = only.length ? only : ['all']
  const run =
    own.has('always') ||
    (wanted.includes('all') && !own.has('never')) ||
    wanted.some((tag) => own.has(tag)) ||
    (wanted.includes('tagged') && tagged && !own.has('never'))
  if (!run) return false
  if (skip.includes('all')) return own.has('always') && !skip.includes('always')
  if (skip.some((tag) => own.has(tag))) return false
  return !(skip.includes('tagged') && tagged)
}
