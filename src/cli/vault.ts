/** `aarun vault`: encrypts and decrypts files and texts in Ansible's vault format. */
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { text as readAll } from 'node:stream/consumers'
import { Secrets } from '../events/index.ts'
import { InputError, isVaultText } from '../yaml/index.ts'
import type { Vault } from '../yaml/index.ts'
import { ask, canAsk } from './ask.ts'
import { exit, UsageError } from './exit.ts'
import type { VaultOptions } from './options.ts'
import { openVault } from './secrets.ts'

export interface VaultFlags extends VaultOptions {
  output?: string
  encryptVaultId?: string
  name?: string
}
export type VaultAction = 'encrypt' | 'decrypt' | 'view' | 'encrypt_string'

/** Does one of the vault commands; the parts of the command line are declared in vault-command.ts. */
export async function vaultAction(action: VaultAction, targets: string[], flags: VaultFlags): Promise<number> {
  const encrypts = action === 'encrypt' || action === 'encrypt_string'
  const vault =
    (await openVault(flags, new Secrets(), encrypts)) ??
    (await openVault({ ...flags, askVaultPass: true }, new Secrets(), encrypts))
  if (!vault) throw new UsageError('no vault password was given')
  if (action === 'encrypt_string') return encryptString(targets[0], vault, flags)
  const files = targets.length > 0 ? targets : ['-']
  if (flags.output !== undefined && files.length > 1) throw new UsageError('--output goes with one file only')
  for (const file of files) {
    const before = file === '-' ? await readAll(process.stdin) : readText(file)
    const after = convert(action, file, before, vault, flags.encryptVaultId)
    const target = action === 'view' ? '-' : (flags.output ?? file)
    if (target === '-') process.stdout.write(after)
    else replaceFile(target, after)
  }
  if (action !== 'view') process.stderr.write(`${action === 'encrypt' ? 'Encryption' : 'Decryption'} successful\n`)
  return exit.ok
}

function convert(action: VaultAction, file: string, before: string, vault: Vault, id: string | undefined): string {
  const encrypted = isVaultText(before)
  if (action === 'encrypt') {
    if (encrypted) throw new InputError(`${file} is encrypted already`)
    return vault.encrypt(before, id)
  }
  if (!encrypted) throw new InputError(`${file} is not encrypted`)
  return vault.decryptFile(before)
}

/** A value to paste into a YAML file. */
async function encryptString(given: string | undefined, vault: Vault, flags: VaultFlags): Promise<number> {
  const plain = given ?? (canAsk() ? await ask('Text to encrypt: ', { secret: true }) : await readAll(process.stdin))
  if (plain === '') throw new UsageError('the text to encrypt is empty')
  const lines = vault.encrypt(plain, flags.encryptVaultId).trimEnd().split('\n')
  const name = flags.name === undefined ? '' : `${flags.name}: `
  process.stdout.write(`${name}!vault |\n${lines.map((line) => `          ${line}\n`).join('')}`)
  process.stderr.write('Encryption successful\n')
  return exit.ok
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(`can't read ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** Whole or not at all, and never readable by others on the way. */
function replaceFile(path: string, text: string): void {
  const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777
  const candidate = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    const file = openSync(candidate, 'wx', 0o600)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    chmodSync(candidate, mode)
    renameSync(candidate, path)
  } catch (error) {
    rmSync(candidate, { force: true })
    throw new InputError(`can't write ${path}: ${(error as NodeJS.ErrnoException).code}`)
  }
}
