/**
 * Which machine is meant by an ssh host. Two hosts of an inventory may be one machine: what check mode predicts on one is
 * then true on the other. The connection itself is ssh's own matter; here its configuration is only asked for the address.
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import SSHConfig from 'ssh-config'

/** What is known of the connection. `options`: words for ssh, which win over its configuration. */
export interface SshAddress {
  host: string
  port?: number
  options?: string[]
}

/** One text for one machine. The same address behind two jump hosts is two machines. */
export function sshMachine({ host, port, options = [] }: SshAddress, userConfig = join(homedir(), '.ssh', 'config')): string {
  const own = readConfig(userConfig)?.compute(host, { matchExec: false }) ?? {}
  const value = (name: string) => Object.entries(own).find(([key]) => key.toLowerCase() === name)?.[1]
  const address = String(value('hostname') ?? host).replaceAll('%h', host)
  const jump = options.some((word) => /^-J|Proxy/i.test(word)) ? options.join(' ') : (value('proxyjump') ?? value('proxycommand') ?? 'none')
  return `ssh ${address}:${port ?? value('port') ?? 22}${jump === 'none' ? '' : ` ${String(jump)}`}`
}

const read = new Map<string, SSHConfig | undefined>()

function readConfig(path: string): SSHConfig | undefined {
  if (!read.has(path)) read.set(path, parse(path))
  return read.get(path)
}

/** A file that is not there or that ssh will complain about says nothing here. */
function parse(path: string): SSHConfig | undefined {
  try {
    return SSHConfig.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
