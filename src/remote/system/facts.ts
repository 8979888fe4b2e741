/** Facts about the distribution, the machine, the user and the time. */
import type { SystemFact } from '../probe.ts'
import { type Raw, variables } from './gather.ts'

const families: Record<string, string[]> = {
  Debian: ['debian', 'ubuntu', 'raspbian', 'linuxmint', 'pop', 'kali', 'devuan', 'neon'],
  RedHat: ['rhel', 'centos', 'fedora', 'rocky', 'almalinux', 'ol', 'amzn', 'scientific', 'oracle'],
  Suse: ['suse', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed', 'sles', 'sled'],
  Alpine: ['alpine'],
  Archlinux: ['arch', 'archlinux', 'manjaro'],
  Gentoo: ['gentoo'],
}

const names: Record<string, string> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  centos: 'CentOS',
  rhel: 'RedHat',
  fedora: 'Fedora',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  alpine: 'Alpine',
  arch: 'Archlinux',
  raspbian: 'Raspbian',
  linuxmint: 'Linux Mint',
  kali: 'Kali',
  gentoo: 'Gentoo',
}

export function distribution(raw: Raw): SystemFact {
  const os = variables(raw('osrelease'))
  const id = os.ID ?? 'linux'
  const family = Object.entries(families).find(([, ids]) =>
    [id, ...(os.ID_LIKE ?? '').split(' ')].some((name) => ids.includes(name)),
  )?.[0]
  const point = id === 'debian' ? /^\d+(\.\d+)*$/.exec(raw('debian').trim())?.[0] : undefined
  const version = point ?? os.VERSION_ID ?? 'NA'
  // SUSE has no names for its releases: Ansible takes the number behind the point, and 0 for the first of SLES.
  const minor = family === 'Suse' ? (version.split('.')[1] ?? (id.startsWith('sle') ? '0' : undefined)) : undefined
  const release = minor ?? os.VERSION_CODENAME ?? /\(([^)]+)\)/.exec(os.VERSION ?? '')?.[1] ?? 'NA'
  const lsb = variables(raw('lsb'))
  return {
    distribution: names[id] ?? os.NAME ?? id,
    distribution_version: version,
    distribution_major_version: version.split('.')[0],
    distribution_release: release,
    os_family: family ?? names[id] ?? os.NAME ?? id,
    lsb: {
      id: lsb.DISTRIB_ID ?? names[id] ?? id,
      codename: lsb.DISTRIB_CODENAME ?? release,
      release: lsb.DISTRIB_RELEASE ?? version,
      major_release: (lsb.DISTRIB_RELEASE ?? version).split('.')[0],
      description: lsb.DISTRIB_DESCRIPTION ?? os.PRETTY_NAME ?? '',
    },
    pkg_mgr: { 'apt-get': 'apt' }[raw('pkg').trim()] ?? (raw('pkg').trim() || 'unknown'),
    service_mgr:
      raw('svc').trim() ||
      raw('init')
        .trim()
        .replace(/^init$/, 'sysvinit') ||
      'service',
  }
}

export function identity(raw: Raw): SystemFact {
  const nodename = raw('node').trim()
  const fqdn = raw('fqdn').trim() || nodename
  const account = raw('account').trim().split(':')
  const machine = raw('machine').trim()
  const enforce = raw('selinux').trim()
  const policy = /^SELINUXTYPE=(\w+)/m.exec(raw('selinuxconfig'))?.[1]
  return {
    system: raw('uname').trim(),
    kernel: raw('kernel').trim(),
    kernel_version: raw('version').trim(),
    machine,
    architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine,
    userspace_bits: machine.includes('64') || machine === 's390x' ? '64' : '32',
    nodename,
    hostname: nodename.split('.')[0],
    fqdn,
    domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
    machine_id: raw('machineid').trim(),
    user_id: raw('user').trim(),
    user_uid: Number(raw('uid')),
    user_gid: Number(raw('gid')),
    user_gecos: account[4] ?? '',
    user_dir: account[5] ?? '',
    user_shell: account[6] ?? '',
    env: Object.fromEntries(
      raw('env')
        .split('\0')
        .filter((entry) => entry.includes('='))
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    ),
    selinux:
      enforce === ''
        ? { status: 'disabled' }
        : { status: 'enabled', mode: enforce === '1' ? 'enforcing' : 'permissive', type: policy },
    dns: dns(raw('resolv')),
    ...virtualization(raw),
  }
}

function dns(text: string): SystemFact {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  const values = (keyword: string) => lines.filter(([first]) => first === keyword).flatMap(([, ...rest]) => rest)
  const found: SystemFact = { nameservers: values('nameserver') }
  if (values('search').length > 0) found.search = values('search')
  const domain = values('domain')[0]
  if (domain !== undefined) found.domain = domain
  return found
}

