/**
 * The keys that a template reads, without running it: every branch is walked, and names that the template binds (in
 * loops, `set` and macros) are followed back to the settings that they stand for.
 */
import type { Expression, ExpressionOf, Statement, StatementOf, Target, Template } from '../../template/language/ast.ts'
import { markRead, type Read } from './reads.ts'

/** What a value may be: settings at these paths, or these texts. */
interface Known {
  paths: string[][]
  texts: string[]
  /** It is what `items()` gives of the tables at the paths. */
  items?: boolean
}

const nothing: Known = { paths: [], texts: [] }
const both = (a: Known, b: Known): Known => ({ paths: [...a.paths, ...b.paths], texts: [...a.texts, ...b.texts] })
const under = (known: Known, name: string): string[][] => known.paths.map((path) => [...path, name])

class Scope {
  readonly names = new Map<string, Known>()
  readonly macros = new Map<string, StatementOf<'macro'>>()
  readonly parent: Scope | undefined
  readonly depth: number
  constructor(parent?: Scope) {
    this.parent = parent
    this.depth = (parent?.depth ?? 0) + 1
  }
  find(name: string): Known | undefined {
    return this.names.get(name) ?? this.parent?.find(name)
  }
  macro(name: string): StatementOf<'macro'> | undefined {
    return this.macros.get(name) ?? this.parent?.macro(name)
  }
}

/** Macros that call each other are followed so deep. */
const deepest = 20

export function addTemplateReads(template: Template, reads: Read): void {
  const mark = (known: Known, list = false) => {
    for (const path of known.paths) markRead(reads, path, list)
  }

  const walk = (statements: Statement[], scope: Scope): void => {
    for (const statement of statements) one(statement, scope)
  }

  const one = (node: Statement, scope: Scope): void => {
    switch (node.type) {
      case 'print': case 'do': mark(look(node.value, scope)); return
      case 'if':
        for (const { test, body } of node.branches) {
          mark(look(test, scope))
          walk(body, scope)
        }
        walk(node.else ?? [], scope)
        return
      case 'for': {
        const inner = new Scope(scope)
        inner.names.set('loop', nothing)
        bindLoop(node.target, look(node.iterable, scope), inner)
        walk([...node.body, ...(node.else ?? [])], inner)
        return
      }
      case 'set':
        if (node.target.type === 'name') scope.names.set(node.target.name, both(look(node.value, scope), scope.names.get(node.target.name) ?? nothing))
        return
      case 'macro': scope.macros.set(node.name, node); return
      default:
    }
  }

  const bindLoop = (target: Target, over: Known, inner: Scope): void => {
    mark({ ...over, texts: [] }, true)
    const values = under(over, '*')
    if (over.items) mark({ paths: values, texts: [] })
    const member: Known = { paths: over.items ? values : [...under(over, '[]'), ...values], texts: [] }
    if (target.type === 'name') inner.names.set(target.name, member)
    else if (target.type === 'unpack')
      for (const [i, part] of target.targets.entries()) if (part.type === 'name') inner.names.set(part.name, over.items && i === 1 ? member : nothing)
  }

  /** What an expression may be. What it needs on the way there is marked; the result is for the caller to mark. */
  const look = (node: Expression, scope: Scope): Known => {
    switch (node.type) {
      case 'literal': return typeof node.value === 'string' ? { paths: [], texts: [node.value] } : nothing
      case 'name': return scope.find(node.name) ?? { paths: [[node.name]], texts: [] }
      case 'attribute': return { paths: under(look(node.object, scope), node.name), texts: [] }
      case 'item': return member(look(node.object, scope), node.index, scope)
      case 'call': return call(node, scope)
      case 'filter': {
        const input = node.input ? look(node.input, scope) : nothing
        mark(input)
        return node.args.positional.reduce((known, argument) => both(known, look(argument, scope)), input)
      }
      case 'test':
        mark(look(node.input, scope))
        for (const argument of node.args.positional) mark(look(argument, scope))
        return nothing
      case 'logic': {
        const left = look(node.left, scope)
        mark(left)
        return both(left, look(node.right, scope))
      }
      case 'condition': {
        mark(look(node.test, scope))
        return both(look(node.then, scope), node.else ? look(node.else, scope) : nothing)
      }
      case 'binary': return both(look(node.left, scope), look(node.right, scope))
      case 'compare':
        mark(look(node.first, scope))
        for (const { operand } of node.rest) mark(look(operand, scope))
        return nothing
      case 'unary': mark(look(node.operand, scope)); return nothing
      case 'concat': for (const part of node.parts) mark(look(part, scope)); return nothing
      case 'list': case 'tuple': for (const item of node.items) mark(look(item, scope)); return nothing
      case 'dict': for (const { value } of node.entries) mark(look(value, scope)); return nothing
      case 'slice': mark(look(node.object, scope)); return nothing
    }
  }

  const member = (object: Known, index: Expression, scope: Scope): Known => {
    if (index.type === 'literal' && typeof index.value === 'number') {
      mark(object)
      return { paths: under(object, '[]'), texts: [] }
    }
    const key = look(index, scope)
    mark(key)
    return { paths: key.texts.length > 0 ? key.texts.flatMap((name) => under(object, name)) : under(object, '*'), texts: [] }
  }

  const call = (node: ExpressionOf<'call'>, scope: Scope): Known => {
    const { callee, args } = node
    if (callee.type === 'attribute') {
      const object = look(callee.object, scope)
      if (callee.name === 'get' && args.positional[0]) return member(object, args.positional[0], scope)
      for (const argument of args.positional) mark(look(argument, scope))
      mark(object)
      if (callee.name === 'items' || callee.name === 'entrySet') return { ...object, items: true }
      return callee.name === 'toList' || callee.name === 'values' ? object : nothing
    }
    const macro = callee.type === 'name' ? scope.macro(callee.name) : undefined
    if (macro && scope.depth < deepest) {
      const inner = new Scope(scope)
      for (const [i, parameter] of macro.parameters.entries()) {
        const given = args.positional[i] ?? parameter.default
        inner.names.set(parameter.name, given ? look(given, scope) : nothing)
      }
      walk(macro.body, inner)
      return nothing
    }
    for (const argument of args.positional) mark(look(argument, scope))
    return nothing
  }

  walk(template.body, new Scope())
}
