import type { Statement, StatementOf, Template } from '../language/ast.ts'
import { TemplateError } from '../language/errors.ts'
import { plainValue } from './evaluate.ts'
import { captureBody, runBody, type Run } from './execute.ts'
import { parseTemplate } from '../language/parser.ts'
import { Frame, Undefined, type Env } from './session.ts'
import { Callable, NativeObject } from './values.ts'

/** Blocks by name, the most derived version first, and the template this one extends. */
export interface Inheritance {
  blocks: Map<string, { node: StatementOf<'block'>; run: Run }[]>
  parent: { name: unknown; at: number } | undefined
}

/** Runs a block where the base template places it, in its most derived version. */
export function runBlock(node: StatementOf<'block'>, run: Run): void {
  const { blocks, parent } = run.inheritance
  const versions = blocks.get(node.name) ?? []
  if (!versions.some((version) => version.node === node)) versions.push({ node, run })
  blocks.set(node.name, versions)
  if (parent === undefined) run.out.push(blockText(node.name, 0, run))
}

function blockText(name: string, version: number, run: Run): string {
  const found = run.inheritance.blocks.get(name)?.[version]
  if (!found) throw new TemplateError("there is no block above for 'super()'", run.source, 0)
  const frame = new Frame(found.run === run ? run.frame : found.run.frame)
  for (const [key, value] of run.frame.names) if (!frame.find(key)) frame.names.set(key, value)
  frame.names.set('super', new Callable('super', () => blockText(name, version + 1, run)))
  const inheritance: Inheritance = { blocks: run.inheritance.blocks, parent: undefined }
  return captureBody(found.node.body, { ...found.run, inheritance }, frame)
}

/** If the template extends another, runs that one with the blocks found so far. */
export function runExtends(run: Run): void {
  for (let bases = 0; run.inheritance.parent; bases++) {
    const { name, at } = run.inheritance.parent
    if (bases > 50) throw new TemplateError(`recursive: '${String(name)}' extends itself`, run.source, at)
    run.inheritance.parent = undefined
    const base = load(name, run, at)
    if (!base) throw new TemplateError(`there is no template '${String(name)}'`, run.source, at)
    run.out.length = 0
    const inner: Run = { ...run, source: base.env.source }
    runBody(base.template.body, inner)
    run = inner
  }
}

/** Output of another template in place. The first of a list of names that exists is taken. */
export function runInclude(node: StatementOf<'include'>, run: Run): void {
  const wanted = plainValue(node.template, run)
  for (const name of Array.isArray(wanted) ? wanted : [wanted]) {
    const found = load(name, run, node.at)
    if (!found) continue
    const inner = fresh(found.env, new Frame(node.context ? run.frame : undefined))
    run.session.depth++
    try {
      runBody(found.template.body, inner)
      runExtends(inner)
    } finally {
      run.session.depth--
    }
    for (const piece of inner.out) run.out.push(piece)
    return
  }
  if (!node.ignoreMissing) throw new TemplateError(`there is no template '${String(wanted)}'`, run.source, node.at)
}

/** Macros and names another template defines, as an object. */
class Module extends NativeObject {
  private readonly frame: Frame
  constructor(frame: Frame) {
    super()
    this.frame = frame
  }
  attribute(name: string): unknown {
    return this.frame.names.get(name)
  }
}

export function runImport(node: StatementOf<'import'>, run: Run): void {
  run.frame.names.set(node.name, new Module(importFrame(node, run)))
}

export function runFromImport(node: StatementOf<'fromImport'>, run: Run): void {
  const frame = importFrame(node, run)
  for (const { name, as } of node.names) {
    const missing = () => new Undefined(name, `the imported template does not define '${name}'`, run.source, node.at)
    run.frame.names.set(as, frame.names.has(name) ? frame.names.get(name) : missing())
  }
}

function importFrame(node: StatementOf<'import' | 'fromImport'>, run: Run): Frame {
  const name = plainValue(node.template, run)
  const found = load(name, run, node.at)
  if (!found) throw new TemplateError(`there is no template '${String(name)}'`, run.source, node.at)
  const inner = fresh(found.env, new Frame(node.context ? run.frame : undefined))
  runBody(found.template.body as Statement[], inner)
  return inner.frame
}

function fresh(env: Env, frame: Frame): Run {
  return { ...env, frame, out: [], inheritance: { blocks: new Map(), parent: undefined } }
}

function load(name: unknown, run: Run, at: number): { template: Template; env: Env } | undefined {
  const { loader, render } = run.session
  if (typeof name !== 'string') throw new TemplateError('the name of a template is a string', run.source, at)
  if (!loader) throw new TemplateError(`'${name}' can not be loaded here: only template files include others`, run.source, at)
  if (run.session.depth > 50) throw new TemplateError(`recursive: '${name}' includes itself`, run.source, at)
  const found = loader(name, run.source.file)
  if (!found) return undefined
  const source = { text: found.text.replace(/\r?\n$/, ''), ...(found.file !== undefined && { file: found.file }) }
  const template = parseTemplate(source, { ...render, rawStrings: false })
  return { template, env: { session: run.session, scope: run.scope, source, frame: undefined } }
}
