/** Facts of systems that this machine is not: what their files and commands say, and the names that Ansible gives it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { distribution, hardware, identity, localFacts, time } from '../../src/remote/system/facts.ts'
import { mountFacts } from '../../src/remote/system/mounts.ts'
import { addressing } from '../../src/remote/system/network.ts'

type Sections = Record<string, string>
const raw = (sections: Sections) => (name: string) => sections[name] ?? ''

/** ID and so on from /etc/os-release; distribution, version, major version, release and family as Ansible has them. */
const systems: [osrelease: string, expected: string[], more?: Sections][] = [
  ['ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm', ['Debian', '12.5', '12', 'bookworm', 'Debian'], { debian: '12.5\n' }],
  ['ID=debian\nNAME="Debian GNU/Linux"\nVERSION_CODENAME=trixie', ['Debian', 'NA', 'NA', 'trixie', 'Debian'], { debian: 'trixie/sid\n' }],
  ['ID=ubuntu\nID_LIKE=debian\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble', ['Ubuntu', '24.04', '24', 'noble', 'Debian']],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\nNAME="Rocky Linux"\nVERSION="9.3 (Blue Onyx)"\nVERSION_ID="9.3"', ['Rocky', '9.3', '9', 'Blue Onyx', 'RedHat']],
  ['ID="rhel"\nNAME="Red Hat Enterprise Linux"\nVERSION="9.2 (Plow)"\nVERSION_ID="9.2"', ['RedHat', '9.2', '9', 'Plow', 'RedHat']],
  ['ID="ol"\nID_LIKE="fedora"\nNAME="Oracle Linux Server"\nVERSION="8.9"\nVERSION_ID="8.9"', ['OracleLinux', '8.9', '8', 'NA', 'RedHat']],
  ['ID="amzn"\nID_LIKE="fedora"\nNAME="Amazon Linux"\nVERSION="2023"\nVERSION_ID="2023"', ['Amazon', '2023', '2023', 'NA', 'RedHat']],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\nNAME="openSUSE Leap"\nVERSION="15.5"\nVERSION_ID="15.5"', ['openSUSE Leap', '15.5', '15', '5', 'Suse']],
  ['ID="sles"\nID_LIKE="suse"\nNAME="SLES"\nVERSION="15-SP5"\nVERSION_ID="15.5"', ['SLES', '15.5', '15', '5', 'Suse']],
  ['ID="sles"\nID_LIKE="suse"\nNAME="SLES"\nVERSION="15"\nVERSION_ID="15"', ['SLES', '15', '15', '0', 'Suse']],
  ['ID=alpine\nNAME="Alpine Linux"\nVERSION_ID=3.19.1', ['Alpine', '3.19.1', '3', 'NA', 'Alpine']],
  ['ID=mine\nNAME="My Own"\nVERSION_ID=1', ['My Own', '1', '1', 'NA', 'My Own']],
  ['ID=mine\nID_LIKE="ubuntu debian"', ['mine', 'NA', 'NA', 'NA', 'Debian']],
  ['', ['linux', 'NA', 'NA', 'NA', 'linux']],
]
for (const [osrelease, expected, more] of systems) {
  test(`distribution: ${expected.join(' ')}`, () => {
    const facts = distribution(raw({ osrelease, ...more }))
    assert.equal(['distribution', 'distribution_version', 'distribution_major_version', 'distribution_release', 'os_family'].map((name) => facts[name]), expected)
  })
}

test('lsb: what lsb-release says, else what os-release does', () => {
  const osrelease = 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nPRETTY_NAME="Ubuntu 22.04.1 LTS"'
  assert.equal(distribution(raw({ osrelease })).lsb, { id: 'Ubuntu', codename: 'jammy', release: '22.04', major_release: '22', description: 'Ubuntu 22.04.1 LTS' })
  const lsb = 'DISTRIB_ID=Other\nDISTRIB_RELEASE=3.1\nDISTRIB_CODENAME=three\nDISTRIB_DESCRIPTION="Other 3.1"'
  assert.equal(distribution(raw({ osrelease, lsb })).lsb, { id: 'Other', codename: 'three', release: '3.1', major_release: '3', description: 'Other 3.1' })
  assert.is((distribution(raw({})).lsb as { description: string }).description, '')
})

