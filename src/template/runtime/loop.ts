import type { StatementOf } from '../language/ast.ts'
import { UnknownSignal } from './unknown-signal.ts'
import { evaluate, truthOf } from './evaluate.ts'
import { assign, joinOutput, runBody, type Flow, type Run } from './execute.ts'
import { force, iterate } from './lazy.ts'
import { equals } from './operators.ts'
import { at, Frame, Undefined } from './session.ts'
import { Callable, Unknown } from './values.ts'

/** Runs `{% for %}` over its iterable. */
export function runLoop(node: StatementOf<'for'>, run: Run, outer: Run, depth = 1): Flow {
  return loopOver(node, evaluate(node.iterable, run), run, outer, depth)
}

function loopOver(node: StatementOf<'for'>, iterable: unknown, run: Run, outer: Run, depth: number): Flow {
  if (iterable instanceof Undefined) throw iterable.error()
  let items = at(run, node.iterable.at, '', () => iterate(iterable))
  if (node.filter) items = items.filter((item) => accepted(node, item, run))
  for (const [index, item] of items.entries()) {
    const frame = new Frame(outer.frame)
    const loop = new Loop(items, index, depth, (value) => {
      const inner: Run = { ...run, out: [] }
      loopOver(node, value, inner, outer, depth + 1)
      return joinOutput(inner.out, run)
    }, run)
    frame.names.set('loop', loop)
    const inner: Run = { ...run, frame }
    assign(node.target, item, inner)
    if (runBody(node.body, inner) === 'break') break
  }
  return items.length === 0 && node.else ? runBody(node.else, run) : undefined
}

function accepted(node: StatementOf<'for'>, item: unknown, run: Run): boolean {
  const inner: Run = { ...run, frame: new Frame(run.frame) }
  assign(node.target, item, inner)
  const truth = truthOf(evaluate(node.filter!, inner), inner)
  if (truth instanceof Unknown) throw new UnknownSignal(truth)
  return truth
}

/** What `loop.changed()` was last called with, kept over the turns of one loop. */
const lastChanged = new WeakMap<unknown[], unknown[]>()

/** The `loop` variable. Calling it runs a recursive loop over its argument. */
class Loop extends Callable {
  private readonly items: unknown[]
  private readonly index: number
  private readonly depth: number
  private readonly run: Run

  constructor(items: unknown[], index: number, depth: number, recurse: (value: unknown) => string, run: Run) {
    super('loop', ([value]) => recurse(value))
    this.items = items
    this.index = index
    this.depth = depth
    this.run = run
  }

  override attribute(name: string): unknown {
    const { items, index } = this
    switch (name) {
      case 'index': return index + 1
      case 'index0': return index
      case 'revindex': return items.length - index
      case 'revindex0': return items.length - index - 1
      case 'first': return index === 0
      case 'last': return index === items.length - 1
      case 'length': return items.length
      case 'depth': return this.depth
      case 'depth0': return this.depth - 1
      case 'previtem': return index > 0 ? items[index - 1] : undefined
      case 'nextitem': return index < items.length - 1 ? items[index + 1] : undefined
      case 'cycle': return new Callable('cycle', (args) => args[index % args.length])
      case 'changed': return new Callable('changed', (args) => this.changed(args))
    }
    return undefined
  }

  private changed(args: unknown[]): boolean {
    const values = args.map((value) => force(value, this.run.session))
    const before = lastChanged.get(this.items)
    lastChanged.set(this.items, values)
    return before === undefined || !equals(before, values)
  }
}

