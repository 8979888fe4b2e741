import { arg, defineModule, type Plan, z } from '../../src/module/index.ts'

/** Adds a host to the inventory of this run. */
export default defineModule({
  name: 'add_host',
  summary: 'Add a host to the inventory, for later plays of this run.',
  examples: `
- name: A node that was just made
  add_host:
    name: node3
    groups: [apim]
    ansible_host: 10.0.0.13
`,
  args: z.strictObject({
    name: arg.text
      .refine((value) => value.trim() !== '', 'is empty')
      .meta({ description: 'Name of the host; a port may follow after a colon.', aliases: ['host', 'hostname'] }),
    groups: arg.list
      .default([])
      .meta({ description: 'Groups to put it in; made where they are missing.', aliases: ['group', 'groupname'] }),
  }),
  openArgs: true,
  runOnce: true,
  returns: { add_host: 'Name, groups and variables of the host.' },
  observe: () => [],
  plan(args): Plan {
    const { name: written, groups, ...vars } = args as { name: string; groups: string[] } & Record<string, unknown>
    const port = /^([^:[\]]+):(\d+)$/.exec(written)
    const name = port ? port[1]! : written
    const all = port ? { ansible_port: Number(port[2]), ...vars } : vars
    return {
      changes: [],
      result: { add_host: { host_name: name, groups, host_vars: all } },
      engine: { addHost: { name, groups, vars: all } },
    }
  },
})
