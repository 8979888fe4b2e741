/**
 * Facts about a system, as Ansible names them. In: what the commands and files here say, each in a section of its own.
 * Out: facts, read from these sections by the other files of this room.
 */
import type { Request } from '../request.ts'

/** The text of a section. */
export type Raw = (name: string) => string

const files = {
  osrelease: '/etc/os-release',
  meminfo: '/proc/meminfo',
  cpuinfo: '/proc/cpuinfo',
  uptime: '/proc/uptime',
  mounts: '/proc/self/mountinfo',
  resolv: '/etc/resolv.conf',
  machineid: '/etc/machine-id',
  product: '/sys/class/dmi/id/product_name',
  vendor: '/sys/class/dmi/id/sys_vendor',
  init: '/proc/1/comm',
  debian: '/etc/debian_version',
  pid1: '/proc/1/environ',
  cgroup: '/proc/1/cgroup',
  lsb: '/etc/lsb-release',
  selinux: '/sys/fs/selinux/enforce',
  selinuxconfig: '/etc/selinux/config',
}

export function gather(request: Request, section: string): void {
  const to = (name: string) => `>"$_R/${section}${name}"`
  for (const [name, path] of Object.entries(files)) request.add(`[ ! -r ${path} ] || cat ${path} ${to(name)}`)
  request.add(
    `uname -s ${to('uname')}; uname -r ${to('kernel')}; uname -v ${to('version')}`,
    `uname -m ${to('machine')}; uname -n ${to('node')}`,
    `timeout 3 hostname -f ${to('fqdn')}`,
    `date '+%Y %m %d %H %M %S %s %z %Z %a %A %j %V %N' ${to('date')}; date -u '+%Y-%m-%dT%H:%M:%S' ${to('utc')}`,
    `id -u ${to('uid')}; id -g ${to('gid')}; id -un ${to('user')}`,
    `{ _program getent && getent passwd "$(id -u)" || grep ":x:$(id -u):" /etc/passwd; } ${to('account')}`,
    // Only what the user's commands see: LC_ALL=C is ours.
    `( [ -n "$_lc" ] && LC_ALL=$_lc || unset LC_ALL; env -0 ) ${to('env')}`,
    `{ for _p in apt-get dnf5 dnf yum zypper apk pacman; do if _program $_p; then echo $_p; break; fi; done; } ${to('pkg')}`,
    `{ if [ -d /run/systemd/system ]; then echo systemd; elif _program rc-service; then echo openrc; fi; } ${to('svc')}`,
    `{ if _program ip; then ip -o addr; fi; } ${to('addr')}; { if _program ip; then ip -o link; fi; } ${to('link')}`,
    `{ if _program ip; then ip -4 route get 1.1.1.1 || ip -4 route show default; fi; } ${to('route4')} 2>/dev/null`,
    `{ if _program ip; then ip -6 route get 2606:4700:4700::1111 || ip -6 route show default; fi; } ${to('route6')} 2>/dev/null`,
    `{ if ! _program ip && _program hostname; then timeout 3 hostname -I; fi; } ${to('addresses')}`,
    `{ for _p in /.dockerenv /run/.containerenv /dev/lxd /proc/vz /proc/xen; do [ ! -e $_p ] || echo $_p; done; } ${to('marks')}`,
    `{ if _program systemd-detect-virt; then timeout 3 systemd-detect-virt; fi; } ${to('virt')}`,
    // Sizes of file systems of this machine alone: one that is served by another may never answer.
    `timeout 5 df -P -k -l ${to('df')}`,
    `for _p in /etc/ansible/facts.d/*.fact; do if [ -f "$_p" ] && [ -r "$_p" ] && [ ! -x "$_p" ]; then ` +
      `printf '%s\\0' "$_p"; cat -- "$_p"; printf '\\0'; fi; done ${to('local')}`,
  )
}

/** Lines `KEY=VALUE`, as a shell would read them. */
export function variables(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line)
    if (match)
      found[match[1] as string] = (match[2] as string)
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2')
        .replace(/\\(["$`\\])/g, '$1')
  }
  return found
}
