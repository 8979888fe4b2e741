/**
 * From a tree to a value. In: an expression, and the scope in which names are resolved on use. Out: a value, which may be
 * lazy, Undefined or Unknown; `execute.ts` does the same for statements, and makes text. Filters come from outside.
 */
import type { Arguments, Expression, ExpressionOf } from '../language/ast.ts'
import { TemplateError, UndefinedError } from '../language/errors.ts'
import { UnknownSignal } from './unknown-signal.ts'
import { find as findPlugin, shortName } from './plugins.ts'
import { callMethod } from './methods/index.ts'
import { findUnknown, force, Pending, useDefinition } from './lazy.ts'
import { member } from './attribute-access.ts'
import { binary, compare, negate, slice, truthy } from './operators.ts'
import { invokeFilter, invokeTest } from './invoke.ts'
import { pythonStr, typeName } from './print.ts'
import { at, Undefined, type Env } from './session.ts'
import { didYouMean } from '../../text/similar.ts'
import { Callable, type Dict, NativeObject, omit, setKey, Tuple, Unknown } from './values.ts'

/** Evaluates an expression. The result may be lazy, Undefined or Unknown. */
export function evaluate(node: Expression, env: Env): unknown {
  switch (node.type) {
    case 'literal': return node.value
    case 'name': return lookupName(node.name, env, node.at)
    case 'attribute': return member(evaluate(node.object, env), node.name, env, node.at, node)
    case 'item': return evaluateItem(node, env)
    case 'slice': return evaluateSlice(node, env)
    case 'list': return node.items.map((item) => evaluate(item, env))
    case 'tuple': return Tuple.make(node.items.map((item) => evaluate(item, env)))
    case 'dict': return evaluateDict(node, env)
    case 'call': return evaluateCall(node, env)
    case 'filter': return invokeFilterNode(node, evaluate(node.input!, env), env)
    case 'test': return evaluateTest(node, env)
    case 'unary': return evaluateUnary(node, env)
    case 'binary': return evaluateBinary(node, env)
    case 'logic': return evaluateLogic(node, env)
    case 'compare': return evaluateCompare(node, env)
    case 'concat': return evaluateConcat(node, env)
    case 'condition': return evaluateCondition(node, env)
  }
}

/** Evaluates to plain data (or an Unknown): undefined is an error here. */
export function plainValue(node: Expression, env: Env): unknown {
  const value = evaluate(node, env)
  if (value instanceof Unknown) env.session.sawUnknown = true
  return force(value, env.session)
}

/** A name: of the template itself, then of the scope, then a global. */
export function lookupName(name: string, env: Env, position: number): unknown {
  const local = env.frame?.find(name)
  if (local) return local.value
  const inScope = scopeValue(name, env, position)
  if (inScope !== undefined) return inScope
  if (name === 'omit') return omit
  if (name === 'ansible_managed') return env.session.services.managed
  const global = env.session.services.globals.get(name)
  if (global) return new Callable(name, (args, kwargs) => global(args, kwargs, env, position))
  const near = didYouMean(name, env.scope.names())
  return new Undefined(name, `'${name}' is undefined`, env.source, position, near && `did you mean '${near}'?`)
}

function scopeValue(name: string, env: Env, position: number): unknown {
  const { session, scope } = env
  let known = session.resolved.get(scope)
  if (!known) session.resolved.set(scope, (known = new Map()))
  if (known.has(name)) return known.get(name)
  const definition = scope.lookup(name)
  if (!definition) return undefined
  if (session.resolving.some((entry) => entry.name === name && entry.scope === scope)) {
    const chain = [...session.resolving.map((entry) => entry.name), name]
    throw new TemplateError(`recursive: ${chain.slice(chain.indexOf(name)).join(' -> ')}`, env.source, position)
  }
  session.resolving.push({ scope, name })
  try {
    const value = useDefinition(session, definition, scope, name)
    known.set(name, value)
    return value
  } finally {
    session.resolving.pop()
  }
}

function evaluateItem(node: ExpressionOf<'item'>, env: Env): unknown {
  const object = evaluate(node.object, env)
  if (object instanceof Undefined || object instanceof Unknown) return object
  const key = plainValue(node.index, env)
  return key instanceof Unknown ? key : member(object, key, env, node.index.at, node)
}

function evaluateSlice(node: ExpressionOf<'slice'>, env: Env): unknown {
  const object = plainValue(node.object, env)
  const bounds = [node.start, node.stop, node.step].map((part) => (part ? plainValue(part, env) : null))
  return firstUnknown(object, ...bounds) ?? at(env, node.at, '', () => slice(object, bounds[0], bounds[1], bounds[2]))
}

function evaluateDict(node: ExpressionOf<'dict'>, env: Env): unknown {
  const dict: Dict = {}
  for (const { key, value } of node.entries) {
    const name = plainValue(key, env)
    if (name instanceof Unknown) return name
    setKey(dict, pythonStr(name), evaluate(value, env))
  }
  return dict
}

function evaluateUnary(node: ExpressionOf<'unary'>, env: Env): unknown {
  if (node.operator === 'not') {
    const truth = truthOf(evaluate(node.operand, env), env)
    return truth instanceof Unknown ? truth : !truth
  }
  const operand = plainValue(node.operand, env)
  return operand instanceof Unknown ? operand : at(env, node.at, '', () => negate(operand, node.operator as '-' | '+'))
}

function evaluateBinary(node: ExpressionOf<'binary'>, env: Env): unknown {
  const left = plainValue(node.left, env)
  const right = plainValue(node.right, env)
  const shallow = firstUnknown(left, right)
  if (shallow) return shallow
  // Text made from a container with an unknown member is unknown; a joined list is not.
  if (node.operator === '%' && env.session.sawUnknown) {
    const inside = findUnknown(right)
    if (inside) return inside
  }
  return at(env, node.at, '', () => binary(node.operator, left, right))
}

