/** Which connection serves a task on a host: transport, user and become, from keywords, variables and options. */
import { userInfo } from 'node:os'
import { type Become, type Connection, connect, Overlay, type Target } from '../../remote/index.ts'
import type { Scope, Templar } from '../../template/index.ts'
import { InputError } from '../../yaml/index.ts'
import type { Effective } from './inherited-keywords.ts'
import { controllerStore, type FactStore, hostStore } from './fact-store.ts'
import { splitWords } from '../../text/words.ts'
import type { ConnectionOptions } from './options.ts'
import { sshMachine } from './ssh-machine.ts'

/** How a task reaches its host. */
export interface Reach {
  /** Name in the inventory. */
  host: string
  /** Address that other hosts use for it. */
  address: string
  target: Target
  connection: Connection
  store: FactStore
  controller: FactStore
}

export class Connections {
  readonly controller: FactStore
  private readonly clock: { epoch: number }
  private readonly options: ConnectionOptions
  private readonly reaches = new Map<string, Reach>()
  /** One per machine: hosts of the inventory that are this machine share what check mode predicts. */
  private readonly overlays = new Map<string, Overlay>()

  constructor(clock: { epoch: number }, options: ConnectionOptions) {
    this.clock = clock
    this.options = options
    this.controller = controllerStore(clock, this.overlay('local'))
  }

  reach(host: string, scope: Scope, effective: Effective, templar: Templar): Reach {
    const read = reader(scope, templar)
    const target = targetOf(host, read, effective, this.options, templar, scope)
    const key = JSON.stringify([host, target])
    let reach = this.reaches.get(key)
    if (!reach) {
      const connection = connect(target)
      const overlay = this.overlay(machineOf(target))
      const address = String(read('ansible_host') ?? host)
      reach = { host, address, target, connection, store: hostStore(this.clock, overlay, connection), controller: this.controller }
      this.reaches.set(key, reach)
    }
    return reach
  }

  /** Round trips made for a host, over all its connections. */
  roundTrips(host?: string): number {
    let total = 0
    for (const reach of this.reaches.values()) if (!host || reach.host === host) total += reach.connection.roundTrips
    return total
  }

  /** Ends the host's connections; the next task opens new ones (meta: reset_connection). */
  async reset(host: string): Promise<void> {
    const mine = [...this.reaches].filter(([, reach]) => reach.host === host)
    for (const [key] of mine) this.reaches.delete(key)
    await Promise.all(mine.map(([, reach]) => reach.connection.close()))
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.reaches.values()].map((reach) => reach.connection.close()))
  }

  private overlay(machine: string): Overlay {
    let overlay = this.overlays.get(machine)
    if (!overlay) {
      overlay = new Overlay()
      this.overlays.set(machine, overlay)
    }
    return overlay
  }
}

type Reader = (name: string) => unknown

/** Reads a connection variable, with its templates resolved; undefined when it is not set. */
function reader(scope: Scope, templar: Templar): Reader {
  return (name) => {
    const found = scope.lookup(name)
    return found?.template ? templar.resolve(found.value, found.scope ?? scope) : found?.value
  }
}

function targetOf(host: string, read: Reader, effective: Effective, options: ConnectionOptions, templar: Templar, scope: Scope): Target {
  const own = effective.own
  const keyword = (value: unknown) => (value === undefined ? undefined : templar.resolve(value, scope))
  const local = host === 'localhost' ? 'local' : undefined
  const transport = String(read('ansible_connection') ?? keyword(own.connection) ?? local ?? options.transport ?? 'ssh')
  const become = becomeOf(read, keyword, own, options)
  const short = transport.split('.').pop() ?? transport
  if (short === 'local') return { transport: 'local', ...(become && become.user !== userInfo().username ? { become } : {}) }
  const address = String(read('ansible_host') ?? read('ansible_ssh_host') ?? host)
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(short)) return sshTarget(address, read, keyword, own, options, become)
  const prefix = execPrefix(short, address, read)
  if (prefix) return { transport: 'exec', prefix, ...(become ? { become } : {}) }
  throw new InputError(`host ${host}: unknown connection '${transport}'`, { hint: 'known: ssh, local, exec, docker, podman, kubectl' })
}

