import { posix } from 'node:path'
import { arg, defineModule, probe, Unknown, z } from '../../src/module/index.ts'
import type { Change, Context, Facts, Plan, Probe } from '../../src/module/index.ts'
import { isText, hashOf, utf8 } from '../lib/content.ts'
import { fileOptions, planFile, replaceArgs, writeProbes } from './copy/one-file.ts'
import { destinationOf, destinationProbes, type Destination, type Wish } from './destination.ts'
import { withHome } from '../lib/home.ts'
import { answer, needAll } from '../lib/known.ts'
import { renderArgs, renderOptions } from './template/render-options.ts'
import { attributeReturns, backupResult, backupReturns, contentSums, fileResult, sumReturns } from '../lib/file-result.ts'
import { writeArgs } from '../lib/write.ts'

const args = z.strictObject({
  src: arg.path.describe('The template, looked up in templates/.'),
  dest: arg.path.describe('Where to on the host: a file, or an existing directory.'),
  ...replaceArgs,
  output_encoding: z
    .string()
    .default('utf-8')
    .refine((name) => /^(utf-?8|latin-?1|iso-?8859-1)$/i.test(name), 'expected utf-8 or latin-1')
    .describe('Encoding of the file that is written.'),
  ...renderArgs,
  ...writeArgs,
  ...arg.fileAttributes,
})
type Args = z.output<typeof args>

const module = defineModule({
  name: 'template',
  summary: 'Writes a file to the host from a template.',
  description:
    'The template is rendered here, with the variables of the host; the host gets only the result, and only when it differs.',
  examples: `
- name: the configuration, checked before it replaces the old one
  template: { src: nginx.conf.j2, dest: /etc/nginx/nginx.conf, mode: '0644', validate: nginx -t -c %s, backup: true }
`,
  args,
  returns: {
    dest: 'Path that was written (or is already as desired).',
    src: 'Path of the template.',
    ...sumReturns,
    ...backupReturns,
    ...attributeReturns,
    size: 'Bytes.',
  },

  observe(args, known, context): Probe[] {
    const asked = [sourceOf(args, context), ...destinationProbes(wish(args), known)]
    const destination = destinationOf(wish(args), known)
    const rendered = destination && quiet(() => render(args, known, context))
    return rendered instanceof Uint8Array && destination
      ? [...asked, ...writeProbes({ content: rendered }, destination, fileOptions(args))]
      : asked
  },

  plan(args, facts, context): Plan {
    needAll(facts, [sourceOf(args, context), ...destinationProbes(wish(args), facts)])
    const destination = destinationOf(wish(args), facts)
    if (!destination) throw new Error('template: the destination was not asked')
    if (destination.failed !== undefined) return { changes: [], failed: destination.failed }
    const content = render(args, facts, context)
    if (typeof content === 'string') return { changes: [], failed: content }
    const result = {
      dest: destination.path,
      src: sourceOf(args, context).path,
      ...fileResult(destination.fact),
      ...backupResult(context),
    }
    if (content instanceof Unknown) return { changes: unknownContent(args, destination, content), result }
    return {
      changes: planFile({ content }, destination, fileOptions(args), facts),
      result: {
        ...result,
        state: 'file',
        ...contentSums(content),
        sha256: hashOf(content),
      },
    }
  },
})

const wish = ({ src, dest, follow }: Args): Wish => ({ dest, follow, name: posix.basename(src) })

function sourceOf({ src }: Args, context: Context): Probe<'file'> {
  return probe.file({ path: context.find('templates', src), follow: true, content: true, on: 'controller' })
}

/** While verifying, the text is the one that was applied: a template may hold the time, or something random. */
const applied = new WeakMap<Facts, Uint8Array | Unknown | string>()

/** The file's content, Unknown in check mode, or a text that says what is wrong. */
function render(args: Args, facts: Facts, context: Context): Uint8Array | Unknown | string {
  const earlier = context.before && applied.get(context.before)
  if (earlier !== undefined) return earlier
  const rendered = renderNow(args, facts, context)
  applied.set(facts, rendered)
  return rendered
}

function renderNow(args: Args, facts: Facts, context: Context): Uint8Array | Unknown | string {
  const asked = sourceOf(args, context)
  const template = answer(facts, asked)
  if (!template?.content) return `${asked.path} can't be read: it is a ${template?.type ?? 'missing file'}`
  if (!isText(template.content)) return `${asked.path} is not UTF-8 text: a template has to be; copy takes any file`
  const text = context.render(utf8(template.content), renderOptions(args, asked.path))
  if (text instanceof Unknown) return text
  const encoding = /^utf/i.test(args.output_encoding) ? 'utf8' : 'latin1'
  return new Uint8Array(Buffer.from(text, encoding))
}

/** Check mode: something will be written, but what depends on a change that was only planned. */
function unknownContent(args: Args, { path, fact }: Destination, { reason }: Unknown): Change[] {
  if (!args.force && fact.exists) return []
  return [
    {
      summary: `${fact.exists ? 'change' : 'create'} ${path} (its content is not known yet: ${reason})`,
      actions: [{ kind: 'run', argv: ['true'], complete: true, makes: [{ kind: 'file', path, fact: 'unknown' }] }],
    },
  ]
}

/** Inside observe, a template that fails is left to plan, which says so. */
function quiet<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}

export default withHome(['dest'], module)
