/** The command line of `aarun vault`. What it does is loaded only when it is used. */
import type { Command } from 'commander'
import { addVaultOptions } from './options.ts'
import type { VaultAction, VaultFlags } from './vault.ts'

export function addVault(program: Command, done: (code: number) => void): void {
  const vault = program
    .command('vault')
    .summary('encrypt and decrypt files and texts')
    .description("Encrypts and decrypts in Ansible's vault format.")
  const add = (action: VaultAction, usage: string, description: string) => {
    const command = addVaultOptions(vault.command(`${action} ${usage}`).description(description))
    if (action === 'encrypt' || action === 'encrypt_string')
      command.option('--encrypt-vault-id <id>', 'encrypt with the password of this id')
    if (action === 'encrypt' || action === 'decrypt') command.option('--output <file>', 'write to this file (- for stdout)')
    if (action === 'encrypt_string') command.option('-n, --name <name>', 'name of the variable')
    command.action(async (targets: string[] | string | undefined, flags: VaultFlags) => {
      const { vaultAction } = await import('./vault.ts')
      done(await vaultAction(action, targets === undefined ? [] : [targets].flat(), flags))
    })
  }
  add('encrypt', '[files...]', 'Encrypts files in place, or stdin to stdout.')
  add('decrypt', '[files...]', 'Decrypts files in place, or stdin to stdout.')
  add('view', '[files...]', 'Shows what is in encrypted files.')
  add('encrypt_string', '[text]', 'Encrypts a text as a value for a YAML file. Without a text asks for it, or reads stdin.')
}
