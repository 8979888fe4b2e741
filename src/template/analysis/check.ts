/** What is wrong with a template, as far as that can be told before it runs. */
import type { Arguments, Expression } from '../language/ast.ts'
import { TemplateError } from '../language/errors.ts'
import { unknownPlugin } from '../runtime/evaluate.ts'
import { builtinFilters, builtinLookups, builtinTests } from '../library/index.ts'
import { isLegacyFilter } from '../runtime/invoke.ts'
import { parseAs } from './references.ts'
import { find } from '../runtime/plugins.ts'

/** Names of plugins known beyond the built-in ones. */
export interface ExtraNames {
  filters?: Iterable<string>
  tests?: Iterable<string>
  lookups?: Iterable<string>
}

const filters = builtinFilters()
const tests = builtinTests()
const lookups = builtinLookups()

/**
 * The first thing wrong with a template (`file`: that of the template module) or bare expression, found without
 * running it: syntax, or a filter, test or lookup that does not exist.
 */
export function checkTemplate(text: string, mode: 'template' | 'expression' | 'file', extra: ExtraNames = {}): TemplateError | undefined {
  try {
    const { body } = parseAs(text, mode === 'file' ? 'template' : mode, mode === 'file')
    const checker = { text, filters: withExtra(filters, extra.filters), tests: withExtra(tests, extra.tests), lookups: withExtra(lookups, extra.lookups) }
    walk(body, checker)
    return undefined
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
}

interface Known {
  text: string
  filters: Map<string, unknown>
  tests: Map<string, unknown>
  lookups: Map<string, unknown>
}

function withExtra(known: Map<string, unknown>, extra?: Iterable<string>): Map<string, unknown> {
  return extra ? new Map<string, unknown>([...known, ...[...extra].map((name) => [name, true] as const)]) : known
}

/** Visits every node of a tree; statements and expressions alike are objects with a type. */
function walk(node: unknown, known: Known): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, known)
  } else if (typeof node === 'object' && node !== null) {
    if ('type' in node) checkNode(node as Expression, known)
    for (const value of Object.values(node)) walk(value, known)
  }
}

function checkNode(node: Expression, known: Known): void {
  if (node.type === 'filter' && 'name' in node) {
    checkFilter(node.name, node.at, known)
    checkIndirect(node.name, node.args, known)
  } else if (node.type === 'test') {
    if (!find(known.tests, node.name)) throw unknownPlugin('test', node.name, known.tests.keys(), { source: known }, node.at)
  } else if (node.type === 'call' && 'callee' in node && node.callee.type === 'name' && ['lookup', 'query', 'q'].includes(node.callee.name)) {
    const [name] = node.args.positional
    if (name?.type === 'literal' && typeof name.value === 'string' && !find(known.lookups, name.value)) {
      throw unknownPlugin('lookup', name.value, known.lookups.keys(), { source: known }, name.at)
    }
  }
}

function checkFilter(name: string, at: number, known: Known): void {
  if (find(known.filters, name) || (isLegacyFilter(name) && find(known.tests, name))) return
  throw unknownPlugin('filter', name, known.filters.keys(), { source: known }, at)
}

/** `map('name')` names a filter, `select('name')` a test. */
function checkIndirect(filter: string, args: Arguments, known: Known): void {
  const position = ({ map: 0, select: 0, reject: 0, selectattr: 1, rejectattr: 1 } as Record<string, number>)[filter]
  if (position === undefined) return
  const name = args.positional[position]
  if (name?.type !== 'literal' || typeof name.value !== 'string') return
  if (filter === 'map') checkFilter(name.value, name.at, known)
  else if (!find(known.tests, name.value)) throw unknownPlugin('test', name.value, known.tests.keys(), { source: known }, name.at)
}