test('managers of packages and services', () => {
  const at = (sections: Sections) => {
    const { pkg_mgr, service_mgr } = distribution(raw(sections))
    return [pkg_mgr, service_mgr]
  }
  assert.equal(at({ pkg: 'apt-get\n', svc: 'systemd\n', init: 'systemd\n' }), ['apt', 'systemd'])
  assert.equal(at({ pkg: 'apk\n', svc: 'openrc\n', init: 'init\n' }), ['apk', 'openrc'])
  assert.equal(at({ pkg: 'dnf5\n', init: 'init\n' }), ['dnf5', 'sysvinit'])
  assert.equal(at({ init: 'tini\n' }), ['unknown', 'tini'])
  assert.equal(at({}), ['unknown', 'service'])
})

test('names, machine and account', () => {
  const facts = identity(raw({ node: 'web1\n', fqdn: 'web1.example.org\n', machine: 'x86_64\n', account: 'anna:x:1000:1000:Anna A,,,:/home/anna:/bin/zsh\n', env: 'A=b=c\0no entry\0' }))
  assert.equal([facts.hostname, facts.fqdn, facts.domain], ['web1', 'web1.example.org', 'example.org'])
  assert.equal([facts.user_gecos, facts.user_dir, facts.user_shell], ['Anna A,,,', '/home/anna', '/bin/zsh'])
  assert.equal(facts.env, { A: 'b=c' })
  const bare = identity(raw({ node: 'web1\n' }))
  assert.equal([bare.fqdn, bare.domain, bare.user_gecos, bare.user_dir, bare.user_shell], ['web1', '', '', '', ''])
  for (const [machine, architecture, bits] of [['i686', 'i386', '32'], ['aarch64', 'aarch64', '64'], ['s390x', 's390x', '64'], ['armv7l', 'armv7l', '32']] as const) {
    const { architecture: found, userspace_bits } = identity(raw({ machine }))
    assert.equal([found, userspace_bits], [architecture, bits])
  }
})

test('SELinux and name servers', () => {
  const at = (selinux: string) => identity(raw({ selinux, selinuxconfig: '# x\nSELINUX=enforcing\nSELINUXTYPE=targeted\n' })).selinux
  assert.equal(at(''), { status: 'disabled' })
  assert.equal(at('1'), { status: 'enabled', mode: 'enforcing', type: 'targeted' })
  assert.equal(at('0'), { status: 'enabled', mode: 'permissive', type: 'targeted' })
  assert.equal(identity(raw({ resolv: 'nameserver 1.1.1.1\nnameserver ::1\nsearch a.org b.org\ndomain a.org\n' })).dns, { nameservers: ['1.1.1.1', '::1'], search: ['a.org', 'b.org'], domain: 'a.org' })
  assert.equal(identity(raw({})).dns, { nameservers: [] })
})

test('virtualization', () => {
  for (const [sections, type] of [
    [{ marks: '/.dockerenv\n' }, 'docker'],
    [{ cgroup: '1:name=systemd:/docker/abc\n' }, 'docker'],
    [{ marks: '/run/.containerenv\n' }, 'podman'],
    [{ pid1: 'A=b\0container=podman\0' }, 'podman'],
    [{ pid1: 'container=lxc\0' }, 'lxc'],
    [{ virt: 'oracle\n' }, 'virtualbox'],
    [{ virt: 'microsoft\n' }, 'VirtualPC'],
    [{ virt: 'qemu\n' }, 'kvm'],
    [{ virt: 'xen\n' }, 'xen'],
    [{ vendor: 'QEMU\n' }, 'kvm'],
    [{ vendor: 'Amazon EC2\n' }, 'kvm'],
    [{ vendor: 'VMware, Inc.\n' }, 'VMware'],
    [{ product: 'VirtualBox\n' }, 'virtualbox'],
    [{ vendor: 'Microsoft Corporation\n', product: 'Virtual Machine\n' }, 'VirtualPC'],
    [{ cpuinfo: 'flags\t\t: fpu vme hypervisor lahf\n' }, 'kvm'],
  ] as [Sections, string][]) {
    const { virtualization_type, virtualization_role } = identity(raw(sections))
    assert.equal([virtualization_type, virtualization_role], [type, 'guest'])
  }
  assert.is(identity(raw({ virt: 'none\n', vendor: 'Dell Inc.\n' })).virtualization_type, 'NA')
})

