/** Compares versions: negative, zero or positive. */
export type VersionOrder = (a: string, b: string) => number

/** Python's LooseVersion: numbers and words in turn; a number and a word can not be compared. */
export const looseOrder: VersionOrder = (a, b) => {
  const parse = (text: string) => (text.match(/\d+|[a-z]+|[^\d.a-z]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const [left, right] = [parse(a), parse(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!]
    if (x === y) continue
    if (typeof x !== typeof y) throw new Error(`the versions '${a}' and '${b}' can not be compared: '${x}' and '${y}'`)
    return x < y ? -1 : 1
  }
  return left.length - right.length
}

/** Python's StrictVersion: `1.2`, `1.2.3`, with `a1` or `b2` for a prerelease. */
export const strictOrder: VersionOrder = (a, b) => {
  const parse = (text: string) => {
    const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(text)
    if (!match) throw new Error(`'${text}' is no strict version`)
    const [, major, minor, patch = '0', stage = 'z', number = '0'] = match
    return [Number(major), Number(minor), Number(patch), stage.charCodeAt(0), Number(number)]
  }
  return byParts(parse(a), parse(b))
}

/** Semantic versions: `1.2.3-rc.1+build`. */
export const semanticOrder: VersionOrder = (a, b) => {
  const parse = (text: string) => {
    const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text)
    if (!match) throw new Error(`'${text}' is no semantic version`)
    return { numbers: match.slice(1, 4).map(Number), pre: match[4]?.split('.') }
  }
  const [left, right] = [parse(a), parse(b)]
  const numbers = byParts(left.numbers, right.numbers)
  if (numbers !== 0 || (!left.pre && !right.pre)) return numbers
  if (!left.pre || !right.pre) return left.pre ? -1 : 1
  for (let i = 0; i < Math.min(left.pre.length, right.pre.length); i++) {
    const [x, y] = [left.pre[i]!, right.pre[i]!]
    if (x === y) continue
    const [xn, yn] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    if (xn && yn) return Number(x) - Number(y)
    return xn !== yn ? (xn ? -1 : 1) : x < y ? -1 : 1
  }
  return left.pre.length - right.pre.length
}

/** PEP 440: `1!2.3rc1.post2.dev3`; the common part of it. */
export const pep440Order: VersionOrder = (a, b) => {
  const parse = (text: string) => {
    const match = /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:[-_.]?(?:post|rev|r)[-_.]?(\d*)|-(\d+))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+.*)?$/i.exec(text)
    if (!match) throw new Error(`'${text}' is no PEP 440 version`)
    const [, epoch = '0', release, stage, stageNumber, post, post2, dev] = match
    const isPost = post !== undefined || post2 !== undefined
    const order: Record<string, number> = { a: 1, b: 2, c: 3, r: 3, p: 3 }
    const stageOrder = stage ? order[stage[0]!.toLowerCase()]! : dev !== undefined && !isPost ? 0 : 4
    const numbers = release!.split('.').map(Number)
    while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop()
    return { head: [Number(epoch)], numbers, tail: [stageOrder, Number(stageNumber || 0), isPost ? Number(post || post2 || 0) : -1, dev === undefined ? Infinity : Number(dev || 0)] }
  }
  const [left, right] = [parse(a), parse(b)]
  return byParts(left.head, right.head) || byParts(left.numbers, right.numbers) || byParts(left.tail, right.tail)
}

function byParts(a: number[], b: number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}

const operators: Record<string, (order: number) => boolean> = {
  eq: (o) => o === 0, ne: (o) => o !== 0, lt: (o) => o < 0, le: (o) => o <= 0, gt: (o) => o > 0, ge: (o) => o >= 0,
}
const aliases: Record<string, string> = { '==': 'eq', '=': 'eq', '!=': 'ne', '<>': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }
const orders: Record<string, VersionOrder> = { loose: looseOrder, strict: strictOrder, semver: semanticOrder, semantic: semanticOrder, pep440: pep440Order }

/** The test `is version('1.2', '>=')`. */
export function testVersion(value: unknown, other: unknown, operator: unknown, strict: unknown, type: unknown): boolean {
  if (strict !== undefined && strict !== null && type) throw new Error("'strict' and 'version_type' exclude each other")
  const [left, right] = [String(value ?? ''), String(other ?? '')]
  if (left === '') throw new Error('the version to test is empty')
  if (right === '') throw new Error('the version to compare with is empty')
  const name = String(operator ?? 'eq')
  const holds = operators[aliases[name] ?? name]
  if (!holds) throw new Error(`unknown operator '${name}', expected one of ${Object.keys(aliases).join(' ')}`)
  const order = orders[String(strict ? 'strict' : (type ?? 'loose'))]
  if (!order) throw new Error(`unknown version type '${String(type)}', expected one of ${Object.keys(orders).join(', ')}`)
  return holds(order(left, right))
}
