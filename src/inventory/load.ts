/** Reads inventory sources: YAML, INI, directories, scripts, `host,host` lists. */
import { Buffer } from 'node:buffer'
import { accessSync, constants, existsSync, openSync, readdirSync, readFileSync, readSync, closeSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { didYouMean } from '../text/similar.ts'
import { InputError, type Vault } from '../yaml/index.ts'
import { parseIni } from './ini.ts'
import { Inventory } from './inventory.ts'
import { expandRange } from './range.ts'
import { readScript } from './script.ts'
import { parseYamlInventory } from './yaml-inventory.ts'

export interface InventoryOptions {
  vault?: Vault | undefined
  /** group_vars and host_vars beside the playbook count too. */
  playbookDir?: string | undefined
}

/** All sources together are one inventory; of two definitions of a variable the later one wins. */
export function loadInventory(sources: string[], options: InventoryOptions = {}): Inventory {
  const inventory = new Inventory()
  for (const source of sources) {
    inventory.sources.push(source)
    if (source.includes(',') && !existsSync(source)) addList(inventory, source, options.vault)
    else addSource(inventory, resolve(source), source, options.vault)
  }
  if (options.playbookDir !== undefined)
    inventory.addVarsDirectory(resolve(options.playbookDir), 'playbook', { vault: options.vault })
  return inventory
}

function addList(inventory: Inventory, list: string, vault: Vault | undefined): void {
  for (const piece of list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    for (const { name, port } of expandRange(piece)) {
      const host = inventory.host(name, list)
      if (port !== undefined) host.vars.ansible_port = port
    }
  }
  inventory.addVarsDirectory(process.cwd(), 'inventory', { vault, source: list })
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function addSource(inventory: Inventory, path: string, shown: string, vault: Vault | undefined): void {
  if (!existsSync(path)) {
    const near = didYouMean(basename(path), namesIn(dirname(path)))
    throw new InputError(`inventory not found: ${shown}`, {
      hint: near
        ? `did you mean \`${join(dirname(shown), near)}\`?`
        : 'give a file, a directory, a script, or a list of hosts with a comma (-i host,)',
    })
  }
  const directory = statSync(path).isDirectory()
  inventory.addVarsDirectory(directory ? path : dirname(path), 'inventory', { vault, source: path })
  if (directory) readDirectory(inventory, path, vault)
  else readFile(inventory, path, vault)
}

/** What lies in an inventory directory and is no inventory. */
const ignored =
  /^(group_vars|host_vars|vars_plugins)$|^\.|~$|\.(py[co]|swp|bak|rpm|md|txt|rst|orig|cfg|retry|key|pem|pub|crt|example|sample)$/

function readDirectory(inventory: Inventory, directory: string, vault: Vault | undefined): void {
  for (const name of readdirSync(directory).sort()) {
    if (ignored.test(name)) continue
    const path = join(directory, name)
    if (statSync(path).isDirectory()) readDirectory(inventory, path, vault)
    else readFile(inventory, path, vault)
  }
}

function readFile(inventory: Inventory, path: string, vault: Vault | undefined): void {
  if (isScript(path)) readScript(inventory, path)
  else if (/\.(ya?ml|json)$/.test(path)) parseYamlInventory(inventory, path, vault)
  else parseText(inventory, path, vault)
}

/** Without a telling name: `---`, `{` or `all:` begin YAML, all else is INI. */
function parseText(inventory: Inventory, path: string, vault: Vault | undefined): void {
  const text = readFileSync(path, 'utf8')
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? ''
  if (/^(---|\{|\$ANSIBLE_VAULT;|[\w.-]+:\s*$)/.test(first)) parseYamlInventory(inventory, path, vault)
  else parseIni(inventory, path, text)
}

function isScript(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return false
  }
  const head = Buffer.alloc(4)
  const file = openSync(path, 'r')
  const length = readSync(file, head, 0, 4, 0)
  closeSync(file)
  return length >= 2 && (head.toString('latin1', 0, 2) === '#!' || head.toString('latin1') === '\x7fELF')
}
