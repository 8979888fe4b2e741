/**
 * What the command `aarun` starts: the bundled program, its code compiled by an earlier start where that is possible.
 *
 * Node 22 has a compile cache of its own (`module.enableCompileCache`); this loader does the same on Node 20, and with
 * all code of the bundle in it starts in three quarters of the CPU time there too.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { Script } from 'node:vm'
import { CodeCache, cacheDirectories } from './code-cache.ts'

/** Set when the program is bundled: what the build is called, and its first file. */
declare const AARUN_BUILD: string
declare const AARUN_MAIN: string

interface Loaded {
  exports: unknown
}

const program = dirname(__filename)
const main = join(program, AARUN_MAIN)

if (process.env['AARUN_DEBUG']) {
  // Positions in the source, which only the runtime's own loader knows.
  process.setSourceMapsEnabled(true)
  createRequire(main)(main)
} else {
  const cache = new CodeCache(cacheDirectories(program, AARUN_BUILD))
  process.on('exit', () => cache.write())
  loader(cache)(main)
}

/** Loads files of the bundle as `require` does, with their compiled code; all else is left to the runtime. */
function loader(cache: CodeCache): (file: string) => unknown {
  const loaded = new Map<string, Loaded>()
  return function load(file: string): unknown {
    const known = loaded.get(file)
    if (known) return known.exports
    const name = `${basename(file)}.code`
    const cachedData = cache.read(name)
    const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`
    const script = new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) })
    if (!cachedData || script.cachedDataRejected) cache.add(name, script)
    const module: Loaded = { exports: {} }
    loaded.set(file, module)
    const builtin = createRequire(file)
    const require = (id: string) => (id.startsWith('./') ? load(join(dirname(file), id)) : builtin(id))
    script.runInThisContext()(module.exports, require, module, file, dirname(file))
    return module.exports
  }
}
