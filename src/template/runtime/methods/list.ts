import { equals, order } from '../operators.ts'
import { pythonRepr } from '../print.ts'
import type { Method } from './index.ts'

/** Methods of Python's list. The changing ones return None, as there. */
export const listMethods: Record<string, Method> = {
  append: (self: unknown[], [item]) => done(self.push(item ?? null)),
  extend: (self: unknown[], [items]) => done(self.push(...(items as Iterable<unknown>))),
  insert: (self: unknown[], [index, item]) => done(self.splice(index, 0, item)),
  pop(self: unknown[], [index = -1]) {
    const at = index < 0 ? index + self.length : index
    if (at < 0 || at >= self.length) throw new Error('pop: the list has no such item')
    return self.splice(at, 1)[0]
  },
  remove(self: unknown[], [item]) {
    self.splice(position(self, item), 1)
    return null
  },
  clear: (self: unknown[]) => done((self.length = 0)),
  copy: (self: unknown[]) => [...self],
  index: (self: unknown[], [item, start = 0, end]) => position(self, item, start, end),
  count: (self: unknown[], [item]) => self.filter((member) => equals(member, item)).length,
  reverse: (self: unknown[]) => done(self.reverse()),
  sort(self: unknown[], _args, { reverse }) {
    self.sort((a, b) => order(a, b))
    if (reverse) self.reverse()
    return null
  },
}

function done(_effect: unknown): null {
  return null
}

function position(list: unknown[], item: unknown, start = 0, end = list.length): number {
  const within = (at: number, edge: number) => (edge < 0 ? at - list.length >= edge : at >= edge)
  const at = list.findIndex((member, index) => within(index, start) && !within(index, end) && equals(member, item))
  if (at === -1) throw new Error(`${pythonRepr(item)} is not in the list`)
  return at
}
