/** A real sshd on loopback with keys, configuration and port of its own. A run of the suite shares one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../ports.ts'
import { shared } from '../shared.ts'
import type { Target } from '../../src/remote/index.ts'

export interface Sshd {
  port: number
  directory: string
  /** A target with the key that is accepted and the known_hosts file of this sshd. */
  target(extra?: object): Extract<Target, { transport: 'ssh' }>
  stop(): void
}

/** Why no sshd can be started here, or undefined. */
export function whyNoSshd(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: a test sshd for other users needs root'
  return existsSync('/usr/sbin/sshd') ? undefined : 'openssh-server is not installed'
}

/** The sshd of this run, with a directory for who asks; without one, an sshd is started. */
export async function sshd(): Promise<Sshd> {
  if (!shared.sshd) return await startSshd()
  const directory = makeDirectory()
  for (const name of readdirSync(shared.sshd.directory)) {
    if (!/^(id|stranger|host_key|known_hosts|config)/.test(name)) continue
    copyFileSync(join(shared.sshd.directory, name), join(directory, name))
    chmodSync(join(directory, name), 0o600)
  }
  return handle(shared.sshd.port, directory, () => rmSync(directory, { recursive: true, force: true }))
}

export async function startSshd(settings: string[] = []): Promise<Sshd> {
  const directory = makeDirectory()
  const key = (name: string) => spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, name)])
  key('host_key')
  key('id')
  key('stranger')
  const port = await freePort()
  writeFileSync(join(directory, 'authorized_keys'), readFileSync(join(directory, 'id.pub')))
  chmodSync(join(directory, 'authorized_keys'), 0o644)
  writeFileSync(join(directory, 'config'), '')
  const hostKey = readFileSync(join(directory, 'host_key.pub'), 'utf8')
  writeFileSync(join(directory, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`)
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'AcceptEnv NOISE',
    'Banner /etc/hostname',
    // Several files log in at the same time.
    'MaxStartups 100',
    `PidFile ${directory}/pid`,
    ...settings,
  ]
  writeFileSync(join(directory, 'sshd_config'), `${config.join('\n')}\n`)
  mkdirSync('/run/sshd', { recursive: true })
  const server: ChildProcess = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(directory, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk) => {
      log += chunk
      if (/Server listening/.test(log)) resolve()
    })
    server.on('exit', () => reject(new Error(`sshd ended: ${log}`)))
  })
  return handle(port, directory, () => {
    server.kill('SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  })
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aarun-sshd-'))
  // sshd reads authorized_keys as the user who logs in.
  chmodSync(directory, 0o755)
  return directory
}

function handle(port: number, directory: string, stop: () => void): Sshd {
  const known = join(directory, 'known_hosts')
  return {
    port,
    directory,
    target: (extra = {}) => ({
      transport: 'ssh',
      host: '127.0.0.1',
      port,
      user: 'root',
      config: join(directory, 'config'),
      identityFile: join(directory, 'id'),
      options: ['-o', `UserKnownHostsFile=${known}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
      hostKeyChecking: 'yes',
      ...extra,
    }),
    stop,
  }
}

/** A user of the machine that lasts for the test. */
export interface Guest {
  name: string
  password: string
  remove(): void
}

export function addGuest(sudoers?: string, shell = '/bin/sh'): Guest {
  const name = `aarun-test-${Math.random().toString(36).slice(2, 8)}`
  const password = `pa$$ '"w${Math.random().toString(36).slice(2)}`
  must('useradd', ['-m', '-s', shell, name])
  const set = spawnSync('chpasswd', { input: `${name}:${password}\n` })
  if (set.status !== 0) throw new Error(String(set.stderr))
  const rules = `/etc/sudoers.d/${name}`
  if (sudoers !== undefined) {
    appendFileSync(rules, `${name} ${sudoers}\n`)
    chmodSync(rules, 0o440)
  }
  return {
    name,
    password,
    remove() {
      rmSync(rules, { force: true })
      // -f: its last session may be ending just now.
      spawnSync('userdel', ['-f', '-r', name])
    },
  }
}

function must(program: string, args: string[]): void {
  const result = spawnSync(program, args)
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`)
}
