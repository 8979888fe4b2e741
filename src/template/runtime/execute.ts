import type { Expression, ExpressionOf, Statement, StatementOf, Target, Template } from '../language/ast.ts'
import { TemplateError } from '../language/errors.ts'
import { UnknownSignal } from './unknown-signal.ts'
import { evaluate, invokeFilterNode, plainValue, truthOf } from './evaluate.ts'
import { runBlock, runExtends, runFromImport, runImport, runInclude, type Inheritance } from './inheritance.ts'
import { findUnknown, force, iterate } from './lazy.ts'
import { runLoop } from './loop.ts'
import { defineMacro, runCallBlock } from './macro.ts'
import { toText } from './print.ts'
import { at, Frame, Undefined, type Env } from './session.ts'
import { NativeObject, Unknown } from './values.ts'

/** A running template: where it writes and what its blocks are. */
export interface Run extends Env {
  readonly frame: Frame
  /** Pieces of output. A template with a single piece keeps that value's type. */
  readonly out: unknown[]
  readonly inheritance: Inheritance
}

export type Flow = 'break' | 'continue' | undefined

/** Runs a template. `native`: a result of one single piece keeps its type (and may be lazy); else text. */
export function runTemplate(template: Template, env: Env, native: boolean): unknown {
  const single = template.body.length === 1 ? template.body[0]! : undefined
  if (native && single?.type === 'print') {
    const value = evaluate(single.value, env)
    if (value instanceof Undefined) throw value.error()
    return value
  }
  const run: Run = { ...env, frame: new Frame(env.frame), out: [], inheritance: { blocks: new Map(), parent: undefined } }
  runBody(template.body, run)
  runExtends(run)
  return native && run.out.length === 1 ? run.out[0] : joinOutput(run.out, run)
}

/** Joins pieces of output to text; an unknown piece makes all of it unknown. */
export function joinOutput(out: unknown[], env: Env): string {
  let text = ''
  for (const piece of out) text += typeof piece === 'string' ? piece : textOf(piece, env)
  return text
}

function textOf(piece: unknown, env: Env): string {
  const value = force(piece, env.session)
  const unknown = findUnknown(value)
  if (unknown) throw new UnknownSignal(unknown)
  return toText(value)
}

/** Runs statements and returns their output as text. */
export function captureBody(body: Statement[], run: Run, frame = new Frame(run.frame)): string {
  const inner: Run = { ...run, frame, out: [] }
  runBody(body, inner)
  return joinOutput(inner.out, run)
}

export function runBody(body: Statement[], run: Run): Flow {
  for (const statement of body) {
    const flow = runStatement(statement, run)
    if (flow) return flow
  }
  return undefined
}

function runStatement(node: Statement, run: Run): Flow {
  // A child template only defines: its text outside of blocks is never seen.
  const silent = run.inheritance.parent !== undefined
  switch (node.type) {
    case 'text': if (!silent) run.out.push(node.text); return
    case 'print': if (!silent) print(node.value, run); return
    case 'if': return runIf(node, run)
    case 'for': return runLoop(node, run, run)
    case 'set': assign(node.target, evaluate(node.value, run), run); return
    case 'setBlock': assign(node.target, filtered(node.filter, captureBody(node.body, run), run), run); return
    case 'macro': run.frame.names.set(node.name, defineMacro(node, run)); return
    case 'call': run.out.push(runCallBlock(node, run)); return
    case 'filter': run.out.push(filtered(node.filter, captureBody(node.body, run), run)); return
    case 'with': return runWith(node, run)
    case 'scope': return runBody(node.body, { ...run, frame: new Frame(run.frame) })
    case 'do': evaluate(node.value, run); return
    case 'break':
    case 'continue': return node.type
    case 'include': runInclude(node, run); return
    case 'import': runImport(node, run); return
    case 'fromImport': runFromImport(node, run); return
    case 'extends': run.inheritance.parent = { name: plainValue(node.template, run), at: node.at }; return
    case 'block': runBlock(node, run); return
  }
}

function print(node: Expression, run: Run): void {
  const value = evaluate(node, run)
  if (value instanceof Undefined) {
    if (value.silent) return
    throw value.error()
  }
  if (value instanceof Unknown) throw new UnknownSignal(value)
  run.out.push(value)
}

function runIf(node: StatementOf<'if'>, run: Run): Flow {
  for (const branch of node.branches) {
    const truth = truthOf(evaluate(branch.test, run), run)
    if (truth instanceof Unknown) throw new UnknownSignal(truth)
    if (truth) return runBody(branch.body, run)
  }
  return node.else ? runBody(node.else, run) : undefined
}

function runWith(node: StatementOf<'with'>, run: Run): Flow {
  const inner: Run = { ...run, frame: new Frame(run.frame) }
  for (const { target, value } of node.bindings) assign(target, evaluate(value, run), inner)
  return runBody(node.body, inner)
}

/** Gives a value to a name, to several names, or to a member of a namespace. */
export function assign(target: Target, value: unknown, env: Env & { frame: Frame }): void {
  switch (target.type) {
    case 'name':
      env.frame.names.set(target.name, value)
      return
    case 'member': {
      const object = env.frame.find(target.object)?.value
      if (!(object instanceof Namespace)) {
        throw new TemplateError(`'${target.object}' is no namespace: only those can be set by attribute`, env.source, target.at, 'make it with namespace()')
      }
      object.members.set(target.name, value)
      return
    }
    case 'unpack': {
      const items = at(env, target.at, '', () => iterate(value))
      if (items.length !== target.targets.length) {
        throw new TemplateError(`expected ${target.targets.length} values to unpack, got ${items.length}`, env.source, target.at)
      }
      for (const [index, inner] of target.targets.entries()) assign(inner, items[index], env)
    }
  }
}

/** `namespace()`: an object whose attributes `set` can change from inside a loop. */
export class Namespace extends NativeObject {
  readonly members = new Map<string, unknown>()
  constructor(entries: Iterable<[string, unknown]>) {
    super()
    for (const [key, value] of entries) this.members.set(key, value)
  }
  attribute(name: string): unknown {
    return this.members.get(name)
  }
  override plain(): unknown {
    return Object.fromEntries(this.members)
  }
  override toString(): string {
    return '<Namespace>'
  }
}

/** Applies the filters of a block to its text. */
function filtered(node: Expression | undefined, text: string, run: Run): unknown {
  if (!node) return text
  const filter = node as ExpressionOf<'filter'>
  return invokeFilterNode(filter, filter.input ? filtered(filter.input, text, run) : text, run)
}
