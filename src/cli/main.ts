#!/usr/bin/env node
/** The command line. Each command loads what it needs when it is used, so that a small one starts fast. */
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addAdhoc } from './adhoc.ts'
import { addDoc } from './doc.ts'
import { exit, report } from './exit.ts'
import { addInventory } from './inventory.ts'
import { withOwnNames } from './options.ts'
import { version } from './package.ts'
import { addPlaybook } from './playbook.ts'
import { addVault } from './vault-command.ts'

// A reader that went away (`aarun ... | head`) must not end a run half way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.exitCode = await main(process.argv.slice(2))
// Nothing that is still open (a connection that hangs) may keep the program.
process.stdout.write('', () => process.stderr.write('', () => process.exit()))

/** Does what the arguments say; gives the exit code. */
async function main(args: string[]): Promise<number> {
  let code: number = exit.ok
  const done = (result: number) => void (code = result)
  try {
    await createProgram(done).parseAsync(withOwnNames(args), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.options
    return report(error)
  }
}

function createProgram(done: (code: number) => void): Command {
  const program = new Command('aarun')
    .description("Brings hosts to the state that playbooks describe: Ansible's language over plain SSH, nothing to install on the hosts.")
    .version(version(), '--version')
    .enablePositionalOptions()
    .showHelpAfterError('(aarun --help lists all options)')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
  addPlaybook(program, done)
  addAdhoc(program, done)
  addInventory(program, done)
  addVault(program, done)
  addDoc(program, done)
  return program
}