test('processors: sockets, cores and threads', () => {
  const intel = (id: number, socket: number) => `processor\t: ${id}\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: ${socket}\nsiblings\t: 4\ncpu cores\t: 2\n`
  const facts = hardware(raw({ cpuinfo: [0, 1, 2, 3].map((id) => intel(id, 0)).concat([4, 5, 6, 7].map((id) => intel(id, 1))).join('\n') }))
  assert.equal([facts.processor_vcpus, facts.processor_count, facts.processor_cores, facts.processor_threads_per_core], [8, 2, 2, 2])
  assert.equal((facts.processor as string[]).slice(0, 3), ['0', 'GenuineIntel', 'Xeon'])
  const arm = hardware(raw({ cpuinfo: 'processor\t: 0\nBogoMIPS\t: 50\n\nprocessor\t: 1\nBogoMIPS\t: 50\n' }))
  assert.equal([arm.processor_vcpus, arm.processor_count, arm.processor_cores, arm.processor_threads_per_core], [2, 1, 2, 1])
})

test('memory, uptime and what the maker says', () => {
  const meminfo = 'MemTotal: 2048000 kB\nMemFree: 1024000 kB\nBuffers: 10240 kB\nCached: 102400 kB\nSwapTotal: 1024 kB\nSwapFree: 1024 kB\n'
  const facts = hardware(raw({ meminfo, uptime: '12.9 100.0\n', product: 'X1\n', vendor: 'Maker\n' }))
  assert.equal([facts.memtotal_mb, facts.memfree_mb, facts.swaptotal_mb, facts.uptime_seconds, facts.product_name, facts.system_vendor], [2000, 1000, 1, 12, 'X1', 'Maker'])
  assert.equal((facts.memory_mb as Record<string, unknown>).nocache, { free: 1110, used: 890 })
  const nothing = hardware(raw({}))
  assert.equal([nothing.memtotal_mb, nothing.processor_vcpus, nothing.uptime_seconds, nothing.product_name], [0, 1, 0, 'NA'])
})

test('date and time', () => {
  const { date_time } = time(raw({ date: '2024 01 07 13 04 05 1704629045 +0100 CET Sun Sunday 007 01 123456789\n', utc: '2024-01-07T12:04:05\n' })) as { date_time: Record<string, string> }
  assert.equal([date_time.weekday_number, date_time.iso8601, date_time.iso8601_micro, date_time.iso8601_basic_short], ['0', '2024-01-07T12:04:05Z', '2024-01-07T12:04:05.123456Z', '20240107T130405'])
})

test('local facts: JSON, sections, and what is neither', () => {
  const local = '/etc/ansible/facts.d/a.fact\0{"x": [1]}\0/etc/ansible/facts.d/b.fact\0# c\n[One]\nKey = v\nother: w\n\0/etc/ansible/facts.d/c.fact\0nonsense\0'
  const facts = localFacts(raw({ local }))
  assert.equal(facts, { a: { x: [1] }, b: { One: { key: 'v', other: 'w' } }, c: 'error loading fact - /etc/ansible/facts.d/c.fact is neither JSON nor INI' })
  assert.equal(localFacts(raw({})), {})
})

