/** YAML files of a playbook, parsed once: a role is often used by many plays. Nobody changes what was read. */
import { statSync } from 'node:fs'
import { loadVarsFile } from '../inventory/vars-directory.ts'
import { loadYaml, type Vault } from '../yaml/index.ts'

interface Kept {
  stamp: string
  vault: Vault | undefined
  value: unknown
}

const kept = new Map<string, Kept>()

export function readYaml(file: string, vault: Vault | undefined): unknown {
  return keep(`yaml:${file}`, file, vault, () => loadYaml(file, { vault }).value)
}

export function readVars(file: string, vault: Vault | undefined): Record<string, unknown> {
  return keep(`vars:${file}`, file, vault, () => loadVarsFile(file, vault)) as Record<string, unknown>
}

/** A file may be written anew while a playbook runs: then it is read again. */
function keep(key: string, file: string, vault: Vault | undefined, read: () => unknown): unknown {
  const stamp = stampOf(file)
  const known = kept.get(key)
  if (known && stamp !== undefined && known.stamp === stamp && known.vault === vault) return known.value
  const value = read()
  if (stamp !== undefined) kept.set(key, { stamp, vault, value })
  return value
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat && `${stat.mtimeMs}:${stat.size}:${stat.ino}`
}
