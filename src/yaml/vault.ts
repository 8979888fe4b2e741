/** Ansible's vault format: AES-256 in counter mode, keys by PBKDF2, an HMAC over the ciphertext. Versions 1.1 and 1.2. */
import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { InputError } from './error.ts'

export interface VaultSecret {
  id: string
  password: string
}

export interface VaultOptions {
  /** Told each decrypted value, to mask it wherever it would be shown. */
  onSecret?: ((value: string) => void) | undefined
}

interface Keys {
  cipher: Buffer
  mac: Buffer
  iv: Buffer
}

const header = '$ANSIBLE_VAULT;'
const iterations = 10_000
const lineLength = 80

export function isVaultText(text: string): boolean {
  return text.trimStart().startsWith(header)
}

export class Vault {
  readonly #secrets: VaultSecret[]
  readonly #keys = new Map<string, Keys>()
  readonly #plain = new Map<string, string>()
  onSecret: ((value: string) => void) | undefined

  constructor(secrets: VaultSecret[] = [], options: VaultOptions = {}) {
    this.#secrets = secrets
    this.onSecret = options.onSecret
  }

  /** The plain text of one encrypted value; it is told to `onSecret`. */
  decrypt(text: string): string {
    const plain = this.decryptFile(text)
    this.onSecret?.(plain)
    return plain
  }

  /** As `decrypt`, for a whole file: its text as such is no secret value, the values in it are. */
  decryptFile(text: string): string {
    const known = this.#plain.get(text)
    if (known !== undefined) return known
    const { id, salt, mac, data } = parseVault(text)
    if (this.#secrets.length === 0) {
      throw new InputError('encrypted with vault, but no vault password was given', {
        hint: 'use --vault-password-file FILE, --vault-id ID@FILE or --ask-vault-pass',
      })
    }
    // The secret with the label of the text comes first; a label is only a hint, so the others are tried as well.
    const ordered = [...this.#secrets].sort((a, b) => Number(b.id === id) - Number(a.id === id))
    for (const secret of ordered) {
      const keys = this.#derive(secret.password, salt)
      const actual = createHmac('sha256', keys.mac).update(data).digest()
      if (actual.length !== mac.length || !timingSafeEqual(actual, mac)) continue
      const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv)
      const plain = unpad(Buffer.concat([decipher.update(data), decipher.final()])).toString('utf8')
      this.#plain.set(text, plain)
      return plain
    }
    const labels = [...new Set(this.#secrets.map((secret) => secret.id))].join(', ')
    throw new InputError(`no vault password fits (tried: ${labels}${id === 'default' ? '' : `; the text is labelled ${id}`})`, {
      hint: 'check the password, or give the right one with --vault-id',
    })
  }

  /** Encrypts with the secret of this id (default: the first one). An id other than 'default' is written as its label. */
  encrypt(plain: string, id?: string): string {
    const secret = id === undefined ? this.#secrets[0] : this.#secrets.find((one) => one.id === id)
    if (!secret) throw new InputError(id === undefined ? 'no vault password was given' : `no vault password with the id ${id}`)
    const salt = randomBytes(32)
    const keys = this.#derive(secret.password, salt)
    const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv)
    const data = Buffer.concat([cipher.update(pad(Buffer.from(plain, 'utf8'))), cipher.final()])
    const mac = createHmac('sha256', keys.mac).update(data).digest()
    const parts = [salt, mac, data].map((part) => part.toString('hex')).join('\n')
    const body = Buffer.from(parts, 'latin1').toString('hex')
    const first = secret.id === 'default' ? `${header}1.1;AES256` : `${header}1.2;AES256;${secret.id}`
    const lines = [first]
    for (let at = 0; at < body.length; at += lineLength) lines.push(body.slice(at, at + lineLength))
    return `${lines.join('\n')}\n`
  }

  /** Deriving takes milliseconds, and files that were encrypted together share no salt: so keys are kept by both. */
  #derive(password: string, salt: Buffer): Keys {
    const name = `${salt.toString('hex')}:${password}`
    let keys = this.#keys.get(name)
    if (!keys) {
      const derived = pbkdf2Sync(password, salt, iterations, 80, 'sha256')
      keys = { cipher: derived.subarray(0, 32), mac: derived.subarray(32, 64), iv: derived.subarray(64, 80) }
      this.#keys.set(name, keys)
    }
    return keys
  }
}

function parseVault(text: string): { id: string; salt: Buffer; mac: Buffer; data: Buffer } {
  const lines = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.trim())
  const [, version, cipher, id = 'default'] = lines[0]!.split(';')
  if (!isVaultText(text) || (version !== '1.1' && version !== '1.2')) {
    throw new InputError('not a vault text', {
      hint: 'expected it to begin with $ANSIBLE_VAULT;1.1;AES256 or $ANSIBLE_VAULT;1.2;AES256;ID',
    })
  }
  if (cipher !== 'AES256') throw new InputError(`vault cipher ${cipher} is not supported, only AES256 is`)
  const body = lines.slice(1).join('')
  const parts = isHex(body) ? Buffer.from(body, 'hex').toString('latin1').split('\n') : []
  if (parts.length !== 3 || !parts.every(isHex))
    throw new InputError('the vault text is damaged', { hint: 'it was cut or changed: restore it from its original' })
  const [salt, mac, data] = parts.map((part) => Buffer.from(part, 'hex'))
  return { id, salt: salt!, mac: mac!, data: data! }
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && text !== '' && /^[0-9a-fA-F]+$/.test(text)
}

/** PKCS7 for blocks of 16, which the format keeps although counter mode does not need it. */
function pad(data: Buffer): Buffer {
  const missing = 16 - (data.length % 16)
  return Buffer.concat([data, Buffer.alloc(missing, missing)])
}

function unpad(data: Buffer): Buffer {
  const length = data[data.length - 1] ?? 0
  return data.subarray(0, data.length - length)
}
