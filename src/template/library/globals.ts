import { DateTime, formatDate } from './datetime.ts'
import { UnknownSignal } from '../runtime/unknown-signal.ts'
import { Namespace } from '../runtime/execute.ts'
import { force } from '../runtime/lazy.ts'
import { lookupPlugin } from './lookups/index.ts'
import { entriesOf } from '../runtime/methods/dict.ts'
import { truthy } from '../runtime/operators.ts'
import type { GlobalTable } from '../runtime/plugins.ts'
import { pythonStr } from '../runtime/print.ts'
import { Undefined, type Env } from '../runtime/session.ts'
import { Callable, type Dict, dictOf, NativeObject } from '../runtime/values.ts'

/** Names every template knows, unless a variable has the same name. */
export const globals: GlobalTable = new Map<string, (args: unknown[], kwargs: Dict, env: Env, at: number) => unknown>([
  ['range', (args, _kwargs, env) => range(args.map((arg) => force(arg, env.session)))],
  ['dict', ([first], kwargs, env) => dictOf([...entriesOf(force(first, env.session)), ...Object.entries(kwargs)])],
  ['namespace', ([first], kwargs, env) => new Namespace([...entriesOf(force(first, env.session)), ...Object.entries(kwargs)])],
  ['lookup', (args, kwargs, env, at) => lookup(args, kwargs, env, at, false)],
  ['query', (args, kwargs, env, at) => lookup(args, kwargs, env, at, true)],
  ['q', (args, kwargs, env, at) => lookup(args, kwargs, env, at, true)],
  ['now', (args, kwargs, env) => now(args, kwargs, env)],
  ['undef', ([hint], kwargs, env, at) => {
    const text = pythonStr(force(hint ?? kwargs['hint'] ?? 'mandatory', env.session))
    return new Undefined('undef', text, env.source, at)
  }],
  ['cycler', (args) => new Cycler(args)],
  ['joiner', ([separator = ', ']) => {
    let used = false
    return new Callable('joiner', () => (used ? separator : ((used = true), '')))
  }],
])

const largestRange = 10_000_000

function range(args: unknown[]): number[] {
  if (args.length === 0 || args.length > 3) throw new Error(`range needs 1 to 3 integers, not ${args.length}`)
  const numbers = args.map((arg) => {
    if (typeof arg !== 'number' || !Number.isInteger(arg)) throw new Error(`range needs integers, not ${pythonStr(arg)}`)
    return arg
  })
  const [start, stop, step] = numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1]
  if (step === 0) throw new Error('the step of a range can not be 0')
  const size = Math.max(0, Math.ceil((stop - start) / step))
  if (size > largestRange) throw new Error(`a range of ${size} is too large`)
  return Array.from({ length: size }, (_, index) => start + index * step)
}

function now(args: unknown[], kwargs: Dict, env: Env): unknown {
  const utc = truthy(force(args[0] ?? kwargs['utc'] ?? false, env.session))
  const format = force(args[1] ?? kwargs['fmt'] ?? null, env.session)
  const date = env.session.services.now()
  return format === null ? new DateTime(date, utc) : formatDate(date, pythonStr(format), utc)
}

/** `lookup('name', ...)` joins results with commas (one result stays as it is), `query(...)` gives the list. */
function lookup(args: unknown[], kwargs: Dict, env: Env, at: number, wantList: boolean): unknown {
  const plain = args.map((arg) => force(arg, env.session))
  const { default: otherwise, ...named } = kwargs
  const { wantlist, errors, ...options } = force(named, env.session) as Dict
  // `default=undef()` fails only where it is needed.
  if (otherwise !== undefined) options['default'] = otherwise instanceof Undefined ? otherwise : force(otherwise, env.session)
  const [name, ...terms] = plain
  let results: unknown[]
  try {
    results = lookupPlugin(pythonStr(name), terms, options, env, at)
  } catch (error) {
    if (error instanceof UnknownSignal || (errors !== 'ignore' && errors !== 'warn')) throw error
    return wantList || truthy(wantlist) ? [] : null
  }
  if (wantList || truthy(wantlist)) return results
  if (results.length === 1) return results[0]
  if (results.length === 0) return results
  // Ansible gives a list if it can not be joined as text.
  return results.every((item) => typeof item === 'string') ? results.join(',') : results
}

class Cycler extends NativeObject {
  private readonly items: unknown[]
  private position = 0
  constructor(items: unknown[]) {
    super()
    this.items = items
  }
  attribute(name: string): unknown {
    if (name === 'current') return this.items[this.position]
    if (name === 'next') {
      return new Callable('next', () => {
        const item = this.items[this.position]
        this.position = (this.position + 1) % this.items.length
        return item
      })
    }
    return name === 'reset' ? new Callable('reset', () => ((this.position = 0), null)) : undefined
  }
}