/** `and`, `or` return an operand, as in Python. An unknown side leaves what the other side decides alone. */
function evaluateLogic(node: ExpressionOf<'logic'>, env: Env): unknown {
  const left = evaluate(node.left, env)
  const truth = truthOf(left, env)
  const decides = node.operator === 'or'
  if (!(truth instanceof Unknown)) return truth === decides ? left : evaluate(node.right, env)
  try {
    const right = evaluate(node.right, env)
    if (!(right instanceof Unknown) && !(right instanceof Undefined) && truthOf(right, env) === decides) return right
  } catch (error) {
    // The right side may only make sense if the left one is as expected.
    if (!(error instanceof UndefinedError)) throw error
  }
  return truth
}

function evaluateCompare(node: ExpressionOf<'compare'>, env: Env): unknown {
  let left = plainValue(node.first, env)
  for (const { operator, operand } of node.rest) {
    const right = plainValue(operand, env)
    const unknown = firstUnknown(left, right) ?? (env.session.sawUnknown ? (findUnknown(left) ?? findUnknown(right)) : undefined)
    if (unknown) return unknown
    if (!at(env, node.at, '', () => compare(operator, left, right))) return false
    left = right
  }
  return true
}

function evaluateConcat(node: ExpressionOf<'concat'>, env: Env): unknown {
  let text = ''
  for (const part of node.parts) {
    const raw = evaluate(part, env)
    if (raw instanceof Undefined && raw.silent) continue
    const value = force(raw, env.session)
    const unknown = value instanceof Unknown ? value : env.session.sawUnknown ? findUnknown(value) : undefined
    if (unknown) return unknown
    text += pythonStr(value)
  }
  return text
}

function evaluateCondition(node: ExpressionOf<'condition'>, env: Env): unknown {
  const truth = truthOf(evaluate(node.test, env), env)
  if (truth instanceof Unknown) return truth
  if (truth) return evaluate(node.then, env)
  if (node.else) return evaluate(node.else, env)
  return new Undefined('if', "the condition is false and there is no 'else'", env.source, node.at, undefined, true)
}

/** The truth of any evaluated value; an Unknown stays one. */
export function truthOf(value: unknown, env: Env): boolean | Unknown {
  if (value instanceof Unknown) return value
  if (value instanceof Undefined) throw value.error()
  if (value instanceof Pending) return value.length > 0
  return truthy(force(value, env.session))
}

function evaluateTest(node: ExpressionOf<'test'>, env: Env): unknown {
  const test = findPlugin(env.session.services.tests, node.name)
  if (!test) throw unknownPlugin('test', node.name, env.session.services.tests.keys(), env, node.at)
  const input = evaluate(node.input, env)
  const { positional, keyword } = evaluateArguments(node.args, env)
  const result = invokeTest(env, node.name, input, positional, keyword, node.at)
  return result instanceof Unknown ? result : result !== node.negated
}

/** Applies the filter of a node; `input` may come from a block instead of an expression. */
export function invokeFilterNode(node: ExpressionOf<'filter'>, input: unknown, env: Env): unknown {
  const { positional, keyword } = evaluateArguments(node.args, env)
  return invokeFilter(env, node.name, input, positional, keyword, node.at)
}

/** Error for a filter, test or lookup that does not exist. */
export function unknownPlugin(kind: string, name: string, known: Iterable<string>, env: Pick<Env, 'source'>, position: number): TemplateError {
  const near = didYouMean(shortName(name), known)
  return new TemplateError(`unknown ${kind} '${name}'`, env.source, position, near && `did you mean '${near}'?`)
}

export function evaluateArguments(args: Arguments, env: Env): { positional: unknown[]; keyword: Dict } {
  const positional = args.positional.map((argument) => evaluate(argument, env))
  const keyword: Dict = {}
  for (const { name, value } of args.keyword) keyword[name] = evaluate(value, env)
  if (args.spread) positional.push(...(plainValue(args.spread, env) as unknown[]))
  if (args.spreadDict) Object.assign(keyword, plainValue(args.spreadDict, env))
  return { positional, keyword }
}

function evaluateCall(node: ExpressionOf<'call'>, env: Env): unknown {
  const { callee } = node
  if (callee.type === 'attribute') {
    const object = evaluate(callee.object, env)
    if (object instanceof Unknown) return object
    if (object instanceof Undefined) throw object.error()
    const { positional, keyword } = evaluateArguments(node.args, env)
    if (object instanceof NativeObject) {
      const method = object.attribute(callee.name)
      if (method instanceof Callable) return call(method, positional, keyword, env, node.at)
    }
    return at(env, callee.at, '', () => callMethod(object, callee.name, positional, keyword, env))
  }
  const target = evaluate(callee, env)
  if (target instanceof Unknown) return target
  if (target instanceof Undefined) throw target.error()
  const { positional, keyword } = evaluateArguments(node.args, env)
  return call(target, positional, keyword, env, node.at)
}

/** Calls a macro or global function. */
export function call(target: unknown, args: unknown[], kwargs: Dict, env: Env, position: number): unknown {
  if (!(target instanceof Callable)) throw new TemplateError(`a ${typeName(target)} can not be called`, env.source, position)
  const unknown = firstUnknown(...args, ...Object.values(kwargs))
  if (unknown) return unknown
  try {
    return at(env, position, '', () => target.call(args, kwargs))
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown
    throw error
  }
}

function firstUnknown(...values: unknown[]): Unknown | undefined {
  return values.find((value) => value instanceof Unknown) as Unknown | undefined
}
