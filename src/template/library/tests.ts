import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { parseAddress } from './address.ts'
import { identity } from './filters/convert.ts'
import { inside } from './filters/network.ts'
import { Pending } from '../runtime/lazy.ts'
import { compare, contains, truthy } from '../runtime/operators.ts'
import { type Given, plugin, type Plugin, type TestTable } from '../runtime/plugins.ts'
import { regexOf } from './regex.ts'
import { Undefined } from '../runtime/session.ts'
import { Callable, type Dict, isDict, isLazyObject } from '../runtime/values.ts'
import { testVersion } from './version.ts'

const lazy = { lazy: true }
const test = (holds: (value: Given) => boolean) => plugin('', (value) => holds(value))
const comparing = (operator: Parameters<typeof compare>[0]) => plugin('other', (value, [other]) => compare(operator, value, other))

const [eq, ne, lt, le, gt, ge] = (['==', '!=', '<', '<=', '>', '>='] as const).map(comparing) as [Plugin, Plugin, Plugin, Plugin, Plugin, Plugin]

const basic: Record<string, Plugin> = {
  defined: plugin('', (value) => !(value instanceof Undefined), lazy),
  undefined: plugin('', (value) => value instanceof Undefined, lazy),
  none: test((value) => value === null),
  string: test((value) => typeof value === 'string'),
  number: test((value) => typeof value === 'number' || typeof value === 'boolean'),
  integer: test((value) => Number.isInteger(value)),
  float: test((value) => typeof value === 'number' && !Number.isInteger(value)),
  boolean: test((value) => typeof value === 'boolean'),
  true: test((value) => value === true),
  false: test((value) => value === false),
  mapping: plugin('', (value) => (value instanceof Undefined ? fail(value) : value instanceof Pending ? !value.isList : isDict(value) || isLazyObject(value)), lazy),
  sequence: test((value) => typeof value === 'string' || Array.isArray(value) || isDict(value)),
  iterable: test((value) => typeof value === 'string' || Array.isArray(value) || isDict(value)),
  list: test((value) => Array.isArray(value)),
  callable: plugin('', (value) => value instanceof Callable, lazy),
  even: test((value) => value % 2 === 0),
  odd: test((value) => Math.abs(value % 2) === 1),
  divisibleby: plugin('num', (value, [by]) => value % by === 0),
  lower: test((value) => String(value) === String(value).toLowerCase() && /\p{L}/u.test(String(value))),
  upper: test((value) => String(value) === String(value).toUpperCase() && /\p{L}/u.test(String(value))),
  escaped: test(() => false),
  sameas: plugin('other', (value, [other]) => value === other),
  in: plugin('seq', (value, [container]) => contains(container, value)),
  filter: plugin('', (value, _, { env }) => env.session.services.filters.has(String(value))),
  test: plugin('', (value, _, { env }) => env.session.services.tests.has(String(value))),
  eq, equalto: eq, '==': eq, ne, '!=': ne, lt, lessthan: lt, '<': lt, le, '<=': le, gt, greaterthan: gt, '>': gt, ge, '>=': ge,
  truthy: plugin('convert_bool', (value, [convert]) => isTruthy(value, convert)),
  falsy: plugin('convert_bool', (value, [convert]) => !isTruthy(value, convert)),
  any: test((value) => (value as unknown[]).some(truthy)),
  all: test((value) => (value as unknown[]).every(truthy)),
  contains: plugin('value', (value, [item]) => contains(value, item)),
  subset: plugin('b', (value, [other]) => isSubset(value, other)),
  issubset: plugin('b', (value, [other]) => isSubset(value, other)),
  superset: plugin('b', (value, [other]) => isSubset(other, value)),
  issuperset: plugin('b', (value, [other]) => isSubset(other, value)),
  nan: test((value) => Number.isNaN(value)),
  isnan: test((value) => Number.isNaN(value)),
}

function fail(value: Undefined): never {
  throw value.error()
}

function isTruthy(value: unknown, convert: unknown): boolean {
  if (!convert) return truthy(value)
  const word = typeof value === 'string' ? value.toLowerCase() : value
  if (['yes', 'y', 'on', '1', 'true', 't'].includes(word as string)) return true
  if (['no', 'n', 'off', '0', 'false', 'f'].includes(word as string)) return false
  return truthy(value)
}

function isSubset(value: unknown[], other: unknown[]): boolean {
  const known = new Set(other.map(identity))
  return value.every((item) => known.has(identity(item)))
}

/** Tests on the registered result of a task. */
const result = (holds: (result: Dict) => unknown) => plugin('', (value) => {
  if (!isDict(value)) throw new Error('needs the registered result of a task')
  return truthy(holds(value))
})
const changed = result((r) => {
  if (Object.hasOwn(r, 'changed')) return r['changed']
  return Array.isArray(r['results']) && r['results'].some((item) => isDict(item) && truthy(item['changed']))
})
const failed = result((r) => r['failed'] ?? false)
const succeeded = result((r) => !truthy(r['failed'] ?? false))
const skipped = result((r) => r['skipped'] ?? false)

