/**
 * What can be told of a template before it runs. In: its text. Out: the names it uses and where (here), and the mistakes
 * in it (`check.ts`). No values are known in this room.
 */
import type { Arguments, Expression, Statement, Target, Template } from '../language/ast.ts'
import { globals } from '../library/index.ts'
import { bareCondition } from '../language/bare-condition.ts'
import { TemplateError } from '../language/errors.ts'
import { parseBareExpression, parseTemplate } from '../language/parser.ts'
import { locate } from '../language/errors.ts'
import { shortName } from '../runtime/plugins.ts'

/** A name that must come from outside of a template, with as much of its path as is written out. */
export interface Reference {
  path: (string | number)[]
  line: number
  column: number
  /** The template copes with the name being undefined. */
  guarded: boolean
}

export type References = { ok: true; names: Reference[] } | { ok: false; error: TemplateError }

/** Parses a text the way it will be used. */
export function parseAs(text: string, mode: 'template' | 'expression', file = false): Template {
  if (mode === 'template') return parseTemplate({ text }, { trimBlocks: true, lstripBlocks: false, rawStrings: !file })
  const value = parseBareExpression({ text: bareCondition(text) })
  return { text, body: [{ type: 'print', at: 0, value }] }
}

/** The free names of a template or bare expression: not those it sets itself, nor globals. */
export function references(text: string, mode: 'template' | 'expression'): References {
  try {
    const template = parseAs(text, mode)
    const collector = new Collector(template.text)
    collector.body(template.body, new Bindings())
    return { ok: true, names: collector.found }
  } catch (error) {
    if (error instanceof TemplateError) return { ok: false, error }
    throw error
  }
}

/** Names that are certainly defined when a condition holds: so later conditions of a list may use them. */
export function definedWhenTrue(condition: string): string[] {
  try {
    const [first] = parseAs(condition, 'expression').body
    return first?.type === 'print' ? [...proven(first.value, true)] : []
  } catch {
    return []
  }
}

/** Names known at a place: bound by the template, and proven to be defined. */
class Bindings {
  readonly bound: Set<string>
  readonly defined: ReadonlySet<string>
  constructor(bound: Iterable<string> = [], defined: Iterable<string> = []) {
    this.bound = new Set(bound)
    this.defined = new Set(defined)
  }
  inner(): Bindings {
    return new Bindings(this.bound, this.defined)
  }
  /** Shares what is bound: branches of an `if` have no scope of their own. */
  knowing(names: Set<string>): Bindings {
    if (names.size === 0) return this
    const known = new Bindings([], [...this.defined, ...names])
    return Object.assign(known, { bound: this.bound })
  }
}

class Collector {
  readonly found: Reference[] = []
  private readonly text: string
  constructor(text: string) {
    this.text = text
  }

  body(statements: Statement[], known: Bindings): void {
    for (const statement of statements) this.statement(statement, known)
  }

  private statement(node: Statement, known: Bindings): void {
    switch (node.type) {
      case 'print': case 'do': this.expression(node.value, known); return
      case 'if': {
        let rest = known
        for (const { test, body } of node.branches) {
          this.expression(test, rest)
          this.body(body, rest.knowing(proven(test, true)))
          rest = rest.knowing(proven(test, false))
        }
        this.body(node.else ?? [], rest)
        return
      }
      case 'for': {
        this.expression(node.iterable, known)
        const inner = known.inner()
        inner.bound.add('loop')
        bindTarget(node.target, inner)
        if (node.filter) this.expression(node.filter, inner)
        this.body(node.body, node.filter ? inner.knowing(proven(node.filter, true)) : inner)
        this.body(node.else ?? [], known)
        return
      }
      case 'set': this.expression(node.value, known); bindTarget(node.target, known); return
      case 'setBlock':
        this.body(node.body, known.inner())
        if (node.filter) this.expression(node.filter, known)
        bindTarget(node.target, known)
        return
      case 'macro': case 'call': {
        if (node.type === 'macro') known.bound.add(node.name)
        else this.expression(node.call, known)
        const inner = known.inner()
        for (const name of ['varargs', 'kwargs', 'caller']) inner.bound.add(name)
        for (const parameter of node.parameters) {
          if (parameter.default) this.expression(parameter.default, inner)
          inner.bound.add(parameter.name)
        }
        this.body(node.body, inner)
        return
      }
      case 'filter': this.expression(node.filter, known); this.body(node.body, known.inner()); return
      case 'with': {
        const inner = known.inner()
        for (const { target, value } of node.bindings) {
          this.expression(value, known)
          bindTarget(target, inner)
        }
        this.body(node.body, inner)
        return
      }
      case 'scope': this.body(node.body, known.inner()); return
      case 'block': {
        const inner = known.inner()
        for (const name of ['super', 'self']) inner.bound.add(name)
        this.body(node.body, inner)
        return
      }
      case 'include': case 'extends': this.expression(node.template, known); return
      case 'import': this.expression(node.template, known); known.bound.add(node.name); return
      case 'fromImport': this.expression(node.template, known); for (const { as } of node.names) known.bound.add(as)
    }
  }

