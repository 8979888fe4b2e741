/** The keys of a document, each with its place: what the lint walks over. */
import { parseDocument } from '@decimalturn/toml-patch'
import { syntaxError, isTree, type Tree } from '../mapper/toml.ts'

export interface Leaf {
  /** Names of the key; `[]` after the name of a list of tables. */
  path: string[]
  /** From 1; undefined for values that come from no file. */
  line?: number
  column?: number
}

/** What is read of the nodes of the parser. */
export interface Node {
  type: string
  loc: { start: { line: number; column: number }; end: { line: number; column: number } }
  key?: Node & { item?: Node; value?: string[] }
  item?: Node
  items?: Node[]
  value?: unknown
  /** As it is written. */
  raw?: string
  /** A comma follows. */
  comma?: boolean
}

export interface Section extends Leaf {
  /** `[[a]]` */
  list: boolean
}

/** The document as the parser sees it. */
export function blocksOf(text: string): Node[] {
  try {
    return parseDocument(text).cst as unknown as Node[]
  } catch (error) {
    throw syntaxError(error)
  }
}

/** The keys with their places, and the headers of sections. */
export function leavesOf(blocks: Node[]): { leaves: Leaf[]; sections: Section[] } {
  const leaves: Leaf[] = []
  const sections: Section[] = []
  const lists = new Set<string>()
  for (const block of blocks) {
    if (block.type === 'KeyValue') leaves.push(...keyValue(block, []))
    else if (block.type === 'Table' || block.type === 'TableArray') {
      const path = sectionPath(block.key!.item!.value as string[], block.type === 'TableArray', lists)
      sections.push({ path, list: block.type === 'TableArray', ...placeOf(block.key!.item!) })
      for (const item of block.items ?? []) if (item.type === 'KeyValue') leaves.push(...keyValue(item, path))
    }
  }
  return { leaves, sections }
}

function sectionPath(names: string[], list: boolean, lists: Set<string>): string[] {
  const path: string[] = []
  for (const [i, name] of names.entries()) {
    path.push(name)
    const id = JSON.stringify(path)
    if (list && i === names.length - 1) lists.add(id)
    if (lists.has(id)) path.push('[]')
  }
  return path
}

function keyValue(node: Node, above: string[]): Leaf[] {
  const path = [...above, ...(node.key!.value as string[])]
  return inside(node.value as Node, path, placeOf(node.key!))
}

function inside(value: Node, path: string[], place: { line: number; column: number }): Leaf[] {
  const items = (value.items ?? []).map((entry) => entry.item ?? entry)
  if (value.type === 'InlineTable') return items.flatMap((item) => keyValue(item, path))
  const tables = value.type === 'InlineArray' ? items.filter(({ type }) => type === 'InlineTable') : []
  return tables.length > 0 ? tables.flatMap((table) => inside(table, [...path, '[]'], place)) : [{ path, ...place }]
}

function placeOf(node: Node): { line: number; column: number } {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 }
}

/** The keys of values that come from no file. */
export function leavesOfTree(tree: Tree, above: string[] = []): Leaf[] {
  return Object.entries(tree).flatMap(([name, value]) => leavesOfValue(value, [...above, name]))
}

export function leavesOfValue(value: unknown, path: string[]): Leaf[] {
  if (isTree(value)) return leavesOfTree(value, path)
  const tables = Array.isArray(value) ? value.filter(isTree) : []
  return tables.length > 0 ? tables.flatMap((table) => leavesOfTree(table, [...path, '[]'])) : [{ path }]
}
