/** Passwords: of vaults and of become. All are masked from the moment they are known. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import type { Secrets } from '../events/index.ts'
import type { Vault, VaultSecret } from '../yaml/index.ts'
import { ask } from './ask.ts'
import { UsageError } from './exit.ts'
import type { ConnectionFlags, VaultOptions } from './options.ts'

/** The vault with the passwords of the options; undefined when none was given. */
export async function openVault(options: VaultOptions, secrets: Secrets, confirm = false): Promise<Vault | undefined> {
  const found: VaultSecret[] = []
  for (const id of options.vaultId ?? []) {
    const at = id.lastIndexOf('@')
    const label = at > 0 ? id.slice(0, at) : 'default'
    const source = id.slice(at + 1)
    const prompts = source === 'prompt' || source === 'prompt_ask_vault_pass'
    found.push({
      id: label,
      password: prompts ? await askNew(`Vault password (${label}): `, confirm) : readPassword(source, 'vault', label),
    })
  }
  for (const file of options.vaultPasswordFile ?? []) found.push({ id: 'default', password: readPassword(file, 'vault') })
  if (options.askVaultPass) found.push({ id: 'default', password: await askNew('Vault password: ', confirm) })
  const fromEnvironment = process.env['ANSIBLE_VAULT_PASSWORD_FILE']
  if (found.length === 0 && fromEnvironment) found.push({ id: 'default', password: readPassword(fromEnvironment, 'vault') })
  if (found.length === 0) return undefined
  for (const { password } of found) secrets.add(password)
  const { Vault } = await import('../yaml/index.ts')
  return new Vault(found, { onSecret: (value) => secrets.add(value) })
}

/** The password of become, when one was asked for. */
export async function becomePassword(options: ConnectionFlags, secrets: Secrets): Promise<string | undefined> {
  const file = options.becomePasswordFile ?? process.env['ANSIBLE_BECOME_PASSWORD_FILE']
  const password = options.askBecomePass
    ? await ask('BECOME password: ', { secret: true })
    : file
      ? readPassword(file, 'become')
      : undefined
  if (password !== undefined) secrets.add(password)
  return password
}

async function askNew(prompt: string, confirm: boolean): Promise<string> {
  const password = await ask(prompt, { secret: true })
  if (password === '') throw new UsageError('the vault password is empty')
  if (confirm && (await ask(`Confirm ${prompt.charAt(0).toLowerCase()}${prompt.slice(1)}`, { secret: true })) !== password) {
    throw new UsageError('the two passwords differ')
  }
  return password
}

/** The password in a file; of an executable file, what it prints. A `…-client` program is told the label. */
function readPassword(source: string, kind: string, label?: string): string {
  const file = resolve(source)
  let text: string
  try {
    if (isProgram(file)) {
      const args = /-client(\.\w+)?$/.test(file) && label !== undefined ? ['--vault-id', label] : []
      text = execFileSync(file, args, { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] })
    } else {
      text = readFileSync(file, 'utf8')
    }
  } catch (error) {
    const { code, status } = error as NodeJS.ErrnoException & { status?: number | null }
    const why =
      typeof status === 'number'
        ? `it ended with ${status}`
        : code === 'ENOENT'
          ? 'there is no such file'
          : (code ?? 'it failed')
    throw new UsageError(`can't get the ${kind} password from ${source}: ${why}`)
  }
  const password = text.replace(/[\r\n]+$/, '').trim()
  if (password === '') throw new UsageError(`the ${kind} password from ${source} is empty`)
  return password
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
