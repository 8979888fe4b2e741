import { arg, defineModule, Unknown, z } from '../../src/module/index.ts'
import type { Plan } from '../../src/module/index.ts'
import { withHome } from '../lib/home.ts'

const args = z.strictObject({
  state: z.enum(['file', 'directory']).default('file').describe('What to make.'),
  path: arg.path.optional().describe('Directory in which it is made. Default: the temporary directory of the host.'),
  prefix: arg.text
    .default('ansible.')
    .refine((text) => !text.includes('/'), 'prefix must not hold a /')
    .describe('What its name begins with.'),
  suffix: arg.text
    .default('')
    .refine((text) => !text.includes('/'), 'suffix must not hold a /')
    .describe('What its name ends with.'),
})
type Args = z.output<typeof args>

const module = defineModule({
  name: 'tempfile',
  summary: 'Makes a temporary file or directory that only its owner can read.',
  description: 'Something new is made on every run. Remove it with the file module when it is no longer needed.',
  examples: `
- name: a place to work in
  tempfile: { state: directory, suffix: .build }
  register: work
`,
  args,
  returns: { path: 'Path of what was made.', state: 'file or directory.', mode: "'0600', of a directory '0700'." },
  converges: false,
  observe: () => [],

  plan(args): Plan {
    const what = `temporary ${args.state}`
    return {
      changes: [
        {
          summary: `create a ${what}`,
          after: { text: `state: ${args.state}\n` },
          actions: [{ kind: 'run', argv: command(args), complete: true, makes: [] }],
        },
      ],
      result: { path: new Unknown(`the ${what} has not been made`), state: args.state },
    }
  },

  report({ state }, [outcome]) {
    const path = outcome?.stdout?.replace(/\n$/, '') ?? ''
    return {
      result: { path, state, mode: state === 'file' ? '0600' : '0700' },
      failed: path === '' ? 'mktemp gave no path' : undefined,
    }
  },
})

function command({ state, path, prefix, suffix }: Args): string[] {
  const where = path === undefined ? ['--tmpdir'] : [`--tmpdir=${path}`]
  return ['mktemp', ...(state === 'directory' ? ['-d'] : []), ...where, `--suffix=${suffix}`, '--', `${prefix}XXXXXXXX`]
}

export default withHome(['path'], module)
