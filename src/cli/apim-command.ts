/** The command line of `aarun apim`. What it does is loaded only when it is used. */
import { Option, type Command } from 'commander'
import type { LintFlags, RenderFlags } from './apim.ts'

export function addApim(program: Command, done: (code: number) => void): void {
  const apim = program
    .command('apim')
    .summary('check a deployment.toml by the rules of a pack')
    .description("Reads the rules that a pack of WSO2 API Manager brings: which keys it knows, and which files it makes of them.")
  const pack = () =>
    new Option('--pack <path>', 'zip of the product, or its directory; again for one that lies over it')
      .argParser((path: string, before: string[] = []) => [...before, path])
      .makeOptionMandatory()
  apim
    .command('lint')
    .description('Names the keys that nothing reads, and whatever else is wrong.')
    .argument('[file]', 'the deployment.toml (default: that of the pack)')
    .addOption(pack())
    .addOption(new Option('--output <form>', 'how findings are shown').choices(['text', 'json']).default('text'))
    .action(async (file: string | undefined, flags: LintFlags) => done(await (await import('./apim.ts')).lint(file, flags)))
  apim
    .command('render')
    .description('Makes the files that the product makes at its start. Without -o, names them.')
    .argument('[file]', 'the deployment.toml (default: that of the pack)')
    .addOption(pack())
    .option('-o, --out <directory>', 'write the files there')
    .option('--diff <files...>', 'show what a change from one deployment.toml to another does: --diff OLD NEW')
    .action(async (file: string | undefined, flags: RenderFlags) => done(await (await import('./apim.ts')).render(file, flags)))
}
