/**
 * What newer TOML allows and the product's parser refuses, so that the server does not start: it is cava-toml 0.5, for TOML
 * 0.5. Each was seen with it. Positions come from the tree of the parser here, which knows TOML 1.1.
 */
import { TomlSyntaxError } from '../mapper/toml.ts'
import { leavesOf, type Node, type Section } from './leaves.ts'
import { textOf } from './unread.ts'

export function refusals(text: string, blocks: Node[]): TomlSyntaxError[] {
  const found: TomlSyntaxError[] = text.startsWith('\uFEFF') ? [new TomlSyntaxError('the file begins with a byte order mark, which the product does not read', 1, 1)] : []
  const refuse = (node: Node, message: string) => found.push(new TomlSyntaxError(message, node.loc.start.line, node.loc.start.column + 1))
  const look = (node: Node, inTable: boolean): void => {
    const items = node.items ?? []
    if (node.type === 'InlineArray') {
      const [first, ...others] = items.map((entry) => entry.item ?? entry)
      const other = first && others.find(({ type }) => type !== first.type)
      if (first === undefined && inTable) refuse(node, 'the product reads no [] in { }: write a [section]')
      if (other) refuse(other, `the product reads no list of ${words[first.type] ?? 'values'} and ${words[other.type] ?? 'others'}`)
    }
    if (node.type === 'InlineTable') {
      if (node.loc.start.line !== node.loc.end.line) refuse(node, 'the product reads no table in { } over several lines')
      else if (items.at(-1)?.comma === true) refuse(node, 'the product reads no comma before }')
    }
    if (node.type === 'String' && node.raw?.startsWith('"') && /^"(?:[^\\]|\\[^ex])*\\[ex]/.test(node.raw)) refuse(node, 'the product knows neither \\e nor \\x in a text')
    const inside = inTable || node.type === 'InlineTable'
    for (const item of items) look(item, inside)
    for (const inner of [node.item, node.value]) if (isNode(inner)) look(inner, inside)
  }
  for (const block of blocks) look(block, false)
  return [...found, ...lateParents(leavesOf(blocks).sections)]
}

/** `[a]` behind `[a.b]`: the product's parser makes a table that holds itself, and overflows its stack. */
function lateParents(sections: Section[]): TomlSyntaxError[] {
  const found: TomlSyntaxError[] = []
  let earlier: Section[] = []
  for (const section of sections) {
    const within = (other: Section) => other.path.length > section.path.length && section.path.every((name, i) => name === other.path[i])
    // A new table of a list has nothing below it yet.
    if (section.list) earlier = earlier.filter((other) => !within(other))
    const below = section.list ? undefined : earlier.find(within)
    if (below) found.push(new TomlSyntaxError(`[${textOf(section.path)}] must stand before [${textOf(below.path)}]: the product does not start with a table behind its sub-table`, section.line ?? 1, section.column ?? 1))
    earlier.push(section)
  }
  return found
}

const words: Record<string, string | undefined> = { String: 'texts', Integer: 'whole numbers', Float: 'decimal numbers', Boolean: 'booleans', DateTime: 'times', InlineArray: 'lists', InlineTable: 'tables' }

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value
}
