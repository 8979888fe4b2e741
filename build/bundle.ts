/**
 * Builds dist/: the program in a few files, each loaded when it is needed, and `aarun.cjs`, which starts it.
 *
 * esbuild splits the program where it imports dynamically: every module, the vault, the live view and the engine are
 * files of their own. The parts become CommonJS, because on Node 20 only such scripts can be given code that was
 * compiled before (src/launch). Names stay as they are in the source, and the maps point into src/, tasks/ and the
 * libraries.
 */
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type OutputFile, type Plugin, transform } from 'esbuild'
import { licences } from './licences.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const target = 'node20'

/** Errors of zod in 50 languages: only the English ones are used. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export { default as en } from './en.js'", resolveDir: join(root, 'node_modules/zod/v4/locales') }))
  },
}

const parts = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  entryNames: '[name]-[hash]',
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  sourcemap: 'inline',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  write: false,
  plugins: [englishOnly],
})
const files = await Promise.all(parts.outputFiles.map(commonJs))
const hash = createHash('sha256')
for (const { text } of files) hash.update(text)
const launcher = await build({
  absWorkingDir: root,
  entryPoints: ['src/launch/launch.ts'],
  outfile: join(dist, 'aarun.cjs'),
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target,
  sourcemap: 'inline',
  sourcesContent: false,
  write: false,
  define: {
    AARUN_BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)),
    AARUN_MAIN: JSON.stringify(files.find(({ name }) => name.startsWith('main-'))!.name),
  },
  banner: { js: '#!/usr/bin/env node' },
})

// Written beside and renamed: a build that fails leaves the program that was there.
const beside = `${dist}.new`
rmSync(beside, { recursive: true, force: true })
mkdirSync(beside)
for (const { name, text, map } of files) {
  writeFileSync(join(beside, name), text)
  writeFileSync(join(beside, `${name}.map`), map)
}
writeFileSync(join(beside, 'aarun.cjs'), launcher.outputFiles[0]!.text)
chmodSync(join(beside, 'aarun.cjs'), 0o755)
writeFileSync(join(beside, 'LICENCES.txt'), licences(root, Object.keys(parts.metafile.inputs)))
rmSync(dist, { recursive: true, force: true })
renameSync(beside, dist)

async function commonJs(file: OutputFile): Promise<{ name: string; text: string; map: string }> {
  const name = cjs(basename(file.path))
  const place = 'const __place = require("node:url").pathToFileURL(__filename).href;'
  const usesPlace = file.text.includes('import.meta.url')
  // The launcher has the line for the shell.
  const source = file.text.replace(/^#!.*\n/, '\n').replace(/(["'])(\.\/[\w-]+)\.js\1/g, (_, quote: string, path: string) => `${quote}${cjs(`${path}.js`)}${quote}`)
  const { code, map } = await transform(source, {
    format: 'cjs',
    platform: 'node',
    target,
    sourcefile: basename(file.path),
    sourcemap: 'external',
    sourcesContent: false,
    supported: { 'dynamic-import': false },
    ...(usesPlace ? { define: { 'import.meta.url': '__place' }, banner: place } : {}),
  })
  return { name, text: `${code}//# sourceMappingURL=${name}.map\n`, map }
}

function cjs(name: string): string {
  return name.replace(/\.js$/, '.cjs')
}
