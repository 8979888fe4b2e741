/** The nodes have names, ports and homes of their own. */
import type { Finding } from './findings.ts'

export interface Node {
  address: string
  offset: number
  home: string
}

export type Nodes = Record<string, Node>

/** Ports of a node without its offset; 4.x has those of WebSub besides. */
const PORTS = [9443, 9763, 8243, 8280, 5672, 8672, 9611, 9711, 9099, 8099]
const PORTS_4X = [9021, 8021]

export function nodeRules(nodes: Nodes, is4x: boolean): Finding[] {
  const all = Object.entries(nodes)
  if (all.length < 2) return [{ path: ["groups['apim']"], text: `has ${all.length === 1 ? 'one host' : 'no hosts'}; an active-active deployment has two or more`, grave: true }]
  return all.flatMap(([name, node], index) => all.slice(0, index).flatMap(([other, before]) => between(other, before, name, node, is4x ? [...PORTS, ...PORTS_4X] : PORTS)))
}

function between(other: string, before: Node, name: string, node: Node, ports: number[]): Finding[] {
  if (node.address !== before.address) return []
  const shared = ports.map((port) => port + node.offset).find((port) => ports.includes(port - before.offset))
  const say = (key: string, text: string): Finding => ({ path: [`hostvars['${name}']`, 'apim_node', key], text })
  return [
    ...(shared === undefined ? [] : [say('offset', `is ${node.offset}, and ${before.offset} on ${other}, which has the same apim_node.address: their ports would collide (${shared})`)]),
    ...(node.home === before.home ? [say('home', `is the same as that of ${other}, which has the same apim_node.address`)] : []),
  ]
}