const results: Record<string, Plugin> = {
  failed, failure: failed, succeeded, success: succeeded, successful: succeeded, ok: succeeded,
  changed, change: changed, skipped, skip: skipped,
  reachable: result((r) => !truthy(r['unreachable'] ?? false)),
  unreachable: result((r) => r['unreachable'] ?? false),
  timedout: result((r) => isDict(r['timedout']) && r['timedout']['period']),
  started: result((r) => (Object.hasOwn(r, 'started') ? r['started'] === 1 || r['started'] === true : true)),
  finished: result((r) => (Object.hasOwn(r, 'finished') ? r['finished'] === 1 || r['finished'] === true : true)),
}

const regexTest = (anchor?: 'match') => plugin('pattern ignorecase multiline', (value, [pattern, ignorecase, multiline]) =>
  matches(value, pattern, { ignorecase, multiline }, anchor))

function anchorOf(type: unknown): 'match' | 'fullmatch' | undefined {
  if (type !== 'search' && type !== 'match' && type !== 'fullmatch') throw new Error(`unknown match_type '${String(type)}', expected search, match or fullmatch`)
  return type === 'search' ? undefined : type
}

function matches(value: unknown, pattern: unknown, options: object, anchor?: 'match' | 'fullmatch'): boolean {
  return regexOf(String(pattern ?? ''), options, anchor).test(String(value ?? ''))
}

const version = plugin('version operator strict version_type', (value, [other, operator, strict, type]) => testVersion(value, other, operator, strict, type))

const texts: Record<string, Plugin> = {
  match: regexTest('match'),
  search: regexTest(),
  regex: plugin('pattern ignorecase multiline match_type', (value, [pattern, ignorecase, multiline, type]) =>
    matches(value, pattern, { ignorecase, multiline }, anchorOf(type ?? 'search'))),
  version,
  version_compare: version,
  url: plugin('schemes', (value, [schemes]) => isUri(value, schemes) && /:\/\/[^/]/.test(value)),
  uri: plugin('schemes', (value, [schemes]) => isUri(value, schemes)),
  urn: test((value) => /^urn:[^:]+:.+/i.test(String(value))),
}

function isUri(value: unknown, schemes: unknown): boolean {
  const scheme = /^([A-Za-z][\w+.-]*):./.exec(String(value))?.[1]
  return scheme !== undefined && (!Array.isArray(schemes) || schemes.includes(scheme))
}

/** Tests on paths of this machine. */
const file = (holds: (path: string) => boolean) => test((value) => {
  try {
    return holds(String(value))
  } catch {
    return false
  }
})
const isFile = file((path) => statSync(path).isFile())
const isDirectory = file((path) => statSync(path).isDirectory())
const isLink = file((path) => lstatSync(path).isSymbolicLink())

const files: Record<string, Plugin> = {
  exists: file(existsSync),
  file: isFile, is_file: isFile, directory: isDirectory, is_dir: isDirectory, link: isLink, is_link: isLink,
  link_exists: file((path) => Boolean(lstatSync(path))),
  abs: file(isAbsolute), is_abs: file(isAbsolute),
  mount: file((path) => statSync(path).dev !== statSync(`${path}/..`).dev || path === '/'),
  same_file: plugin('other', (value, [other]) => {
    const [a, b] = [statSync(String(value)), statSync(String(other))]
    return a.ino === b.ino && a.dev === b.dev
  }),
  vaulted_file: file((path) => readFileSync(path, 'utf8').startsWith('$ANSIBLE_VAULT;')),
}

const network: Record<string, Plugin> = {
  ipaddr: test((value) => parseAddress(String(value)) !== undefined),
  ip: test((value) => parseAddress(String(value)) !== undefined),
  ip_address: test((value) => parseAddress(String(value))?.prefix === undefined && parseAddress(String(value)) !== undefined),
  ipv4: test((value) => parseAddress(String(value))?.version === 4),
  ipv6: test((value) => parseAddress(String(value))?.version === 6),
  ipv4_address: test((value) => parseAddress(String(value))?.version === 4),
  ipv6_address: test((value) => parseAddress(String(value))?.version === 6),
  in_network: plugin('network', (value, [around]) => {
    const [address, outer] = [parseAddress(String(value)), parseAddress(String(around))]
    return address !== undefined && outer !== undefined && inside(address, outer)
  }),
}

/** All tests, by their short names. */
export function builtinTests(): TestTable {
  return new Map(Object.entries({ ...basic, ...results, ...texts, ...files, ...network }))
}
