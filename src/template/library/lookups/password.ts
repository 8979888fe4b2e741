import { randomInt } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { shaCrypt } from '../crypt.ts'
import { asList, asText } from '../filters/convert.ts'
import type { LookupPlugin } from '../../runtime/plugins.ts'
import { seededRandom } from '../random.ts'
import type { Dict } from '../../runtime/values.ts'
import { termOptions } from './context.ts'

const classes: Record<string, string> = {
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

const parameters = ['length', 'encrypt', 'ident', 'chars', 'seed']

/** `password`: the content of a file, made up and stored (only readable by its owner) if there is none. */
export const secretLookups: Record<string, LookupPlugin> = {
  password: (terms, keyword, { env }) => terms.map((term) => {
    const keeper = env.scope.lookups?.passwords ?? env.session.services.context?.passwords
    const { rest: path, options } = termOptions(asText(term), keyword)
    const unknown = Object.keys(options).find((name) => !parameters.includes(name))
    if (unknown !== undefined) throw new Error(`has no argument '${unknown}', only ${parameters.join(', ')}`)
    const known = path === '/dev/null' || !existsSync(path) ? undefined : stored(readFileSync(path, 'utf8'))
    const password = known?.password ?? keeper?.made.get(path) ?? generate(options)
    keeper?.secret(password)
    const encrypt = options['encrypt'] === undefined || options['encrypt'] === null || options['encrypt'] === '' ? undefined : asText(options['encrypt'])
    const salt = encrypt ? (known?.salt ?? generate({ length: 16, chars: ['ascii_letters', 'digits'] })) : undefined
    if (keeper && !keeper.store) keeper.made.set(path, password)
    else if (path !== '/dev/null' && (!known || (salt && !known.salt))) store(path, salt ? `${password} salt=${salt}\n` : `${password}\n`)
    if (!encrypt) return password
    const kind = ({ sha512_crypt: 'sha512', sha512: 'sha512', sha256_crypt: 'sha256', sha256: 'sha256' } as const)[encrypt]
    if (!kind) throw new Error(`unknown hash '${encrypt}', expected sha512_crypt or sha256_crypt`)
    return shaCrypt(kind, password, salt!)
  }),
}

function stored(text: string): { password: string; salt?: string } {
  const [, password, salt] = /^([\s\S]*?)(?: salt=(\S+))?(?: ident=\S+)?\s*$/.exec(text)!
  return salt ? { password: password!, salt } : { password: password! }
}

function generate(options: Dict): string {
  const length = Number(options['length'] ?? 20)
  const wanted = options['chars'] === undefined ? ['ascii_letters', 'digits', '.,:-_'] : typeof options['chars'] === 'string' ? options['chars'].split(',') : asList(options['chars']).map(asText)
  const alphabet = [...new Set(wanted.map((name) => classes[name] ?? name).join(''))]
  if (alphabet.length === 0) throw new Error("'chars' is empty")
  const below = options['seed'] ? seededRandom(asText(options['seed'])) : (limit: number) => randomInt(limit)
  return Array.from({ length }, () => alphabet[below(alphabet.length)]).join('')
}

function store(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, text, { mode: 0o600 })
  chmodSync(path, 0o600)
}
