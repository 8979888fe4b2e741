/** How apt-get is called: its options, its environment, waiting for its locks, and what its output says. */
import type { Effect, RunAction } from '../../../src/module/index.ts'
import type { Transaction } from '../specification.ts'

export interface AptOptions {
  install_recommends?: boolean
  default_release?: string
  allow_unauthenticated: boolean
  allow_downgrade: boolean
  allow_change_held_packages: boolean
  only_upgrade: boolean
  fail_on_autoremove: boolean
  autoremove: boolean
  purge: boolean
  force: boolean
  dpkg_options: string
  lock_timeout: number
}

/** apt's own defaults, for modules that have no such arguments. */
export const APT_DEFAULTS: AptOptions = {
  allow_unauthenticated: false,
  allow_downgrade: false,
  allow_change_held_packages: false,
  only_upgrade: false,
  fail_on_autoremove: false,
  autoremove: false,
  purge: false,
  force: false,
  dpkg_options: 'force-confdef,force-confold',
  lock_timeout: 60,
}

/** What all answers about packages depend on. */
export const DPKG_STATUS = '/var/lib/dpkg/status'
export const APT_LISTS = '/var/lib/apt/lists'
export const APT_READS = [DPKG_STATUS, APT_LISTS, '/etc/apt']

const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', DEBIAN_PRIORITY: 'critical', LC_ALL: 'C', LANG: 'C' }

/**
 * Fixed text: runs its arguments after the first, again each second while another program holds apt's locks, for at most
 * $1 seconds. (apt itself waits only for one of its three locks.)
 */
const WAIT_FOR_LOCK = `# apt-get, when nobody else uses it
limit=$(($(date +%s) + $1))
shift
exec 3>&1
while :
do
  said=$("$@" 2>&1 >&3 3>&-)
  rc=$?
  case $said in
    *'Could not get lock'*|*'Unable to acquire the dpkg frontend lock'*|*'Unable to lock'*)
      if [ "$rc" -ne 0 ] && [ "$(date +%s)" -lt "$limit" ]; then sleep 1; continue; fi ;;
  esac
  [ -z "$said" ] || printf '%s\\n' "$said" >&2
  exit "$rc"
done
`

/** Words of an apt-get command; the same for the simulation and for the run. */
export function aptWords(command: string[], names: string[], options: AptOptions): string[] {
  const words: string[] = []
  for (const option of options.dpkg_options.split(',').filter((part) => part !== ''))
    words.push('-o', `Dpkg::Options::=--${option}`)
  if (options.install_recommends !== undefined)
    words.push('-o', `APT::Install-Recommends=${options.install_recommends ? 'yes' : 'no'}`)
  if (options.default_release !== undefined) words.push('-o', `APT::Default-Release=${options.default_release}`)
  if (options.allow_unauthenticated) words.push('--allow-unauthenticated')
  if (options.allow_downgrade || options.force) words.push('--allow-downgrades')
  if (options.allow_change_held_packages || options.force) words.push('--allow-change-held-packages')
  if (options.force) words.push('--allow-remove-essential', '--allow-unauthenticated')
  if (options.only_upgrade) words.push('--only-upgrade')
  if (options.fail_on_autoremove) words.push('--no-remove')
  if (options.autoremove && command[0] !== 'autoremove') words.push('--auto-remove')
  if (options.purge) words.push('--purge')
  return ['apt-get', '-y', ...words, ...command, ...names]
}

/**
 * What apt-get would do, without locks and without doing it. What earlier tasks would install is left out of what it
 * reads: their packages are told apart by their own facts.
 */
export function simulation(words: string[]): { argv: string[]; env: Record<string, string>; reads: string[]; timeout: number } {
  return {
    argv: ['apt-get', '-s', '-o', 'Debug::NoLocking=1', ...words.slice(1)],
    env: ENVIRONMENT,
    reads: [APT_LISTS, '/etc/apt'],
    timeout: 120,
  }
}

/** The real run. */
export function aptRun(words: string[], lockTimeout: number, makes: Effect[]): RunAction {
  const [program, ...rest] = words
  return {
    kind: 'run',
    script: WAIT_FOR_LOCK,
    args: [String(lockTimeout), program!, '-o', `DPkg::Lock::Timeout=${lockTimeout}`, ...rest],
    env: ENVIRONMENT,
    stream: true,
    makes,
  }
}

/** `Inst name [old] (new …)` and `Remv name [old]` of a simulation. */
export function parseSimulation(stdout: string): Transaction {
  const transaction: Transaction = { install: [], remove: [] }
  for (const line of stdout.split('\n')) {
    const install = /^Inst (\S+) (?:\[(\S+)\] )?\((\S+)/.exec(line)
    if (install) transaction.install.push({ name: install[1]!, old: install[2], version: install[3] })
    const remove = /^(?:Remv|Purg) (\S+)(?: \[(\S+)\])?/.exec(line)
    if (remove && !transaction.remove.some((one) => one.name === remove[1]))
      transaction.remove.push({ name: remove[1]!, old: remove[2] })
  }
  return transaction
}

/** The lists do not know the name (yet). */
export function notInLists(stderr: string): boolean {
  return /Unable to locate package|has no installation candidate|Couldn't find any package|Version '.*' for '.*' was not found|is not available, but is referred/.test(
    stderr,
  )
}

/** apt's own word on why it failed: the last line that starts with E:, else the last line. */
export function aptError(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const errors = lines.filter((line) => line.startsWith('E:'))
  return (errors.at(-1) ?? lines.at(-1) ?? 'apt-get failed and said nothing').replace(/^E: /, '')
}

/** One line for the user: which package is missing, and what apt said. */
export function installError(names: string[], stderr: string): string {
  const said = aptError(stderr)
  const missing =
    /Unable to locate package (\S+)/.exec(stderr)?.[1] ?? /Package '?(\S+?)'? has no installation candidate/.exec(stderr)?.[1]
  if (missing) {
    return `No package matching '${missing}' is available: apt-get says "${said}". Check the name and the sources in /etc/apt`
  }
  return `apt-get could not install ${names.join(', ')}: ${said}`
}

/** Did the run change anything, by apt's closing line; undefined when there is none. */
export function aptChanged(stdout: string): boolean | undefined {
  const line = /^(\d+) upgraded, (\d+) newly installed,(?: (\d+) downgraded,)?(?: (\d+) reinstalled,)? (\d+) to remove/m.exec(
    stdout,
  )
  return line ? line.slice(1).some((count) => Number(count ?? 0) > 0) : undefined
}
