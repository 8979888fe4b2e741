/** Two documents with their secrets hidden: a secret that differs is still seen to differ. */
import { isTree, type Tree } from './mapper/toml.ts'

/** Is the value of this key a secret? */
export type IsSecret = (path: string[]) => boolean

export function hideSecrets(before: Tree, after: Tree, isSecret: IsSecret): { before: Tree; after: Tree } {
  const hide = (value: unknown, other: unknown, path: string[], mark: string): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => hide(item, Array.isArray(other) ? other[i] : undefined, path, mark))
    if (isTree(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hide(member, isTree(other) ? other[key] : undefined, [...path, key], mark)]))
    // A placeholder is no secret, and where a value comes from may be told.
    if (typeof value !== 'string' || value === '' || !isSecret(path) || /^\$(?:secret|ref|env|sys)\{[^}]*\}$/.test(value)) return value
    return other === undefined || other === value ? '********' : `********${mark}`
  }
  return { before: hide(before, after, [], '') as Tree, after: hide(after, before, [], ' (another)') as Tree }
}
