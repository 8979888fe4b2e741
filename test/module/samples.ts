/** Small modules for the tests of registry and playbook: the real ones have their own tests. */
import * as arg from '../../src/module/arguments.ts'
import type { TaskModule } from '../../src/module/contract.ts'
import { z } from 'zod'

function sample(name: string, args: z.ZodType, more: Partial<TaskModule> = {}): TaskModule {
  return {
    name,
    summary: `${name} for tests`,
    examples: `- ${name}:`,
    args,
    observe: () => [],
    plan: () => ({ changes: [] }),
    ...more,
  }
}

const options = { creates: arg.path.optional(), removes: arg.path.optional(), chdir: arg.path.optional() }
const file = { mode: arg.mode.optional(), owner: arg.text.optional(), group: arg.text.optional() }

export const samples: TaskModule[] = [
  sample(
    'copy',
    z
      .strictObject({
        src: arg.text.optional().describe('The file.'),
        content: arg.text.optional(),
        dest: arg.path.describe('Where to.'),
        backup: arg.boolean.default(false).describe('Keep a copy | of it.'),
        remote_src: arg.boolean.default(false),
        token: arg.text.optional().meta({ secret: true }),
        ...file,
      })
      .superRefine((args, context) => {
        if (args.src === undefined && args.content === undefined)
          context.addIssue({ code: 'custom', message: 'needs src or content' })
      }),
  ),
  sample('template', z.strictObject({ src: arg.path, dest: arg.path, ...file })),
  sample(
    'file',
    z.strictObject({
      path: arg.path.meta({ aliases: ['dest', 'name'] }),
      state: z.enum(['file', 'directory', 'link', 'absent', 'touch']).default('file').describe('What it shall be.'),
      recurse: arg.boolean.optional(),
      ...file,
    }),
    { aliases: ['ansible.posix.filething'] },
  ),
  sample('command', z.strictObject({ cmd: arg.text.optional(), argv: arg.listOf.optional(), ...options }), {
    freeForm: 'cmd', commandLine: true,
    converges: false,
    returns: { rc: 'Exit code.' },
  }),
  sample('shell', z.strictObject({ cmd: arg.text.optional(), executable: arg.path.optional(), ...options }), {
    freeForm: 'cmd', commandLine: true,
  }),
  sample('script', z.strictObject({ cmd: arg.text, ...options }), { freeForm: 'cmd', commandLine: true }),
  sample(
    'service',
    z.strictObject({
      name: arg.text,
      state: z.enum(['started', 'stopped', 'restarted']).optional(),
      enabled: arg.boolean.optional(),
      count: arg.integer.optional(),
    }),
  ),
  sample(
    'debug',
    z.strictObject({ msg: z.unknown().optional(), var: z.unknown().optional(), verbosity: arg.integer.optional() }),
    { rawArgs: ['var'] },
  ),
  sample('assert', z.strictObject({ that: z.union([z.array(z.unknown()), z.unknown()]), fail_msg: arg.text.optional() }), {
    rawArgs: ['that'],
  }),
  sample('set_fact', z.strictObject({ cacheable: arg.boolean.optional() }), { openArgs: true }),
  sample('include_vars', z.strictObject({ file: arg.path.optional(), dir: arg.path.optional(), name: arg.text.optional() }), {
    freeForm: 'file',
  }),
  sample('add_host', z.strictObject({ name: arg.text, groups: arg.list.optional() }), { openArgs: true }),
  sample('mysql_db', z.strictObject({ name: arg.text }), { collection: 'community.mysql' }),
  sample('meta', z.strictObject({ free_form: z.enum(['flush_handlers', 'noop', 'end_play']) }), { freeForm: 'free_form' }),
  sample('fail', z.strictObject({ msg: arg.text.optional() })),
]
