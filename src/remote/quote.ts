/**
 * All shell quoting. A value becomes part of a shell text only through these functions.
 */

/** A piece of shell text that is spliced as it is. */
export class Shell {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/** Linux gives one argument of a program no more than this (MAX_ARG_STRLEN, with its closing NUL). */
export const longestArgument = 131_072

/** One shell word that means exactly `value`, in every Bourne shell. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new Error('text with a NUL character cannot be passed to a program')
  if (/^[A-Za-z0-9_/.,:@%+-][A-Za-z0-9_/.,:=@%+-]*$/.test(value)) return value
  return `'${value.replaceAll("'", "'\\''")}'`
}

/** An argument of a program: quoted, and refused when the kernel would refuse it. `what` names it in the message. */
export function argument(value: string, what = 'an argument'): string {
  if (value.length * 4 >= longestArgument && Buffer.byteLength(value) >= longestArgument) {
    throw new Error(
      `${what} is ${Buffer.byteLength(value)} bytes long, but Linux passes at most ${longestArgument - 1} to a program: ` +
        'give it by stdin or in a file',
    )
  }
  return quote(value)
}

/** A path as an argument: never taken for an option, `-` never for stdin. */
export function pathWord(path: string): string {
  return quote(safePath(path))
}

/** A relative path starts with `./`, so that it can't be read as anything but a path. */
export function safePath(path: string): string {
  if (path === '') throw new Error('the path is empty')
  return path.startsWith('/') ? path : path.startsWith('./') ? path : `./${path}`
}

type Part = string | number | Shell | readonly (string | Shell)[]

/** Tagged template: strings are quoted, lists become several words, `Shell` is spliced as it is. */
export function sh(texts: TemplateStringsArray, ...values: Part[]): Shell {
  let text = texts.raw[0] ?? ''
  values.forEach((value, index) => {
    text += splice(value) + (texts.raw[index + 1] ?? '')
  })
  return new Shell(text)
}

function splice(value: Part): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return quote(value)
  if (value instanceof Shell) return value.text
  return value.map((item) => (typeof item === 'string' ? quote(item) : item.text)).join(' ')
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `export` lines for an environment: values never appear in the arguments of a process. */
export function exports(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => {
      if (!variableName.test(name)) {
        throw new Error(`'${name}' is not a name that an environment variable can have: use letters, digits and _`)
      }
      return `${name}=${argument(String(value), `the environment variable ${name}`)}; export ${name}\n`
    })
    .join('')
}

/** Splits a list so that each part fits well into one command line. */
export function chunks(values: readonly string[], bytes = 60_000): string[][] {
  const parts: string[][] = []
  let size = bytes + 1
  for (const value of values) {
    const length = Buffer.byteLength(value) + 9
    if (size + length > bytes) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(value)
    size += length
  }
  return parts
}
