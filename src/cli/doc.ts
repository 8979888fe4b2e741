/** `aarun doc`: the pages of the task modules. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import { exit, UsageError } from './exit.ts'

interface DocFlags {
  list?: boolean
  write?: string
}

export function addDoc(program: Command, done: (code: number) => void): void {
  program
    .command('doc')
    .summary('describe task modules')
    .description('Describes task modules: arguments, examples, what `register` sees. Without a name, lists them.')
    .argument('[modules...]', 'names of modules')
    .option('-l, --list', 'list all modules')
    .option('--write <directory>', 'write a page for each module, and an index')
    .action(async (names: string[], flags: DocFlags) => done(await doc(names, flags)))
}

async function doc(names: string[], flags: DocFlags): Promise<number> {
  const { documentIndex, documentModule } = await import('../module/document.ts')
  const { loadModules, Registry } = await import('../module/registry.ts')
  const { modules: index } = await import('../../tasks/index.ts')
  const modules = await loadModules(index)
  const registry = new Registry(modules)
  if (flags.write !== undefined) {
    mkdirSync(flags.write, { recursive: true })
    for (const module of modules) writeFileSync(join(flags.write, `${module.name}.md`), documentModule(module))
    writeFileSync(join(flags.write, 'README.md'), documentIndex(modules))
    process.stdout.write(`${modules.length} modules: ${join(flags.write, 'README.md')}\n`)
    return exit.ok
  }
  if (flags.list || names.length === 0) {
    const width = Math.max(...registry.names().map((name) => name.length))
    const lines = [...modules]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((module) => `${module.name.padEnd(width)}  ${module.summary}`)
    process.stdout.write(`${lines.join('\n')}\n`)
    return exit.ok
  }
  const pages = names.map((name) => {
    const module = registry.module(name)
    const meant = registry.suggest(name)
    if (!module)
      throw new UsageError(
        `there is no module \`${name}\``,
        meant ? `did you mean \`${meant}\`?` : 'aarun doc --list names all',
      )
    return documentModule(module)
  })
  process.stdout.write(pages.join('\n'))
  return exit.ok
}
