/** The command line, on this machine, that starts a session with a target. */
import { quote } from '../quote.ts'
import type { Target } from '../target.ts'
import { wrap } from './become.ts'
import { loop } from './loop.ts'

export interface CommandLine {
  argv: string[]
  /** Matches the prompt for the become password on stderr. */
  prompt?: RegExp
}

export function commandLine(target: Target, nonce: string): CommandLine {
  const { argv, prompt } = wrap(loop(nonce), target.become, `${nonce}-password:`)
  switch (target.transport) {
    case 'local':
      return { argv, prompt }
    case 'exec':
      return { argv: [...target.prefix, ...argv], prompt }
    case 'ssh':
      return { argv: [...sshCommand(target), `exec ${argv.map(quote).join(' ')}`], prompt }
  }
}

/** ssh with its options, up to and including the host. */
function sshCommand(target: Extract<Target, { transport: 'ssh' }>): string[] {
  if (target.host === '' || target.host.startsWith('-')) throw new Error(`'${target.host}' is not a host that ssh can connect to`)
  const options: Record<string, string | number | undefined> = {
    BatchMode: 'yes',
    ConnectTimeout: target.timeout ?? 10,
    ServerAliveInterval: 15,
    ServerAliveCountMax: 3,
    ControlMaster: 'no',
    ControlPath: 'none',
    RequestTTY: 'no',
    // What a user set up for working there by hand is not for us.
    RemoteCommand: 'none',
    ClearAllForwardings: 'yes',
    StrictHostKeyChecking: target.hostKeyChecking,
    // Checking that is switched off must not stop at a key that has changed.
    UserKnownHostsFile: target.hostKeyChecking === 'no' ? '/dev/null' : undefined,
    IdentitiesOnly: target.identityFile ? 'yes' : undefined,
  }
  return [
    'ssh',
    '-T',
    ...(target.config === undefined ? [] : ['-F', target.config]),
    // Options given by the user come first: ssh takes the first value of each.
    ...(target.options ?? []),
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : ['-o', `${name}=${value}`])),
    ...(target.identityFile === undefined ? [] : ['-i', target.identityFile]),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    '--',
    target.host,
  ]
}
