/** The rooms of docs/architecture.md, held against the imports of the source. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')

/** Rooms whose files may import each other in a circle, because what they do is recursive. */
const recursive = ['src/engine/run', 'src/playbook', 'src/template/runtime']
/** Rooms whose inner rooms have an order too. */
const layered = ['src/engine', 'src/product', 'src/template']

const files = ['src', 'tasks', 'build'].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts')),
)

/** What each file imports of ours, types too. */
const imports = new Map(files.map((file) => [file, importsOf(file)]))

function importsOf(file: string): string[] {
  const found = read(file).matchAll(/(?:^import\s+|\bfrom\s+|\bimport\()'(\.{1,2}\/[^']+\.ts)'/gm)
  return [...found].map(([, path]) => posix.join(posix.dirname(file), path!))
}

/** 'src/engine/run/task.ts' is in the room 'src/engine', and there in 'run'. */
const roomOf = (file: string) => file.split('/').slice(0, -1).slice(0, 2).join('/')
const innerOf = (file: string) => file.split('/').slice(2, -1)[0] ?? ''

/** The list of the documentation, from top to bottom: rooms, and the rooms inside them. */
function documentedRooms(): Map<string, string[]> {
  const [, list = ''] = /^## Rooms$[^]*?```text\n([^]*?)```/m.exec(read('docs/architecture.md')) ?? []
  const rooms = new Map<string, string[]>()
  let inner: string[] = []
  for (const line of list.split('\n')) {
    const [, room] = /^((?:src|tasks)\/\w+)/.exec(line) ?? []
    if (room !== undefined) {
      inner = []
      rooms.set(room, inner)
    } else inner.push(...[...line.matchAll(/(\w+)\/(?= )/g)].map(([, name]) => name!))
  }
  return rooms
}

const rooms = documentedRooms()
const order = [...rooms.keys()]

/** All imports for which something is wrong, as 'from -> to'. */
function wrong(isWrong: (from: string, to: string) => boolean): string[] {
  return [...imports].flatMap(([from, all]) => all.filter((to) => isWrong(from, to)).map((to) => `${from} -> ${to}`))
}

test('every room is in the documentation, and every one there exists', () => {
  const there = new Set(files.map(roomOf).filter((room) => room.includes('/')))
  assert.equal([...there].sort(), [...order].sort())
})

test('imports of src point down the list', () => {
  const up = wrong((from, to) => {
    const [above, below] = [roomOf(from), roomOf(to)]
    if (!from.startsWith('src/') || !to.startsWith('src/') || above === below) return false
    // What stands beside the rooms, such as the version, is below all of them.
    return below !== 'src' && order.indexOf(above) > order.indexOf(below)
  })
  assert.equal(up, [])
})

test('only the command line knows the modules, and only their index', () => {
  assert.equal(
    wrong((from, to) => from.startsWith('src/') && to.startsWith('tasks/') && !(roomOf(from) === 'src/cli' && to === 'tasks/index.ts')),
    [],
  )
})

for (const room of layered) {
  test(`no room of ${room} imports back`, () => {
    const layers = ['', ...rooms.get(room)!]
    const rank = (file: string) => layers.indexOf(innerOf(file))
    assert.equal(files.filter((file) => roomOf(file) === room && rank(file) < 0), [])
    assert.equal(
      wrong((from, to) => roomOf(from) === room && roomOf(to) === room && rank(from) > rank(to)),
      [],
    )
  })
}

test('modules import the contract, their own room and tasks/lib; those of the product its rules', () => {
  const strange = wrong((from, to) => {
    if (!from.startsWith('tasks/') || from === 'tasks/index.ts') return false
    if (to === 'src/product/index.ts') return roomOf(from) !== 'tasks/apim'
    if (to.startsWith('src/')) return to !== 'src/module/index.ts'
    return roomOf(to) !== roomOf(from) && roomOf(to) !== 'tasks/lib'
  })
  assert.equal(strange, [])
})

test('circles of imports are inside one room, where the thing is recursive', () => {
  const within = (circle: string[]) => recursive.some((room) => circle.every((file) => file.startsWith(`${room}/`)))
  assert.equal(circles().filter((circle) => !within(circle)), [])
})

/** Sets of files that import each other in a circle: Tarjan's strongly connected components. */
function circles(): string[][] {
  const number = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string): number => {
    number.set(file, number.size)
    low.set(file, number.get(file)!)
    stack.push(file)
    for (const next of imports.get(file) ?? []) {
      if (!number.has(next)) low.set(file, Math.min(low.get(file)!, visit(next)))
      else if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, number.get(next)!))
    }
    if (low.get(file) === number.get(file)) {
      const circle = stack.splice(stack.indexOf(file))
      if (circle.length > 1 || imports.get(file)!.includes(file)) found.push(circle.sort())
    }
    return low.get(file)!
  }
  for (const file of files) if (!number.has(file)) visit(file)
  return found
}

test('no file is longer than 300 lines', () => {
  const long = files.filter((file) => read(file).split('\n').length > 301)
  assert.equal(long, [])
})

test.run()
