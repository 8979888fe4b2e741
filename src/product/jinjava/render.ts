/** Renders a parsed template as jinjava does. */
import type { Statement, StatementOf, Target, Template } from '../../template/language/ast.ts'
import { TemplateError, type Source } from '../../template/language/errors.ts'
import { parseSegments } from '../../template/language/parser.ts'
import { evaluate, type Env } from './evaluate.ts'
import { segments } from './segments.ts'
import { Entry, itemsOf, toText, truth, type Table, type Value } from './value.ts'

/** Reads a template; its mistakes are a TemplateError with a place. */
export function parse(source: Source): Template {
  return parseSegments(source, segments(source))
}

/** The text that the template makes of these variables. */
export function render(template: Template, variables: Table, file?: string): string {
  const source: Source = { text: template.text, ...(file !== undefined && { file }) }
  return body(template.body, { variables: new Map(variables), macros: new Map(), source })
}

function body(statements: Statement[], env: Env): string {
  let text = ''
  for (const statement of statements) text += one(statement, env)
  return text
}

function one(node: Statement, env: Env): string {
  switch (node.type) {
    case 'text': return node.text
    case 'print': return again(toText(evaluate(node.value, env)), env)
    case 'if': {
      const branch = node.branches.find(({ test }) => truth(evaluate(test, env)))
      return body(branch?.body ?? node.else ?? [], env)
    }
    case 'for': return loop(node, env)
    case 'set':
      bind(node.target, evaluate(node.value, env), env)
      return ''
    case 'do':
      evaluate(node.value, env)
      return ''
    case 'macro':
      env.macros.set(node.name, (args) => {
        const inner = child(env)
        for (const [i, { name, default: otherwise }] of node.parameters.entries())
          inner.variables.set(name, args[i] ?? (otherwise ? evaluate(otherwise, env) : null))
        return body(node.body, inner)
      })
      return ''
    default:
      throw new TemplateError(`{% ${node.type} %} is not known here`, env.source, node.at)
  }
}

/** jinjava renders a printed text that looks like a template once more. */
function again(text: string, env: Env): string {
  if (!text.includes('{{') && !text.includes('{%')) return text
  try {
    const source: Source = { text }
    return body(parse(source).body, { ...child(env), source })
  } catch {
    return text
  }
}

function child(env: Env): Env {
  return { variables: new Map(), macros: new Map(), parent: env, source: env.source }
}

/** A table gives its values, a single value itself. What stands behind `{% else %}` belongs to each round. */
function loop(node: StatementOf<'for'>, env: Env): string {
  const items = itemsOf(evaluate(node.iterable, env))
  const inner = child(env)
  const statements = [...node.body, ...(node.else ?? [])]
  let text = ''
  for (const [i, item] of items.entries()) {
    inner.variables.set('loop', loopState(i, items.length))
    bind(node.target, item, inner)
    text += body(statements, inner)
  }
  return text
}

function loopState(index: number, length: number): Table {
  return new Map<string, Value>([
    ['index', BigInt(index + 1)],
    ['index0', BigInt(index)],
    ['revindex', BigInt(length - index)],
    ['revindex0', BigInt(length - index - 1)],
    ['first', index === 0],
    ['last', index === length - 1],
    ['length', BigInt(length)],
  ])
}

function bind(target: Target, value: Value, env: Env): void {
  if (target.type === 'name') env.variables.set(target.name, value)
  else if (target.type === 'unpack') {
    const parts = value instanceof Entry ? [value.key, value.value] : Array.isArray(value) ? value : []
    for (const [i, part] of target.targets.entries()) bind(part, memberFor(part, value) ?? parts[i] ?? null, env)
  }
}

/** Several names over a list of tables take the members of these names. */
function memberFor(target: Target, value: Value): Value | undefined {
  return target.type === 'name' && value instanceof Map ? value.get(target.name) : undefined
}
