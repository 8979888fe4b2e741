/** The set of keys that some rule reads, as a tree of names. `*` stands for any name, `[]` for the tables of a list. */

export interface Read {
  /** Something reads the value of this very key. */
  read: boolean
  /** A loop goes over it. */
  list: boolean
  children: Map<string, Read>
}

export function noReads(): Read {
  return { read: false, list: false, children: new Map() }
}

export function markRead(root: Read, path: readonly string[], list = false): void {
  let node = root
  for (const name of path) {
    let next = node.children.get(name)
    if (!next) node.children.set(name, (next = noReads()))
    node = next
  }
  node.read = true
  if (list) node.list = true
}

/** The places of the tree that a key is at: one for its name, one for "any name". */
export function placesOf(root: Read, path: readonly string[]): Read[] {
  let places = [root]
  for (const name of path) {
    places = places.flatMap(({ children }) => [children.get(name), name === '[]' ? undefined : children.get('*')].filter((place) => place !== undefined))
    if (places.length === 0) return []
  }
  return places
}

export function isRead(root: Read, path: readonly string[]): boolean {
  return placesOf(root, path).some(({ read }) => read)
}

/** Every path that is read and has no `*` in it. */
export function readPaths(root: Read): string[][] {
  const found: string[][] = []
  const walk = (node: Read, path: string[]) => {
    if (node.read) found.push(path)
    for (const [name, child] of node.children) if (name !== '*') walk(child, [...path, name])
  }
  walk(root, [])
  return found
}

