/** Deno comes from the npm package of that name, into a folder that is not part of the project's dependencies. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../program.ts'
import { runJob } from './job.ts'

const version = '2'

export async function installDeno(): Promise<string> {
  const prefix = join(root, 'node_modules', '.cache', 'deno')
  const program = join(prefix, 'node_modules', '.bin', 'deno')
  if (existsSync(program)) return program
  mkdirSync(prefix, { recursive: true })
  const argv = ['npm', 'install', '--prefix', prefix, '--no-audit', '--no-fund', `deno@${version}`]
  const { code, output } = await runJob({ title: 'install deno', argv, timeout: 300 })
  if (code !== 0) throw new Error(`Deno could not be installed: ${output}`)
  return program
}
