/** The text of a file, and what is encrypted in it; errors say where. */
import { readFileSync } from 'node:fs'
import { InputError } from './error.ts'
import type { Position } from './position.ts'
import type { Vault } from './vault.ts'

export function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new InputError(`file not found: ${file}`)
    throw new InputError(
      code === 'EISDIR' ? `expected a file, but this is a directory: ${file}` : `can't read ${file}: ${code ?? error}`,
    )
  }
}

export function decryptFile(name: string, text: string, vault: Vault | undefined): string {
  const position = { file: name, line: 1, column: 1 }
  if (!vault)
    throw new InputError('encrypted with vault, but no vault password was given', {
      position,
      hint: 'use --vault-password-file FILE',
    })
  try {
    return vault.decryptFile(text)
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.message, { position, hint: error.hint }) : error
  }
}

export function decryptValue(text: string, position: Position, vault: Vault | undefined): string {
  try {
    if (!vault)
      throw new InputError('encrypted with vault, but no vault password was given', { hint: 'use --vault-password-file FILE' })
    return vault.decrypt(text)
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.message, { position, hint: error.hint }) : error
  }
}
