/**
 * Evaluates an expression as jinjava does. What differs from src/template, and why this is no option of it: nothing is an
 * error that is merely not there (any member of nothing is nothing), values are Java's, `==` converts its sides by the
 * rules of Java's expression language, and `and` is a boolean while `or` gives a side. Held against jinjava 2.5.6, 2.6.0.
 */
import type { Expression, ExpressionOf } from '../../template/language/ast.ts'
import { TemplateError, type Source } from '../../template/language/errors.ts'
import { callMethod } from './methods.ts'
import { filters, tests } from './library.ts'
import { add, arithmetic, compare, contains, equal } from './operators.ts'
import { Entry, toText, truth, type Table, type Value } from './value.ts'

export type Macro = (args: Value[]) => string

/** What a template sees at one place: its variables and macros. */
export interface Env {
  variables: Map<string, Value>
  macros: Map<string, Macro>
  parent?: Env
  source: Source
}

export function evaluate(node: Expression, env: Env): Value {
  switch (node.type) {
    case 'literal': return typeof node.value === 'number' && Number.isInteger(node.value) ? BigInt(node.value) : node.value
    case 'name': return lookUp(node.name, env)
    case 'attribute': return member(evaluate(node.object, env), node.name)
    case 'item': return member(evaluate(node.object, env), evaluate(node.index, env))
    case 'list': case 'tuple': return node.items.map((item) => evaluate(item, env))
    case 'dict': return new Map(node.entries.map(({ key, value }) => [toText(key.type === 'name' ? key.name : evaluate(key, env)), evaluate(value, env)])) as Table
    case 'call': return call(node, env)
    case 'filter': return filter(node, env)
    case 'test': return test(node, env)
    case 'unary': {
      const operand = evaluate(node.operand, env)
      return node.operator === 'not' ? !truth(operand) : node.operator === '-' ? at(node, env, () => arithmetic('-', 0n, operand)) : operand
    }
    case 'binary': {
      const [left, right] = [evaluate(node.left, env), evaluate(node.right, env)]
      return at(node, env, () => (node.operator === '+' ? add(left, right) : arithmetic(node.operator, left, right)))
    }
    case 'logic': {
      const left = evaluate(node.left, env)
      if (node.operator === 'and') return truth(left) && truth(evaluate(node.right, env))
      return truth(left) ? left : evaluate(node.right, env)
    }
    case 'compare': return comparison(node, env)
    case 'concat': return node.parts.map((part) => toText(evaluate(part, env))).join('')
    case 'condition': return truth(evaluate(node.test, env)) ? evaluate(node.then, env) : node.else ? evaluate(node.else, env) : null
    case 'slice': throw new TemplateError('a slice is not known here', env.source, node.at)
  }
}

function lookUp(name: string, env: Env): Value {
  if (name === 'null') return null
  for (let scope: Env | undefined = env; scope; scope = scope.parent) {
    const value = scope.variables.get(name)
    if (value !== undefined) return value
  }
  return null
}

function member(object: Value, key: Value): Value {
  if (object instanceof Map) return object.get(toText(key)) ?? null
  if (Array.isArray(object) && (typeof key === 'bigint' || (typeof key === 'string' && /^\d+$/.test(key)))) return object.at(Number(key)) ?? null
  if (object instanceof Entry) return key === 'key' ? object.key : key === 'value' ? object.value : null
  return null
}

function call(node: ExpressionOf<'call'>, env: Env): Value {
  const args = node.args.positional.map((argument) => evaluate(argument, env))
  const { callee } = node
  if (callee.type === 'attribute') {
    const object = evaluate(callee.object, env)
    return object === null ? null : at(node, env, () => callMethod(object, callee.name, args))
  }
  const name = callee.type === 'name' ? callee.name : ''
  for (let scope: Env | undefined = env; scope; scope = scope.parent) {
    const macro = scope.macros.get(name)
    if (macro) return macro(args)
  }
  if (name === 'range' && typeof args[0] === 'bigint') return Array.from({ length: Number(args[0]) }, (_, i) => BigInt(i))
  throw new TemplateError(`the function '${name}' is not known`, env.source, node.at)
}

function filter(node: ExpressionOf<'filter'>, env: Env): Value {
  const known = filters[node.name]
  if (!known) throw new TemplateError(`the filter '${node.name}' is not known`, env.source, node.at)
  const input = node.input ? evaluate(node.input, env) : null
  return at(node, env, () => known(input, ...node.args.positional.map((argument) => evaluate(argument, env))))
}

function test(node: ExpressionOf<'test'>, env: Env): Value {
  const known = tests[node.name]
  if (!known) throw new TemplateError(`the test '${node.name}' is not known`, env.source, node.at)
  const args = node.args.positional.map((argument) => evaluate(argument, env))
  return known(evaluate(node.input, env), ...args) !== node.negated
}

function comparison(node: ExpressionOf<'compare'>, env: Env): boolean {
  let left = evaluate(node.first, env)
  for (const { operator, operand } of node.rest) {
    const right = evaluate(operand, env)
    const before = left
    const holds = at(node, env, () => {
      if (operator === '==' || operator === '!=') return equal(before, right) === (operator === '==')
      if (operator === 'in' || operator === 'not in') return contains(right, before) === (operator === 'in')
      return compare(operator, before, right)
    })
    if (!holds) return false
    left = right
  }
  return true
}

/** Gives an error of a helper its place. */
function at<T>(node: { at: number }, env: Env, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof TemplateError) throw error
    throw new TemplateError((error as Error).message, env.source, node.at)
  }
}