  expression(node: Expression, known: Bindings, guarded = false): void {
    switch (node.type) {
      case 'literal': return
      case 'name': case 'attribute': case 'item': this.path(node, known, guarded); return
      case 'slice':
        for (const part of [node.object, node.start, node.stop, node.step]) if (part) this.expression(part, known)
        return
      case 'list': case 'tuple': for (const item of node.items) this.expression(item, known); return
      case 'dict':
        for (const { key, value } of node.entries) {
          this.expression(key, known)
          this.expression(value, known)
        }
        return
      case 'call':
        // The method is not part of the path.
        this.expression(node.callee.type === 'attribute' ? node.callee.object : node.callee, known)
        this.arguments(node.args, known)
        return
      case 'filter':
        if (node.input) this.expression(node.input, known, ['default', 'd'].includes(shortName(node.name)))
        this.arguments(node.args, known)
        return
      case 'test':
        this.expression(node.input, known, ['defined', 'undefined'].includes(node.name))
        this.arguments(node.args, known)
        return
      case 'unary': this.expression(node.operand, known); return
      case 'binary': this.expression(node.left, known); this.expression(node.right, known); return
      case 'logic':
        this.expression(node.left, known)
        this.expression(node.right, known.knowing(proven(node.left, node.operator === 'and')))
        return
      case 'compare':
        this.expression(node.first, known)
        for (const { operand } of node.rest) this.expression(operand, known)
        return
      case 'concat': for (const part of node.parts) this.expression(part, known); return
      case 'condition':
        this.expression(node.test, known)
        this.expression(node.then, known.knowing(proven(node.test, true)), guarded)
        if (node.else) this.expression(node.else, known.knowing(proven(node.test, false)), guarded)
    }
  }

  private arguments(args: Arguments, known: Bindings): void {
    for (const argument of args.positional) this.expression(argument, known)
    for (const { value } of args.keyword) this.expression(value, known)
    if (args.spread) this.expression(args.spread, known)
    if (args.spreadDict) this.expression(args.spreadDict, known)
  }

  private path(node: Expression, known: Bindings, guarded: boolean): void {
    const path: (string | number)[] = []
    let current = node
    // Only what follows the root without a gap is known: `a[b].c` is `a`.
    for (;;) {
      if (current.type === 'attribute') path.unshift(current.name)
      else if (current.type === 'item') {
        if (current.index.type === 'literal' && (typeof current.index.value === 'string' || typeof current.index.value === 'number')) path.unshift(current.index.value)
        else {
          path.length = 0
          this.expression(current.index, known)
        }
      } else break
      current = current.object
    }
    if (current.type !== 'name') {
      this.expression(current, known, guarded)
      return
    }
    const { name } = current
    if (known.bound.has(name) || globals.has(name) || name === 'omit') return
    const { line, column } = locate(this.text, current.at)
    this.found.push({ path: [name, ...path], line, column, guarded: guarded || known.defined.has(name) })
  }
}

function bindTarget(target: Target, known: Bindings): void {
  if (target.type === 'name') known.bound.add(target.name)
  else if (target.type === 'unpack') for (const inner of target.targets) bindTarget(inner, known)
}

/** Names that are defined if a condition turned out true (or false). */
function proven(node: Expression, outcome: boolean): Set<string> {
  if (node.type === 'test' && (node.name === 'defined' || node.name === 'undefined')) {
    const defined = (node.name === 'defined') !== node.negated
    const name = rootOf(node.input)
    return new Set(defined === outcome && name !== undefined ? [name] : [])
  }
  if (node.type === 'unary' && node.operator === 'not') return proven(node.operand, !outcome)
  if (node.type === 'logic' && (node.operator === 'and') === outcome) {
    return new Set([...proven(node.left, outcome), ...proven(node.right, outcome)])
  }
  return new Set()
}

function rootOf(node: Expression): string | undefined {
  if (node.type === 'name') return node.name
  return node.type === 'attribute' || node.type === 'item' ? rootOf(node.object) : undefined
}