function virtualization(raw: Raw): SystemFact {
  const marks = raw('marks').split('\n')
  const guest = (type: string) => ({ virtualization_type: type, virtualization_role: 'guest' })
  const container = /(?:^|\0)container=([^\0]+)/.exec(raw('pid1'))?.[1]
  if (marks.includes('/.dockerenv') || /docker/.test(raw('cgroup'))) return guest('docker')
  if (marks.includes('/run/.containerenv') || container === 'podman') return guest('podman')
  if (container !== undefined) return guest(container)
  const detected = raw('virt').trim()
  if (detected !== '' && detected !== 'none')
    return guest({ oracle: 'virtualbox', microsoft: 'VirtualPC', qemu: 'kvm', vmware: 'VMware' }[detected] ?? detected)
  const product = `${raw('vendor')} ${raw('product')}`
  if (/KVM|QEMU|Bochs|Amazon EC2|OpenStack|Google/i.test(product)) return guest('kvm')
  if (/VMware/i.test(product)) return guest('VMware')
  if (/VirtualBox/i.test(product)) return guest('virtualbox')
  if (/Microsoft/i.test(product)) return guest('VirtualPC')
  if (/^flags\s*:.*\bhypervisor\b/m.test(raw('cpuinfo'))) return guest('kvm')
  return { virtualization_type: 'NA', virtualization_role: 'NA' }
}

export function hardware(raw: Raw): SystemFact {
  const mb = (key: string) => Math.floor(Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(raw('meminfo'))?.[1] ?? 0) / 1024)
  const blocks = raw('cpuinfo')
    .split(/\n\n+/)
    .filter((block) => /^processor\s*:/m.test(block))
  const field = (block: string, name: string) => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(block)?.[1]
  const sockets = new Set(blocks.map((block) => field(block, 'physical id') ?? '0'))
  const cores = Number(field(blocks[0] ?? '', 'cpu cores') ?? (blocks.length || 1) / sockets.size)
  const siblings = Number(field(blocks[0] ?? '', 'siblings') ?? cores)
  const [total, free, swap, swapFree] = [mb('MemTotal'), mb('MemFree'), mb('SwapTotal'), mb('SwapFree')]
  const nocache = free + mb('Cached') + mb('Buffers')
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: swap,
    swapfree_mb: swapFree,
    memory_mb: {
      real: { total, free, used: total - free },
      nocache: { free: nocache, used: total - nocache },
      swap: { total: swap, free: swapFree, used: swap - swapFree, cached: mb('SwapCached') },
    },
    processor: blocks.flatMap((block, index) =>
      [String(index), field(block, 'vendor_id'), field(block, 'model name')].filter((text) => text !== undefined),
    ),
    processor_vcpus: Math.max(1, blocks.length),
    processor_nproc: Math.max(1, blocks.length),
    processor_count: Math.max(1, sockets.size),
    processor_cores: cores,
    processor_threads_per_core: Math.max(1, Math.floor(siblings / cores)),
    uptime_seconds: Math.floor(Number(raw('uptime').split(' ')[0] ?? 0)),
    product_name: raw('product').trim() || 'NA',
    system_vendor: raw('vendor').trim() || 'NA',
  }
}

export function time(raw: Raw): SystemFact {
  const [year, month, day, hour, minute, second, epoch, tz_offset, tz, short, weekday, , weeknumber, nano] = raw('date')
    .trim()
    .split(' ')
  const utc = raw('utc').trim()
  const micro = (nano ?? '').slice(0, 6)
  return {
    date_time: {
      year,
      month,
      day,
      hour,
      minute,
      second,
      epoch,
      epoch_int: epoch,
      tz,
      tz_offset,
      weekday,
      weeknumber,
      weekday_number: String(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(short ?? '')),
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      iso8601: `${utc}Z`,
      iso8601_micro: `${utc}.${micro}Z`,
      iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micro}`,
      iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
      tz_dst: tz,
    },
  }
}

/** /etc/ansible/facts.d/*.fact: JSON, or sections with keys. What is no good is told instead. */
export function localFacts(raw: Raw): SystemFact {
  const fields = raw('local').split('\0')
  const facts: SystemFact = {}
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = (fields[at] as string).replace(/^.*\//, '').replace(/\.fact$/, '')
    facts[name] = parseFact(fields[at + 1] as string, fields[at] as string)
  }
  return facts
}

function parseFact(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const sections: Record<string, Record<string, string>> = {}
    let section: Record<string, string> | undefined
    for (const line of text.split('\n')) {
      if (/^\s*([#;].*)?$/.test(line)) continue
      const head = /^\s*\[(.+)\]\s*$/.exec(line)
      const entry = /^\s*([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(line)
      if (head) section = sections[head[1] as string] ??= {}
      else if (entry && section) section[(entry[1] as string).toLowerCase()] = entry[2] as string
      else return `error loading fact - ${path} is neither JSON nor INI`
    }
    return sections
  }
}
