/**
 * The run's own ssh configuration: one section a host, from the inventory, and the user's own file after it. ssh takes
 * the first value it finds, so the inventory wins. `ssh -F` and `rsync -e` use the same file.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import SSHConfig from 'ssh-config'
import { splitWords } from '../text/words.ts'
import { InputError } from '../yaml/index.ts'

/** A host as its (resolved) inventory variables describe it; `name` is what will be given to ssh. */
export interface SshHost {
  name: string
  vars: Record<string, unknown>
}

export interface RunConfigOptions {
  /** The user's own file; default ~/.ssh/config. */
  userConfig?: string
}

type Directives = Record<string, string | string[]>

/** Writes `ssh_config` into the directory, readable by the user only, and returns its path. */
export function writeRunConfig(hosts: SshHost[], directory: string, options: RunConfigOptions = {}): string {
  const userConfig = options.userConfig ?? join(homedir(), '.ssh', 'config')
  const path = join(directory, 'ssh_config')
  const users = existsSync(userConfig) ? SSHConfig.parse(readFileSync(userConfig, 'utf8')) : undefined
  const config = new SSHConfig()
  for (const host of hosts) config.append(section(host, users))
  // An Include inside a section would only count for its host: `Match all` opens one for every host.
  if (users) config.append({ Match: 'all', Include: userConfig })
  writeFileSync(path, SSHConfig.stringify(config), { mode: 0o600 })
  chmodSync(path, 0o600)
  return path
}

function section({ name, vars }: SshHost, users: SSHConfig | undefined): Directives {
  if (!/^[\w.:%@+-]+$/.test(name)) throw new InputError(`\`${name}\` can not be the name of an ssh host`)
  const read = (...names: string[]) => {
    for (const one of names) if (vars[one] !== undefined && vars[one] !== null && vars[one] !== '') return plain(one, vars[one])
    return undefined
  }
  const directives: Directives = { Host: name }
  const address = read('ansible_host', 'ansible_ssh_host')
  const port = read('ansible_port', 'ansible_ssh_port')
  const user = read('ansible_user', 'ansible_ssh_user')
  const key = read('ansible_ssh_private_key_file', 'ansible_private_key_file')
  const checking = read('ansible_host_key_checking', 'ansible_ssh_host_key_checking')
  if (port !== undefined) directives.Port = portOf(port, name)
  if (user !== undefined) directives.User = user
  if (key !== undefined) Object.assign(directives, { IdentityFile: key.replaceAll('%', '%%'), IdentitiesOnly: 'yes' })
  if (checking !== undefined && /^(false|no|0|off)$/i.test(checking))
    Object.assign(directives, { StrictHostKeyChecking: 'no', UserKnownHostsFile: '/dev/null' })
  for (const one of ['ansible_ssh_common_args', 'ansible_ssh_extra_args']) {
    const args = read(one)
    if (args !== undefined) addOptions(directives, parseOptions(args, one, name))
  }
  if (address !== undefined && address !== name) addOptions(directives, aliasOptions(address, users))
  return directives
}

/** `ansible_host` may be an alias of the user's file: what that says about it counts. */
function aliasOptions(address: string, users: SSHConfig | undefined): Directives {
  const found = users?.compute(address, { matchExec: false }) ?? {}
  const { Host, Match, Include, ...rest } = found as Directives
  const hostName = Object.keys(rest).find((key) => key.toLowerCase() === 'hostname')
  if (hostName === undefined) return { HostName: address }
  return { ...rest, [hostName]: String(rest[hostName]).replaceAll('%h', address) }
}

/** The first value wins, whatever its case; keys and forwardings add up. */
function addOptions(directives: Directives, more: Directives): void {
  for (const [key, value] of Object.entries(more)) {
    if (!Object.keys(directives).some((one) => one.toLowerCase() === key.toLowerCase())) directives[key] = value
  }
}

/** The ssh options that people put into ansible_ssh_common_args. */
function parseOptions(text: string, variable: string, host: string): Directives {
  const result: Directives = {}
  const words = wordsOf(text, variable, host)
  const flags: Record<string, [string, string]> = {
    '-A': ['ForwardAgent', 'yes'],
    '-C': ['Compression', 'yes'],
    '-4': ['AddressFamily', 'inet'],
    '-6': ['AddressFamily', 'inet6'],
  }
  const valued: Record<string, string> = {
    '-i': 'IdentityFile',
    '-J': 'ProxyJump',
    '-p': 'Port',
    '-l': 'User',
    '-b': 'BindAddress',
    '-c': 'Ciphers',
    '-m': 'MACs',
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    const flag = flags[word]
    const letter = word.slice(0, 2)
    if (flag) result[flag[0]] ??= flag[1]
    else if (/^-[qT]$|^-v+$/.test(word)) continue
    else if (letter === '-o' || valued[letter]) {
      const value = word.length > 2 ? word.slice(2) : words[++at]
      if (value === undefined) throw new InputError(`${variable} of ${host}: ${letter} needs a value`)
      if (letter !== '-o') result[valued[letter]!] ??= value
      else addOption(result, value, variable, host)
    } else {
      throw new InputError(`${variable} of ${host}: \`${word}\` is not supported`, {
        hint: 'write it as -o Name=value, see ssh_config(5)',
      })
    }
  }
  return result
}

function addOption(result: Directives, text: string, variable: string, host: string): void {
  const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.+)$/s.exec(text)
  if (!match) throw new InputError(`${variable} of ${host}: expected -o Name=value, got \`${text}\``)
  result[match[1]!] ??= match[2]!
}

/** Words as a shell splits them. */
function wordsOf(text: string, variable: string, host: string): string[] {
  try {
    return splitWords(text, '"\\$`')
  } catch (error) {
    throw new InputError(`${variable} of ${host}: ${(error as Error).message}`)
  }
}

function plain(name: string, value: unknown): string {
  const text = String(value)
  // A line break would begin another directive.
  if (/[\0-\x1f\x7f]/.test(text)) throw new InputError(`${name} must be one line of text`)
  return text
}

function portOf(text: string, host: string): string {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new InputError(`ansible_port of ${host}: expected a port number, got \`${text}\``)
  return String(port)
}
