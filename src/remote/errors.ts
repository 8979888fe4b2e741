/** What went wrong with a connection, in one line that an operator can act on. */
import { nameOf, type Target } from './target.ts'

/** Could not connect, the connection was lost, or becoming the other user was refused. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
}

interface Explanation {
  when: RegExp
  say: (target: Target, match: RegExpMatchArray) => string
}

const ssh: Explanation[] = [
  {
    when: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    say: (target) =>
      'its host key has changed since it was first seen: if the host was installed anew, remove the old key with ' +
      `'ssh-keygen -R ${hostOf(target)}' and connect again; otherwise somebody may be in between`,
  },
  {
    when: /No (\S+ )?host key is known|Host key verification failed/,
    say: (target) =>
      'its host key is not known: check it and add it with ' +
      `'ssh-keyscan ${portOf(target)}${hostOf(target)} >> ~/.ssh/known_hosts', or set host key checking to accept-new`,
  },
  {
    when: /Permission denied \(([^)]*)\)/,
    say: (_target, match) =>
      `no key was accepted (the host takes: ${match[1]}): add a public key to authorized_keys of that user, or name the ` +
      'right user and private key; passwords for ssh are not supported, use keys',
  },
  {
    when: /Too many authentication failures/,
    say: () => 'too many keys were tried: name one private key and set IdentitiesOnly=yes',
  },
  {
    when: /Could not resolve hostname ([^:]*)/,
    say: () => 'its name could not be resolved: check the name, or set ansible_host to its address',
  },
  { when: /Connection refused/, say: () => 'the connection was refused: check that sshd runs there and that the port is right' },
  { when: /timed? ?out/i, say: () => 'no answer came in time: check the address, the port and the firewall in between' },
  { when: /No route to host|Network is unreachable/, say: () => 'there is no route to it: check the address and the network' },
  { when: /Identity file (.*) not accessible/, say: (_target, match) => `the private key ${match[1]} can't be read` },
  { when: /UNPROTECTED PRIVATE KEY FILE/, say: () => "the private key may be read by others: 'chmod 600' it" },
]

const become: Explanation[] = [
  {
    when: /password is required|no password was provided|authentication is required/i,
    say: (target) => `${methodOf(target)} needs a password: give -K or ansible_become_password`,
  },
  {
    when: /incorrect password|Sorry, try again|Authentication failure|Permission denied$/im,
    say: (target) => `${methodOf(target)} did not accept the password for becoming ${userOf(target)}`,
  },
  {
    when: /not in the sudoers file|not allowed to (execute|run)|Operation not permitted/i,
    say: (target) => `the user is not allowed to become ${userOf(target)} with ${methodOf(target)}`,
  },
  { when: /must have a tty/i, say: () => "sudo wants a terminal: remove 'requiretty' from sudoers for this user" },
  {
    when: /unknown user|user .* does not exist|No passwd entry/i,
    say: (target) => `there is no user ${userOf(target)} to become`,
  },
  { when: /may not be used by non-root/i, say: () => 'only root can use runuser: become with sudo or su' },
  {
    when: /(sudo|su|doas|runuser): (command )?not found|executable file not found|No such file or directory$/im,
    say: (target) => `${methodOf(target)} is not there: install it or set ansible_become_method`,
  },
]

const methodOf = (target: Target) => target.become?.method ?? 'sudo'
const userOf = (target: Target) => target.become?.user ?? 'root'
const hostOf = (target: Target) => (target.transport === 'ssh' ? target.host : '')
const portOf = (target: Target) => (target.transport === 'ssh' && target.port ? `-p ${target.port} ` : '')

/** Turns what ssh or sudo said, and how it ended, into one line. */
export function explain(target: Target, said: string, ended: string): UnreachableError {
  const lines = said
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^debug\d:/.test(line))
  const last = lines.at(-1)
  // ssh's own words first: sudo never speaks before ssh is through.
  for (const { when, say } of [...(target.transport === 'ssh' ? ssh : []), ...(target.become ? become : [])]) {
    const match = when.exec(lines.join('\n'))
    if (match) return new UnreachableError(`${nameOf(target)}: ${say(target, match)}`)
  }
  return new UnreachableError(`${nameOf(target)}: ${last ?? ended}`)
}
