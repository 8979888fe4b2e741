import { isIPv4, isIPv6 } from 'node:net'

/** An IP address or network. `prefix` is set if it was written with one. */
export interface Address {
  version: 4 | 6
  bits: 32 | 128
  value: bigint
  prefix?: number
}

/** Reads `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `::1`, `fe80::/10`. */
export function parseAddress(text: string): Address | undefined {
  const [host = '', suffix, ...more] = text.trim().split('/')
  if (more.length > 0) return undefined
  const version = isIPv4(host) ? 4 : isIPv6(host) && !host.includes('%') ? 6 : undefined
  if (!version) return undefined
  const bits = version === 4 ? 32 : 128
  const value = version === 4 ? parseV4(host) : parseV6(host)
  if (suffix === undefined) return { version, bits, value }
  const prefix = version === 4 && isIPv4(suffix) ? maskLength(parseV4(suffix)) : /^\d+$/.test(suffix) ? Number(suffix) : undefined
  return prefix === undefined || prefix > bits ? undefined : { version, bits, value, prefix }
}

function parseV4(text: string): bigint {
  return text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n)
}

function parseV6(text: string): bigint {
  const plain = text.replace(/(\d+\.\d+\.\d+\.\d+)$/, (v4) => {
    const value = parseV4(v4)
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return groups.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n)
}

function maskLength(mask: bigint): number | undefined {
  const text = mask.toString(2).padStart(32, '0')
  return /^1*0*$/.test(text) ? text.lastIndexOf('1') + 1 : undefined
}

/** First and last address and the mask of the network an address is in. */
export function networkOf(address: Address): { first: bigint; last: bigint; mask: bigint } {
  const all = (1n << BigInt(address.bits)) - 1n
  const hosts = (1n << BigInt(address.bits - (address.prefix ?? address.bits))) - 1n
  const mask = all ^ hosts
  const first = address.value & mask
  return { first, last: first | hosts, mask }
}

/** An address in its usual, shortest spelling. */
export function addressText(value: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  const runs = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)
  const longest = runs[0]
  if (!longest) return groups.join(':')
  const text = groups.join(':')
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}