const link = '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\\    link/loopback 00:00:00:00:00:00\n2: eth0: <BROADCAST,UP> mtu 1500 state UP\\    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff\n3: tun0: <POINTOPOINT,UP> mtu 1400\\    link/none\n'
const addr = '1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 192.168.1.10/24 brd 192.168.1.255 scope global eth0\n2: eth0    inet 192.168.1.11/24 brd 192.168.1.255 scope global secondary eth0\n2: eth0    inet6 2001:db8::5/64 scope global\n2: eth0    inet6 fe80::1/64 scope link\n3: tun0    inet 10.8.0.2 peer 10.8.0.1/32 scope global tun0\n3: tun0    inet6 fd00::2 scope global\n'

test('interfaces and their addresses', () => {
  const facts = addressing(raw({ link, addr })) as Record<string, Record<string, unknown>>
  assert.equal(facts.interfaces, ['lo', 'eth0', 'tun0'])
  assert.equal(facts.all_ipv4_addresses, ['192.168.1.10', '192.168.1.11', '10.8.0.2'])
  assert.equal(facts.eth0!.ipv4, { address: '192.168.1.10', netmask: '255.255.255.0', network: '192.168.1.0', prefix: '24', broadcast: '192.168.1.255' })
  assert.is((facts.eth0!.ipv4_secondaries as unknown[]).length, 1)
  assert.equal(facts.tun0!.ipv6, [{ address: 'fd00::2', prefix: '128', scope: 'global' }])
  assert.is((facts.tun0!.ipv4 as { prefix: string }).prefix, '32')
  assert.equal(facts.default_ipv4, {})
  const all = addressing(raw({ link, addr: '3: tun0    inet 10.0.0.1/0 scope global tun0\n' })) as typeof facts
  assert.is((all.tun0!.ipv4 as { netmask: string }).netmask, '0.0.0.0')
})

test('the address that reaches the rest of the world', () => {
  const at = (sections: Sections) => addressing(raw({ link, addr, ...sections })) as Record<string, Record<string, unknown>>
  const default4 = at({ route4: '1.1.1.1 via 192.168.1.1 dev eth0 src 192.168.1.11 uid 0\n    cache\n' }).default_ipv4!
  assert.equal([default4.address, default4.gateway, default4.interface, default4.macaddress, default4.netmask], ['192.168.1.11', '192.168.1.1', 'eth0', '52:54:00:12:34:56', '255.255.255.0'])
  const default6 = at({ route6: '2606:4700:4700::1111 from :: via fe80::9 dev eth0 src 2001:db8::5 metric 100\n' }).default_ipv6!
  assert.equal([default6.address, default6.gateway, default6.prefix, default6.scope], ['2001:db8::5', 'fe80::9', '64', 'global'])
  const shown = at({ route4: 'default dev tun0\n' }).default_ipv4!
  assert.equal([shown.address, shown.gateway, shown.macaddress, shown.interface], ['10.8.0.2', undefined, undefined, 'tun0'])
  assert.equal(addressing(raw({ addresses: '172.17.0.2 2001:db8::7 \n' })).default_ipv4, { address: '172.17.0.2' }, 'without ip, by hostname -I')
})

test('mounts: those of disks and servers, with the sizes of the ones that answer', () => {
  const mounts = '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw,errors=remount-ro\n23 22 0:5 / /proc rw - proc proc rw\n24 22 0:40 / /mnt/n\\040fs rw,relatime - nfs4 server:/x rw,vers=4.2\n'
  const df = 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 400 600 40% /\n'
  assert.equal(mountFacts(raw({ mounts, df })), [
    { mount: '/', device: '/dev/sda1', fstype: 'ext4', options: 'rw,relatime,errors=remount-ro', size_total: 1024000, size_available: 614400 },
    { mount: '/mnt/n fs', device: 'server:/x', fstype: 'nfs4', options: 'rw,relatime,vers=4.2' },
  ])
})

test.run()
