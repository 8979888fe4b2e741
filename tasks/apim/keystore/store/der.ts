/** The little of ASN.1 (X.690, DER) that keystores need. */

/** An input that is not what it should be; who reads a store turns it into "not a keystore". */
export class Malformed extends Error {}

export interface Node {
  tag: number
  /** Without tag and length. */
  content: Buffer
  /** With them. */
  bytes: Buffer
}

export const SEQUENCE = 0x30
export const OCTETS = 0x04
export const OID = 0x06

/** What stands one after the other. */
export function nodesIn(bytes: Buffer): Node[] {
  const nodes: Node[] = []
  for (let at = 0; at < bytes.length; ) {
    const node = nodeAt(bytes, at)
    nodes.push(node)
    at += node.bytes.length
  }
  return nodes
}

/** The only one. */
export function nodeIn(bytes: Buffer): Node {
  const node = nodeAt(bytes, 0)
  if (node.bytes.length !== bytes.length) throw new Malformed('bytes after the end')
  return node
}

export const children = (node: Node | undefined): Node[] => nodesIn(contentOf(node))

export function contentOf(node: Node | undefined): Buffer {
  if (!node) throw new Malformed('something is missing')
  return node.content
}

/** As text with dots. */
export function oidOf(node: Node | undefined): string {
  if (node?.tag !== OID) throw new Malformed('an identifier is missing')
  const parts: number[] = []
  let value = 0
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    parts.push(value)
    value = 0
  }
  const [first = 0, ...rest] = parts
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - top * 40, ...rest].join('.')
}

/** A count, as iterations are. */
export function integerOf(node: Node | undefined): number {
  const content = contentOf(node)
  if (node!.tag !== 0x02 || content.length === 0 || content.length > 5 || content[0]! & 0x80) throw new Malformed('a count is missing')
  return content.readUIntBE(0, content.length)
}

function nodeAt(bytes: Buffer, at: number): Node {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new Malformed('no element')
  const count = first & 0x80 ? first & 0x7f : 0
  // 0x80 alone is the indefinite length of BER, which no Java writes.
  if (first === 0x80 || count > 4 || at + 2 + count > bytes.length) throw new Malformed('no length')
  const length = count === 0 ? first : bytes.readUIntBE(at + 2, count)
  const start = at + 2 + count
  if (start + length > bytes.length) throw new Malformed('cut off')
  return { tag, content: bytes.subarray(start, start + length), bytes: bytes.subarray(at, start + length) }
}
