/**
 * Writes tasks/index.ts from the modules themselves: `npm run docs`. A module is a file `tasks/ROOM/NAME.ts` with a
 * default export; everything that the checks before a run need of it without its schema goes into its line.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TaskModule } from '../src/module/index.ts'

const tasks = fileURLToPath(new URL('../tasks', import.meta.url))
export const indexFile = join(tasks, 'index.ts')

/** The text of tasks/index.ts as it has to be. */
export async function moduleIndex(): Promise<string> {
  const lines = await Promise.all(moduleFiles().map(async (file) => {
    const { default: module } = (await import(pathToFileURL(join(tasks, file)).href)) as { default: TaskModule }
    if (module.name !== basename(file, '.ts')) throw new Error(`tasks/${file} is the module ${module.name}: give the file its name`)
    return { name: module.name, line: lineOf(module, file) }
  }))
  const sorted = lines.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ line }) => line)
  return [
    '/** All task modules, by name; each file is imported when a task uses it. Written by `npm run docs`, not by hand. */',
    "import type { ModuleEntry } from '../src/module/index.ts'",
    '',
    'export const modules: ModuleEntry[] = [',
    ...sorted.map((line) => `  ${line},`),
    ']',
    '',
  ].join('\n')
}

/** Files of the rooms that are modules, relative to tasks/. What modules share has no default export. */
function moduleFiles(): string[] {
  return readdirSync(tasks, { withFileTypes: true })
    .filter((room) => room.isDirectory() && room.name !== 'lib')
    .flatMap((room) => readdirSync(join(tasks, room.name)).map((name) => `${room.name}/${name}`))
    .filter((file) => file.endsWith('.ts') && /^export default /m.test(readFileSync(join(tasks, file), 'utf8')))
}

function lineOf({ name, aliases, collection, freeForm, commandLine, live, runOnce }: TaskModule, file: string): string {
  const known = Object.entries({ name, aliases, collection, freeForm, commandLine, live, runOnce })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${literal(value)}`)
  return `{ ${known.join(', ')}, load: () => import('./${file}') }`
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return typeof value === 'string' ? `'${value}'` : String(value)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(indexFile, await moduleIndex())
