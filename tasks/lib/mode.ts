/** Permission bits from what a user writes: '0644', 'u=rw,g=r', 'a+X'. */

/** Which bits a class of users has, and the special bit that `s` or `t` means for it. */
const CLASSES = {
  u: { shift: 6, s: 0o4000, t: 0 },
  g: { shift: 3, s: 0o2000, t: 0 },
  o: { shift: 0, s: 0, t: 0o1000 },
} as const
type Class = keyof typeof CLASSES

/** What the mode is computed from; `mode: undefined` is a file that is yet to be made. */
export interface Base {
  mode?: number
  directory: boolean
}

/**
 * The bits that `spec` means for a file. A symbolic mode of a new file starts from 0666 (0777 for a directory) less
 * the usual umask 022.
 */
export function resolveMode(spec: string, base: Base, umask = 0o022): number {
  if (/^0?o?[0-7]{1,4}$/.test(spec)) return Number.parseInt(spec.replace(/^0?o/, ''), 8)
  const start = base.mode ?? (base.directory ? 0o777 : 0o666) & ~umask
  return spec.split(',').reduce((mode, clause) => applyClause(clause, mode, base.directory, umask), start)
}

function applyClause(clause: string, mode: number, directory: boolean, umask: number): number {
  const [, who = '', operations = ''] = /^([ugoa]*)(.*)$/.exec(clause) ?? []
  const classes: Class[] = who === '' || who.includes('a') ? ['u', 'g', 'o'] : ([...new Set(who)] as Class[])
  const mask = who === '' ? umask : 0
  for (const [, operator, permissions = ''] of operations.matchAll(/([-+=])([rwxXstugo]*)/g)) {
    const from = mode
    for (const name of classes) {
      const bits = bitsOf(name, permissions, from, directory) & ~mask
      if (operator === '+') mode |= bits
      else if (operator === '-') mode &= ~bits
      else mode = (mode & ~allOf(name)) | bits
    }
  }
  return mode
}

/** All bits of a class, with its special bit. */
function allOf(name: Class): number {
  const { shift, s, t } = CLASSES[name]
  return (0o7 << shift) | s | t
}

function bitsOf(name: Class, permissions: string, mode: number, directory: boolean): number {
  const { shift, s, t } = CLASSES[name]
  let bits = 0
  for (const letter of permissions) {
    if (letter === 'r') bits |= 4 << shift
    else if (letter === 'w') bits |= 2 << shift
    else if (letter === 'x') bits |= 1 << shift
    else if (letter === 'X') bits |= directory || mode & 0o111 ? 1 << shift : 0
    else if (letter === 's') bits |= s
    else if (letter === 't') bits |= t
    else bits |= ((mode >> CLASSES[letter as Class].shift) & 7) << shift
  }
  return bits
}

/** As Ansible shows it: '0644', '1777'. */
export function showMode(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
