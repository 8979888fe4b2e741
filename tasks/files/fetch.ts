import { posix, resolve } from 'node:path'
import { arg, defineModule, probe, z } from '../../src/module/index.ts'
import type { Change, Context, Facts, Plan, Probe } from '../../src/module/index.ts'
import { unreadSide } from '../lib/content.ts'
import { contentSums, sumReturns } from '../lib/file-result.ts'
import { withHome } from '../lib/home.ts'
import { answer, needAll } from '../lib/known.ts'

const args = z.strictObject({
  src: arg.path.describe('The file on the host.'),
  dest: arg.path.describe('Directory on this machine; the file goes to DEST/HOST/SRC. Relative: below the playbook.'),
  flat: arg.boolean.default(false).describe('dest is the file itself, or the directory of the file when it ends with /.'),
  fail_on_missing: arg.boolean.default(true).describe('Fail when there is no such file; false: do nothing.'),
  validate_checksum: arg.boolean.default(true).describe('Accepted for compatibility: what was read is always checked.'),
})
type Args = z.output<typeof args>

const source = ({ src }: Args) => probe.file({ path: src, follow: true, checksum: true })
const content = ({ src }: Args) => probe.file({ path: src, follow: true, content: true })
const local = (path: string) => probe.file({ path, follow: true, checksum: true, content: true, on: 'controller' })
const parent = (path: string) => probe.file({ path: posix.dirname(path), follow: true, on: 'controller' })

const module = defineModule({
  name: 'fetch',
  summary: 'Copies a file of the host to this machine.',
  examples: `
- name: keep the generated certificate
  fetch: { src: /etc/ssl/certs/apim.pem, dest: fetched/, flat: true }
`,
  args,
  returns: {
    dest: 'Path on this machine.',
    src: 'Path on the host.',
    ...sumReturns,
  },

  observe(args, known, context): Probe[] {
    const path = placeOf(args, context)
    const [there, here] = [answer(known, source(args)), answer(known, local(path))]
    const wanted = there?.type === 'file' && here && here.sha256 !== there.sha256
    return [source(args), local(path), parent(path), ...(wanted ? [content(args)] : [])]
  },

  plan(args, facts, context): Plan {
    const path = placeOf(args, context)
    needAll(facts, [source(args), local(path), parent(path)])
    const [there, here] = [facts.need(source(args)), facts.need(local(path))]
    if (!there.exists && !args.fail_on_missing)
      return { changes: [], result: { msg: 'the remote file does not exist, not transferring, ignored', file: args.src } }
    if (!there.exists) return { changes: [], failed: `the remote file does not exist, not transferring: ${args.src}` }
    if (there.type !== 'file') return { changes: [], failed: `${args.src} is a ${there.type}: fetch can only get files` }
    if (here.type === 'directory')
      return { changes: [], failed: `dest ${path} is an existing directory: with flat, end it with a / to put the file into it` }
    const same = here.exists && here.sha256 === there.sha256
    if (!same && !facts.need(content(args)).content) return { changes: [], failed: `${args.src} can't be read` }
    return {
      changes: same ? [] : transfer(args, path, facts),
      result: { src: args.src, dest: path, sha256: there.sha256, ...sums(same ? here.content : undefined) },
    }
  },
})

function transfer(args: Args, path: string, facts: Facts): Change[] {
  const [there, here] = [facts.need(source(args)), facts.need(local(path))]
  const read = facts.need(content(args)).content!
  const label = path
  const makeParent: Change['actions'] = facts.need(parent(path)).exists
    ? []
    : [{ kind: 'mkdir', path: posix.dirname(path), on: 'controller' }]
  return [
    {
      summary: `fetch ${args.src} to ${path}`,
      before: here.exists ? unreadSide(here.size, here.sha256, { label }) : undefined,
      after: unreadSide(there.size, there.sha256, { label }),
      actions: [...makeParent, { kind: 'write', path, content: read, on: 'controller', follow: true }],
    },
  ]
}

function sums(bytes: Uint8Array | undefined): Record<string, unknown> {
  if (!bytes) return {}
  const { checksum, md5sum } = contentSums(bytes)
  return { checksum, remote_checksum: checksum, md5sum }
}

/** Where the file goes on this machine. */
function placeOf({ src, dest, flat }: Args, context: Context): string {
  const playbook = context.variable('playbook_dir')
  const root = typeof playbook === 'string' ? resolve(playbook, dest) : resolve(dest)
  if (!flat) return posix.join(root, context.host.name, posix.resolve('/', src))
  return dest.endsWith('/') ? posix.join(root, posix.basename(src)) : root
}

export default withHome(['src'], module)
