#!/usr/bin/env node
/** The command line. Each command loads what it needs when it is used, so that a small one starts fast. */
import { existsSync } from 'node:fs'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addAdhoc } from './adhoc.ts'
import { addApim } from './apim-command.ts'
import { addDoc } from './doc.ts'
import { exit, report, UsageError } from './exit.ts'
import { addInit } from './init.ts'
import { addInventory } from './inventory.ts'
import { withOwnNames } from './options.ts'
import { version } from '../version.ts'
import { addPlaybook } from './playbook.ts'
import { addVault } from './vault-command.ts'

// A reader that went away (`aarun ... | head`) must not end a run half way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
  // Nothing that is still open (a connection that hangs) may keep the program.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
})

/** Does what the arguments say; gives the exit code. */
async function main(args: string[]): Promise<number> {
  let code: number = exit.ok
  const done = (result: number) => void (code = result)
  try {
    const program = createProgram(done)
    await checkCommand(program, args[0])
    await program.parseAsync(withOwnNames(args), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.options
    return report(error)
  }
}

/** A misspelt command would be taken for the name of a playbook. */
async function checkCommand(program: Command, word: string | undefined): Promise<void> {
  const names = program.commands.flatMap((command) => [command.name(), ...command.aliases()])
  if (word === undefined || !/^[a-z-]+$/.test(word) || word.startsWith('-') || names.includes(word) || existsSync(word)) return
  const { didYouMean } = await import('../text/similar.ts')
  const meant = didYouMean(word, names)
  if (meant) throw new UsageError(`there is no command and no playbook \`${word}\``, `did you mean \`${meant}\`?`)
}

function createProgram(done: (code: number) => void): Command {
  const program = new Command('aarun')
    .description(
      "Brings hosts to the state that playbooks describe: Ansible's language over plain SSH, nothing to install on the hosts.",
    )
    .version(version, '--version')
    .enablePositionalOptions()
    .showHelpAfterError('(aarun --help lists all options)')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
  addPlaybook(program, done)
  addAdhoc(program, done)
  addInventory(program, done)
  addVault(program, done)
  addInit(program, done)
  addApim(program, done)
  addDoc(program, done)
  return program
}
