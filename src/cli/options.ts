/** Options that several commands share, with ansible-playbook's names and meanings. */
import { existsSync } from 'node:fs'
import process from 'node:process'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { defaultInventory, inventoryPath } from './shipped.ts'

export interface VaultOptions {
  vaultPasswordFile?: string[]
  vaultId?: string[]
  askVaultPass?: boolean
}

export interface InventoryOptions extends VaultOptions {
  inventory?: string[]
  limit?: string
}

export interface ConnectionFlags {
  user?: string
  connection?: string
  privateKey?: string
  sshCommonArgs?: string
  timeout?: number
  acceptNew?: boolean
  askPass?: boolean
  become?: boolean
  becomeUser?: string
  becomeMethod?: string
  askBecomePass?: boolean
  becomePasswordFile?: string
}

export interface RunFlags extends InventoryOptions, ConnectionFlags {
  extraVars?: string[]
  check?: boolean
  diff?: boolean
  forks: number
  verbose: number
  output?: 'live' | 'plain' | 'json'
  lock: boolean
  lockTimeout: number
}

/** Other long names of options, as ansible-playbook has them; an option has only one. */
const otherNames: Record<string, string> = {
  '--inventory-file': '--inventory',
  '--vault-pass-file': '--vault-password-file',
  '--ask-vault-password': '--ask-vault-pass',
  '--key-file': '--private-key',
  '--become-pass-file': '--become-password-file',
}

/** The arguments with every option under its one name. */
export function withOwnNames(args: string[]): string[] {
  return args.map((arg) => {
    const [name = '', ...value] = arg.split('=')
    return [otherNames[name] ?? name, ...value].join('=')
  })
}

/** For options that may be repeated. */
export const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value]
const count = (_value: unknown, before: number) => before + 1

export function addVaultOptions(command: Command): Command {
  const group = 'Vault:'
  return command
    .addOption(
      new Option('--vault-password-file <file>', 'file (or program) that holds (prints) the vault password')
        .argParser(collect)
        .helpGroup(group),
    )
    .addOption(
      new Option('--vault-id <id>', 'vault password as LABEL@FILE, or LABEL@prompt').argParser(collect).helpGroup(group),
    )
    .addOption(new Option('-J, --ask-vault-pass', 'ask for the vault password').helpGroup(group))
}

export function addInventoryOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-i, --inventory <source>',
        'inventory: a file, a directory, a script, or a list `host,host` ' +
          '(default: $AARUN_INVENTORY, $ANSIBLE_INVENTORY or inventory/local)',
      ).argParser(collect),
    )
    .option('-l, --limit <pattern>', 'only these hosts')
}

export function addConnectionOptions(command: Command): Command {
  const group = 'Connection:'
  return command
    .addOption(new Option('-u, --user <name>', 'user to connect as').env('ANSIBLE_REMOTE_USER').helpGroup(group))
    .addOption(new Option('-c, --connection <type>', 'how to connect: ssh or local').helpGroup(group))
    .addOption(new Option('--private-key <file>', 'key to connect with').env('ANSIBLE_PRIVATE_KEY_FILE').helpGroup(group))
    .addOption(
      new Option('--ssh-common-args <arguments>', 'more arguments for ssh').env('ANSIBLE_SSH_COMMON_ARGS').helpGroup(group),
    )
    .addOption(
      new Option('-T, --timeout <seconds>', 'give up connecting after this time')
        .argParser(wholeNumber)
        .env('ANSIBLE_TIMEOUT')
        .helpGroup(group),
    )
    .addOption(new Option('--accept-new', 'trust the key of a host that is not known yet').helpGroup(group))
    .addOption(new Option('-k, --ask-pass', 'not supported: connect with keys').hideHelp())
    .addOption(new Option('-b, --become', 'run as another user').helpGroup(group))
    .addOption(new Option('--become-user <name>', 'the user to become (default: root)').helpGroup(group))
    .addOption(new Option('--become-method <method>', 'how: sudo, su or doas (default: sudo)').helpGroup(group))
    .addOption(new Option('-K, --ask-become-pass', 'ask for the password of become').helpGroup(group))
    .addOption(new Option('--become-password-file <file>', 'file (or program) that holds (prints) it').helpGroup(group))
}

export function addRunOptions(command: Command): Command {
  return addVaultOptions(addConnectionOptions(addInventoryOptions(command)))
    .addOption(
      new Option('-e, --extra-vars <vars>', 'variables that win over all others: k=v, JSON, YAML or @file').argParser(collect),
    )
    .option('-C, --check', 'only say what would be changed')
    .option('-D, --diff', 'show what changes in files')
    .addOption(
      new Option('-f, --forks <number>', 'hosts to work on at the same time')
        .argParser(wholeNumber)
        .env('ANSIBLE_FORKS')
        .default(64),
    )
    .addOption(new Option('-v, --verbose', 'say more; up to -vvvv').argParser(count).default(0, 'off'))
    .addOption(
      new Option('--output <kind>', 'live, plain or json (default: live on a terminal)')
        .choices(['live', 'plain', 'json'])
        .env('AARUN_OUTPUT'),
    )
    .option('--no-lock', 'change hosts also while another run is changing them')
    .addOption(
      new Option('--lock-timeout <seconds>', 'wait this long for another run that is changing the same host')
        .argParser(seconds)
        .env('AARUN_LOCK_TIMEOUT')
        .default(60),
    )
    .addOption(new Option('-M, --module-path <path>', 'accepted, without effect').argParser(collect).hideHelp())
}

/** What -i names, else the environment, else the local inventory: of the working directory or of the program. */
export function inventorySources(options: { inventory?: string[] }): string[] {
  return named(options).map(inventoryPath)
}

function named(options: { inventory?: string[] }): string[] {
  if (options.inventory) return options.inventory
  const fromEnvironment = process.env['AARUN_INVENTORY'] || process.env['ANSIBLE_INVENTORY']
  if (fromEnvironment)
    return fromEnvironment.includes(',') && existsSync(fromEnvironment.split(',')[0] ?? '')
      ? fromEnvironment.split(',')
      : [fromEnvironment]
  return defaultInventory()
}

/** Words of a comma separated option that may be repeated. */
export function words(values: string[] | undefined): string[] {
  return (values ?? [])
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.')
  return Number(text)
}

function seconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of seconds.')
  return Number(text)
}