type Keyword = (value: unknown) => unknown

function sshTarget(host: string, read: Reader, keyword: Keyword, own: Effective['own'], options: ConnectionOptions, become?: Become): Target {
  const user = text(read('ansible_user') ?? read('ansible_ssh_user') ?? keyword(own.remoteUser) ?? options.user)
  const port = read('ansible_port') ?? read('ansible_ssh_port') ?? keyword(own.port)
  const key = text(read('ansible_ssh_private_key_file') ?? read('ansible_private_key_file') ?? options.privateKey)
  const extra = [read('ansible_ssh_common_args'), read('ansible_ssh_extra_args'), options.sshCommonArgs].flatMap(words)
  return {
    transport: 'ssh',
    host,
    ...(port !== undefined ? { port: Number(port) } : {}),
    ...(user ? { user } : {}),
    ...(key ? { identityFile: key } : {}),
    ...(extra.length ? { options: extra } : {}),
    hostKeyChecking: hostKeyChecking(read, options),
    ...(options.timeout ? { timeout: options.timeout } : {}),
    // root needs nobody's leave to be root
    ...(become && !(user === 'root' && become.user === 'root') ? { become } : {}),
  }
}

function hostKeyChecking(read: Reader, options: ConnectionOptions): 'yes' | 'accept-new' | 'no' {
  const value = read('ansible_host_key_checking') ?? read('ansible_ssh_host_key_checking')
  if (value === 'accept-new') return 'accept-new'
  if (value === false || value === 'no' || value === 'false') return 'no'
  return options.hostKeyChecking ?? 'yes'
}

function becomeOf(read: Reader, keyword: Keyword, own: Effective['own'], options: ConnectionOptions): Become | undefined {
  const wanted = read('ansible_become') ?? keyword(own.become) ?? options.become ?? false
  if (!truthy(wanted)) return undefined
  const password = text(read('ansible_become_password') ?? read('ansible_become_pass') ?? read('ansible_sudo_pass') ?? options.becomePassword)
  const flags = words(read('ansible_become_flags') ?? keyword(own.becomeFlags))
  return {
    user: text(read('ansible_become_user') ?? keyword(own.becomeUser) ?? options.becomeUser) ?? 'root',
    method: (text(read('ansible_become_method') ?? keyword(own.becomeMethod) ?? options.becomeMethod) ?? 'sudo') as Become['method'],
    ...(password ? { password } : {}),
    ...(flags.length ? { flags } : {}),
  }
}

function execPrefix(kind: string, address: string, read: Reader): string[] | undefined {
  if (kind === 'exec') {
    const prefix = words(read('ansible_exec_prefix') ?? read('ansible_exec_command'))
    if (prefix.length === 0) throw new InputError("connection 'exec' needs ansible_exec_prefix, such as ['docker', 'exec', '-i', 'NAME']")
    return prefix
  }
  const user = text(read('ansible_user'))
  if (kind === 'docker' || kind === 'podman') return [kind, 'exec', '-i', ...(user ? ['-u', user] : []), address]
  if (kind === 'kubectl') {
    const namespace = text(read('ansible_kubectl_namespace'))
    const container = text(read('ansible_kubectl_container'))
    return ['kubectl', 'exec', '-i', ...(namespace ? ['-n', namespace] : []), text(read('ansible_kubectl_pod')) ?? address, ...(container ? ['-c', container] : []), '--']
  }
  return undefined
}

function machineOf(target: Target): string {
  if (target.transport === 'local') return 'local'
  return target.transport === 'ssh' ? sshMachine(target) : `exec ${JSON.stringify(target.prefix)}`
}

/** Options for a program: a list, or a text with quotes as for a shell. */
function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String)
  if (typeof value !== 'string') return []
  try {
    return splitWords(value, '"\\$`')
  } catch (error) {
    throw new InputError((error as Error).message)
  }
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value)
}

export function truthy(value: unknown): boolean {
  if (typeof value === 'string') return ['true', 'yes', 'on', '1', 'y', 't'].includes(value.toLowerCase())
  return Boolean(value)
}
