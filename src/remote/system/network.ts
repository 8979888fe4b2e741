/** Facts about network interfaces and addresses, from iproute2; without it, from what the kernel lists. */
import type { SystemFact } from '../probe.ts'
import type { Raw } from './gather.ts'

interface Interface {
  device: string
  active: boolean
  type: string
  mtu?: number
  macaddress?: string
  ipv4?: Address4
  ipv4_secondaries?: Address4[]
  ipv6?: { address: string; prefix: string; scope: string }[]
}
interface Address4 {
  address: string
  netmask: string
  network: string
  prefix: string
  broadcast: string
}

export function addressing(raw: Raw): SystemFact {
  const interfaces = new Map<string, Interface>()
  for (const line of raw('link').split('\n')) readLink(line, interfaces)
  for (const line of raw('addr').split('\n')) readAddress(line, interfaces)
  const all = [...interfaces.values()]
  const listed = raw('addresses')
    .trim()
    .split(/\s+/)
    .filter((text) => text !== '')
  const all4 = all.flatMap((one) =>
    [...(one.ipv4 ? [one.ipv4] : []), ...(one.ipv4_secondaries ?? [])].map((entry) => entry.address),
  )
  const all6 = all.flatMap((one) => (one.ipv6 ?? []).map((entry) => entry.address))
  const facts: SystemFact = {
    interfaces: all.map((one) => one.device),
    all_ipv4_addresses: [...all4, ...listed.filter((text) => text.includes('.'))].filter(
      (address) => !address.startsWith('127.'),
    ),
    all_ipv6_addresses: [...all6, ...listed.filter((text) => text.includes(':'))].filter((address) => address !== '::1'),
    default_ipv4: defaultRoute(
      raw('route4'),
      interfaces,
      listed.find((text) => text.includes('.')),
    ),
    default_ipv6: defaultRoute(raw('route6'), interfaces, undefined),
  }
  for (const one of all) facts[one.device.replace(/[-.:]/g, '_')] = one
  return facts
}

function readLink(line: string, interfaces: Map<string, Interface>): void {
  const match = /^\d+: ([^:@]+)(?:@\S+)?: <([^>]*)> mtu (\d+)/.exec(line)
  if (!match) return
  const flags = (match[2] as string).split(',')
  const found: Interface = {
    device: match[1] as string,
    active: flags.includes('UP'),
    type: flags.includes('LOOPBACK') ? 'loopback' : 'ether',
    mtu: Number(match[3]),
  }
  const mac = /link\/ether ([0-9a-f:]+)/.exec(line)?.[1]
  if (mac !== undefined) found.macaddress = mac
  interfaces.set(found.device, found)
}

function readAddress(line: string, interfaces: Map<string, Interface>): void {
  const match = /^\d+: (\S+)\s+(inet6?) ([0-9a-fA-F.:]+)(?: peer [0-9a-fA-F.:]+)?(?:\/(\d+))?(?: brd (\S+))? scope (\S+)/.exec(
    line,
  )
  const found = match && interfaces.get((match[1] as string).replace(/@.*$/, ''))
  if (!match || !found) return
  const [, , family, address, prefix, broadcast, scope] = match as unknown as string[]
  if (family === 'inet6') {
    found.ipv6 = [...(found.ipv6 ?? []), { address: address as string, prefix: prefix ?? '128', scope: scope as string }]
    return
  }
  const entry = address4(address as string, Number(prefix ?? 32), broadcast)
  if (!found.ipv4) found.ipv4 = entry
  else found.ipv4_secondaries = [...(found.ipv4_secondaries ?? []), entry]
}

function address4(address: string, prefix: number, broadcast: string | undefined): Address4 {
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return {
    address,
    netmask: dotted(mask),
    network: dotted((number & mask) >>> 0),
    prefix: String(prefix),
    broadcast: broadcast ?? '',
  }
}

const dotted = (number: number) => [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.')

/** The interface and address that reach the rest of the world; {} when there is no such route. */
function defaultRoute(text: string, interfaces: Map<string, Interface>, fallback: string | undefined): SystemFact {
  const line = text.split('\n').find((part) => / dev \S+/.test(part))
  const name = line && / dev (\S+)/.exec(line)?.[1]
  const found = name === undefined ? undefined : interfaces.get(name)
  if (!line || !found) return fallback === undefined ? {} : { address: fallback }
  const source = / src (\S+)/.exec(line)?.[1]
  const gateway = / via (\S+)/.exec(line)?.[1]
  const entries = source?.includes(':') ? (found.ipv6 ?? []) : [found.ipv4, ...(found.ipv4_secondaries ?? [])]
  const entry = entries.find((one) => one?.address === source) ?? entries[0]
  return {
    ...entry,
    ...(source === undefined ? {} : { address: source }),
    interface: found.device,
    alias: found.device,
    type: found.type,
    mtu: found.mtu,
    ...(gateway === undefined ? {} : { gateway }),
    ...(found.macaddress === undefined ? {} : { macaddress: found.macaddress }),
  }
}
