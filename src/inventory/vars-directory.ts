/** group_vars and host_vars of one directory, read when a host or group first needs them. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InputError, loadYaml, positionOf, type Vault } from '../yaml/index.ts'

/** Variables of one origin. The containers are those that were read, so that their positions are known. */
export interface Layer {
  source: string
  vars: Record<string, unknown>
}

const extensions = ['', '.yml', '.yaml', '.json']

export class VarsDirectory {
  readonly path: string
  /** The inventory source beside which it lies. */
  readonly source: string | undefined
  readonly #beside: string
  readonly #vault: Vault | undefined
  readonly #layers = new Map<string, Layer[]>()

  constructor(path: string, beside: string, vault: Vault | undefined, source?: string) {
    this.path = path
    this.source = source
    this.#beside = beside
    this.#vault = vault
  }

  layers(kind: 'group_vars' | 'host_vars', name: string): Layer[] {
    const key = `${kind}/${name}`
    let layers = this.#layers.get(key)
    if (!layers) {
      layers = findVarsFiles(join(this.path, kind, name)).map((file) => ({
        source: `${this.#beside} ${key}${basename(file).startsWith(name) ? '' : `/${basename(file)}`}`,
        vars: loadVarsFile(file, this.#vault),
      }))
      this.#layers.set(key, layers)
    }
    return layers
  }
}

/** As Ansible: the first of NAME, NAME.yml, NAME.yaml, NAME.json; of a directory all files, sorted, also nested ones. */
export function findVarsFiles(path: string): string[] {
  for (const extension of extensions) {
    const candidate = path + extension
    if (!existsSync(candidate)) continue
    return statSync(candidate).isDirectory() ? filesIn(candidate) : [candidate]
  }
  return []
}

/** A file of variables: a mapping, or nothing. */
export function loadVarsFile(file: string, vault: Vault | undefined): Record<string, unknown> {
  const { value } = loadYaml(file, { vault })
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new InputError('expected a mapping of variables', {
      position: (typeof value === 'object' ? positionOf(value) : undefined) ?? { file, line: 1, column: 1 },
      hint: 'write `name: value` lines',
    })
  }
  return value as Record<string, unknown>
}

function filesIn(directory: string): string[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      if (name.startsWith('.') || name.endsWith('~')) return []
      const path = join(directory, name)
      if (statSync(path).isDirectory()) return filesIn(path)
      return extensions.some((extension) => (extension === '' ? !/\.[^.]*$/.test(name) : name.endsWith(extension)))
        ? [path]
        : []
    })
}
