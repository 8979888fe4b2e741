/** A directory of files for one test, removed when the process ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const made: string[] = []
process.on('exit', () => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
})

export function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'aarun-test-'))
  made.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}
