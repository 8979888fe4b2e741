/** Are these programs there? A question with a typed answer, so that a play can install what is missing. */
import { arg, defineModule, probe, Unknown, z } from '../../src/module/index.ts'

export default defineModule({
  name: 'programs',
  changes: false,
  collection: 'aarun.apim',
  summary: 'Looks for programs on the host and says which are missing. Changes nothing.',
  description: `A name is looked for on the \`PATH\` of the session and then in \`directories\`, whose names may hold \`*\`
(\`/usr/lib/postgresql/*/bin\`); of several matches the last in order, the newest version, is taken.`,
  examples: `
- name: Look for what the load balancer needs
  programs:
    names: [nginx, openssl]
  register: programs

- name: Look for PostgreSQL's own directory too
  programs:
    names: [pg_ctl, initdb]
    directories: ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin']
  register: postgresql
`,
  args: z.strictObject({
    names: arg.list.describe('Names of the programs.'),
    directories: arg.listOf.optional().describe('Where else to look, after the PATH. `*` stands for any part of a name.'),
  }),
  returns: {
    paths: 'mapping of each program that was found to its path',
    missing: 'names of those that were not found',
  },
  observe: (args) => args.names.flatMap((name) => [onPath(name), ...(args.directories ?? []).map((directory) => listing(directory, name))]),
  plan(args, facts) {
    const paths: Record<string, unknown> = {}
    const missing: string[] = []
    let unknown: Unknown | undefined
    for (const name of args.names) {
      const found = facts.get(onPath(name))
      const elsewhere = (args.directories ?? []).map((directory) => facts.get(listing(directory, name)))
      const direct = found instanceof Unknown ? undefined : found.path
      const path = direct ?? elsewhere.map(newest).find((each) => each !== undefined)
      if (path) paths[name] = path
      else if (found instanceof Unknown) {
        paths[name] = found
        unknown = found
      } else missing.push(name)
    }
    return { changes: [], result: { paths, missing: unknown && missing.length === 0 ? [] : missing } }
  },
})

const onPath = (name: string) => probe.program({ name })

/** ls sorts by name; the directory is expanded by find, never by a shell. */
function listing(directory: string, name: string) {
  const fixed = directory.split('/')
  const star = fixed.findIndex((part) => part.includes('*'))
  const root = star < 0 ? directory : fixed.slice(0, star).join('/') || '/'
  const pattern = `${directory}/${name}`
  return probe.command({ argv: ['find', root, '-maxdepth', String(fixed.length - (star < 0 ? fixed.length : star) + 1), '-path', pattern, '-type', 'f', '-perm', '-100'], reads: [root] })
}

function newest(found: { stdout: string } | Unknown): string | undefined {
  if (found instanceof Unknown) return undefined
  const number = (path: string) => path.replace(/\d+/g, (digits) => digits.padStart(8, '0'))
  return found.stdout.split('\n').filter(Boolean).sort((a, b) => (number(a) < number(b) ? -1 : 1)).at(-1)
}
