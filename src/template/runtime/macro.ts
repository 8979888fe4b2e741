import type { Parameter, Statement, StatementOf } from '../language/ast.ts'
import { evaluate, evaluateArguments } from './evaluate.ts'
import { captureBody, type Run } from './execute.ts'
import { Frame, Undefined } from './session.ts'
import { Callable, type Dict, Tuple } from './values.ts'
import { member } from './attribute-access.ts'
import { TemplateError } from '../language/errors.ts'

/** The function a `{% macro %}` defines. It sees the names around its definition. */
export function defineMacro(node: StatementOf<'macro'>, run: Run): Callable {
  return makeMacro(node.name, node.parameters, node.body, run, node.at)
}

function makeMacro(name: string, parameters: Parameter[], body: Statement[], run: Run, position: number): Callable {
  return new Callable(name, (args, kwargs) => {
    const frame = new Frame(run.frame)
    const rest = new Map(Object.entries(kwargs))
    const caller = rest.get('caller')
    rest.delete('caller')
    if (caller !== undefined) frame.names.set('caller', caller)
    for (const [index, parameter] of parameters.entries()) {
      if (index < args.length && rest.has(parameter.name)) throw new Error(`macro '${name}' got its argument '${parameter.name}' twice`)
      frame.names.set(parameter.name, argument(parameter, index, args, rest, { ...run, frame }, position))
      rest.delete(parameter.name)
    }
    const extra = args.slice(parameters.length)
    if (extra.length > 0 && !mentions(body, 'varargs')) throw new Error(`macro '${name}' takes at most ${parameters.length} arguments, got ${args.length}`)
    if (rest.size > 0 && !mentions(body, 'kwargs')) throw new Error(`macro '${name}' has no argument '${[...rest.keys()][0]}'`)
    frame.names.set('varargs', Tuple.make(extra))
    frame.names.set('kwargs', Object.fromEntries(rest))
    return captureBody(body, { ...run, inheritance: { blocks: run.inheritance.blocks, parent: undefined } }, frame)
  })
}

function argument(parameter: Parameter, index: number, args: unknown[], kwargs: Map<string, unknown>, run: Run, position: number): unknown {
  if (index < args.length) return args[index]
  if (kwargs.has(parameter.name)) return kwargs.get(parameter.name)
  if (parameter.default) return evaluate(parameter.default, run)
  return new Undefined(parameter.name, `the argument '${parameter.name}' was not given`, run.source, position)
}

/** Too many arguments are fine only in a macro that asks for them. */
function mentions(body: Statement[], name: string): boolean {
  return JSON.stringify(body).includes(`"name":"${name}"`)
}

/** `{% call macro() %}body{% endcall %}`: the macro calls the body as `caller()`. */
export function runCallBlock(node: StatementOf<'call'>, run: Run): unknown {
  if (node.call.type !== 'call') throw new TemplateError('expected a call of a macro', run.source, node.at)
  const { callee, args } = node.call
  const target = callee.type === 'attribute' ? member(evaluate(callee.object, run), callee.name, run, callee.at, callee) : evaluate(callee, run)
  if (target instanceof Undefined) throw target.error()
  if (!(target instanceof Callable)) throw new TemplateError('only a macro can be called with a block', run.source, node.call.at)
  const { positional, keyword } = evaluateArguments(args, run)
  const caller = makeMacro('caller', node.parameters, node.body, run, node.at)
  return target.call(positional, { ...keyword, caller } as Dict)
}
