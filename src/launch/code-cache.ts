/**
 * Compiled code of the program, kept between starts: without it half of a short start is spent on parsing.
 *
 * It lies beside the program (where root's installation serves every user), else in the user's cache directory, below a
 * name that stands for this build and this runtime: V8 compares no more than the length of a source. Compiled code is
 * code, so it is taken only from a directory that nobody else can write.
 */
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import type { Script } from 'node:vm'
import { makeTrusted, trustedPath, userCache } from '../trusted-directory.ts'

/** So many builds and runtimes keep their code in one place. */
const kept = 4

/** The places for code of this build, the first one first. */
export function cacheDirectories(program: string, build: string): string[] {
  const name = `${build}-${process.version}-${process.arch}`
  return [join(program, '.code', name), join(userCache('code'), name)]
}

export class CodeCache {
  readonly #directories: string[]
  readonly #new: { name: string; script: Script }[] = []
  readonly #trusted: string[]

  constructor(directories: string[]) {
    this.#directories = directories
    this.#trusted = directories.flatMap((directory) => trustedPath(directory) ?? [])
  }

  /** Code of a file, as it was after an earlier run. */
  read(name: string): Buffer | undefined {
    for (const directory of this.#trusted) {
      try {
        return readFileSync(join(directory, name))
      } catch {
        // Not here, or not for us.
      }
    }
    return undefined
  }

  /** Takes note of a script whose code was not there. */
  add(name: string, script: Script): void {
    this.#new.push({ name, script })
  }

  /** Writes the code of new scripts, with all functions that have been used. What can't be written is no loss. */
  write(): void {
    if (this.#new.length === 0) return
    const directory = firstMade(this.#directories)
    if (directory === undefined) return
    try {
      for (const { name, script } of this.#new) {
        const beside = join(directory, `${name}.${process.pid}`)
        writeFileSync(beside, script.createCachedData(), { mode: 0o644, flag: 'wx' })
        renameSync(beside, join(directory, name))
      }
      forget(dirname(directory))
    } catch {
      // A full disk, or another user's files.
    }
  }
}

/** The first of the places that this user can have. */
function firstMade(directories: string[]): string | undefined {
  for (const directory of directories) {
    const made = makeTrusted(directory)
    if (made !== undefined) return made
  }
  return undefined
}

/** Removes the code of builds that were written longest ago. */
function forget(parent: string): void {
  const builds = readdirSync(parent).map((name) => ({ name, written: lstatSync(join(parent, name)).mtimeMs }))
  for (const { name } of builds.sort((a, b) => b.written - a.written).slice(kept)) rmSync(join(parent, name), { recursive: true, force: true })
}
