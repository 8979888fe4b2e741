import { addressText, networkOf, parseAddress, type Address } from '../address.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { asList, asText } from './convert.ts'

const filter = (version?: 4 | 6) => plugin('query', (value, [query]) => {
  if (Array.isArray(value)) return asList(value).map((item) => ipaddr(item, query, version)).filter((item) => item !== false)
  return ipaddr(value, query, version)
})

/** The part of `ansible.utils` on addresses that real playbooks use. */
export const networkFilters: Record<string, Plugin> = {
  ipaddr: filter(),
  ipv4: filter(4),
  ipv6: filter(6),
  ipwrap: plugin('query', (value) => {
    const wrap = (item: unknown) => {
      const address = typeof item === 'string' ? parseAddress(item) : undefined
      return address?.version === 6 ? `[${asText(item).replace(/\/.*/, '')}]${/\/.*/.exec(asText(item))?.[0] ?? ''}` : item
    }
    return Array.isArray(value) ? value.map(wrap) : wrap(value)
  }),
  ipmath: plugin('amount', (value, [amount]) => {
    const address = parseAddress(asText(value))
    if (!address) throw new Error(`'${asText(value)}' is no address`)
    return addressText(address.value + BigInt(amount), address.version)
  }),
}

/** What a query asks about an address or network; false if the text is none, or not of the kind asked for. */
export function ipaddr(value: unknown, query: unknown, version?: 4 | 6): unknown {
  const text = typeof value === 'number' ? addressText(BigInt(value), 4) : value
  if (typeof text !== 'string' || text === '') return false
  const address = parseAddress(text)
  if (!address || (version !== undefined && address.version !== version)) return false
  if (query === undefined || query === null || query === '') return text
  if (typeof query === 'number' || /^-?\d+$/.test(asText(query))) return nth(address, Number(query))
  const ask = queries[asText(query)]
  if (ask) return ask(address, text)
  const outer = parseAddress(asText(query))
  if (!outer) throw new Error(`unknown query '${asText(query)}'`)
  return inside(address, outer) ? text : false
}

type Query = (address: Address, text: string) => unknown
const when = (holds: (address: Address) => boolean): Query => (address, text) => (holds(address) ? text : false)

const address: Query = (a) => (a.prefix !== undefined && isNetwork(a) && a.prefix < a.bits - 1 ? false : addressText(a.value, a.version))
const network: Query = (a) => addressText(networkOf(a).first, a.version)
const broadcast: Query = (a) => (a.version === 6 || prefixOf(a) >= 31 ? false : addressText(networkOf(a).last, 4))
const prefix: Query = (a) => prefixOf(a)
const subnet: Query = (a) => `${addressText(networkOf(a).first, a.version)}/${prefixOf(a)}`
const isPrivate = (a: Address) => privateNetworks.some((net) => inside(a, parseAddress(net)!))

const queries: Record<string, Query> = {
  address, ip: address,
  network, network_id: network,
  prefix,
  netmask: (a) => addressText(networkOf(a).mask, a.version),
  hostmask: (a) => addressText(networkOf(a).last - networkOf(a).first, a.version), wildcard: (a) => addressText(networkOf(a).last - networkOf(a).first, a.version),
  broadcast,
  subnet, cidr: (_, text) => text,
  host: (a) => (a.prefix !== undefined && isNetwork(a) && a.prefix < a.bits - 1 ? false : `${addressText(a.value, a.version)}/${prefixOf(a)}`),
  'host/prefix': (a) => (isNetwork(a) && prefixOf(a) < a.bits ? false : `${addressText(a.value, a.version)}/${prefixOf(a)}`),
  'address/prefix': (a) => (isNetwork(a) && prefixOf(a) < a.bits ? false : `${addressText(a.value, a.version)}/${prefixOf(a)}`),
  'network/prefix': subnet,
  'ip/prefix': (a) => `${addressText(a.value, a.version)}/${prefixOf(a)}`,
  net: (a, text) => (a.prefix !== undefined && isNetwork(a) ? text : false),
  size: (a) => Number(networkOf(a).last - networkOf(a).first + 1n),
  version: (a) => a.version,
  type: (a) => (isNetwork(a) && prefixOf(a) < a.bits ? 'network' : 'address'),
  int: (a) => (a.prefix === undefined ? Number(a.value) : `${a.value}/${a.prefix}`),
  bool: () => true,
  ipv4: when((a) => a.version === 4), ipv6: when((a) => a.version === 6), 4: when((a) => a.version === 4), 6: when((a) => a.version === 6),
  private: when(isPrivate),
  public: when((a) => !isPrivate(a) && !loopback(a) && !multicast(a)),
  loopback: when((a) => loopback(a)), lo: when((a) => loopback(a)),
  'link-local': when((a) => inside(a, parseAddress(a.version === 4 ? '169.254.0.0/16' : 'fe80::/10')!)),
  multicast: when((a) => multicast(a)),
  unicast: when((a) => !multicast(a)),
  first_usable: (a) => addressText(networkOf(a).first + usableOffset(a), a.version),
  last_usable: (a) => addressText(networkOf(a).last - usableOffset(a), a.version),
  range_usable: (a) => `${addressText(networkOf(a).first + usableOffset(a), a.version)}-${addressText(networkOf(a).last - usableOffset(a), a.version)}`,
  revdns: (a) => (a.version === 4 ? `${addressText(a.value, 4).split('.').reverse().join('.')}.in-addr.arpa.` : `${[...a.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`),
}

const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']

function prefixOf(a: Address): number {
  return a.prefix ?? a.bits
}

function isNetwork(a: Address): boolean {
  return a.prefix !== undefined && networkOf(a).first === a.value
}

function usableOffset(a: Address): bigint {
  return prefixOf(a) >= a.bits - 1 ? 0n : 1n
}

export function inside(a: Address, outer: Address): boolean {
  const [inner, around] = [networkOf(a), networkOf(outer)]
  return a.version === outer.version && inner.first >= around.first && inner.last <= around.last
}

function loopback(a: Address): boolean {
  return inside(a, parseAddress(a.version === 4 ? '127.0.0.0/8' : '::1/128')!)
}

function multicast(a: Address): boolean {
  return inside(a, parseAddress(a.version === 4 ? '224.0.0.0/4' : 'ff00::/8')!)
}

function nth(a: Address, index: number): unknown {
  const { first, last } = networkOf(a)
  const value = index < 0 ? last + 1n + BigInt(index) : first + BigInt(index)
  return value < first || value > last ? false : `${addressText(value, a.version)}/${prefixOf(a)}`
}
