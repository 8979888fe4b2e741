/** Whether the files of a running server are what its release makes of its deployment.toml. */
import { arg, defineModule, probe, z, type Facts, type Plan, type Probe } from '../../src/module/index.ts'
import { type Drift, MapperError, type Pack, TomlSyntaxError } from '../../src/product/index.ts'
import { isText, utf8 } from '../lib/content.ts'
import { withHome } from '../lib/home.ts'
import { answer } from '../lib/known.ts'
import { packIn, packProbe } from './pack.ts'

const args = z.strictObject({
  home: arg.path.describe('Home of the product.'),
})
type Args = z.output<typeof args>

const tomlOf = ({ home }: Args) => `${home}/repository/conf/deployment.toml`
const file = (args: Args) => probe.file({ path: tomlOf(args), follow: true, content: true })

/** Of what the product makes, what it makes nothing else of: below repository/deployment it changes files while it runs. */
const filesOf = (pack: Pack) => pack.rendered.filter((path) => path.startsWith('repository/conf/'))
const renderedProbe = ({ home }: Args, pack: Pack): Probe<'texts'> => probe.texts({ path: home, in: filesOf(pack), names: ['*'] })

function packOf(args: Args, facts: Facts): Pack | undefined {
  const fact = answer(facts, packProbe(args.home))
  return fact && packIn(args.home, fact)
}

/** So many places are told. */
const most = 10

const module = defineModule({
  name: 'toml_rendered',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Fails when files that WSO2 API Manager made of its deployment.toml say something else than it does.',
  description: `The product makes the files below \`repository/conf\` at each start, by the rules of its pack. The same rules are applied
here, and the files compared: one that was changed by hand, one that is of an earlier deployment.toml, and a key of deployment.toml
that a default of the release replaces are told with their place, and the key that decides there. Values are not told: they may be
secrets. Order and white space are not compared; \`$env{}\` and \`$sys{}\` stand for any text.`,
  examples: `
- name: The server has the settings of its deployment.toml
  toml_rendered:
    home: /opt/apim
`,
  args,
  returns: { release: 'The release by whose rules the files were compared.', files: 'How many files were compared.', differences: 'List of file, line, place and keys.' },
  observe(args, known) {
    const pack = packOf(args, known)
    return [file(args), packProbe(args.home), ...(pack ? [renderedProbe(args, pack)] : [])]
  },
  plan(args, facts): Plan {
    const toml = facts.need(file(args))
    if (!toml.content || !isText(toml.content)) return failure(`${tomlOf(args)} is not there, or no text that can be read`)
    facts.need(packProbe(args.home))
    const pack = packOf(args, facts)
    if (!pack) return failure(`${args.home} has no repository/resources/conf with the rules of its release: it is no WSO2 API Manager from 3.0.0 on`)
    return compared(args, pack, utf8(toml.content), facts)
  },
})

function compared(args: Args, pack: Pack, text: string, facts: Facts): Plan {
  try {
    const files = filesOf(pack)
    const differences = pack.drift(text, facts.need(renderedProbe(args, pack)).files, files, most)
    const result = { release: pack.release, files: files.length, differences }
    const said = [...lostIn(pack, args, text), ...differences.map(say)]
    return said.length > 0 ? { ...failure(tell(said, differences.length > 0)), result } : { changes: [], result, warnings: unreadIn(pack, args, text) }
  } catch (error) {
    if (error instanceof TomlSyntaxError) return failure(`${tomlOf(args)}:${error.line}:${error.column}: TOML syntax error: ${error.message}`)
    if (error instanceof MapperError) return failure(`${pack.release} would not start with ${tomlOf(args)}: ${error.message}`)
    throw error
  }
}

const failure = (failed: string): Plan => ({ changes: [], failed })

function say({ file, line, place, keys }: Drift): string {
  if (place === undefined) return `${file} is not there`
  const where = line === undefined ? `${file}: ${place} is missing` : `${file}:${line}: ${place} differs`
  const more = keys.length - 3
  return keys.length === 0 ? `${where} from the template of the release` : `${where}${line === undefined ? ', which comes' : ''} from ${keys.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''} of deployment.toml`
}

function lostIn(pack: Pack, args: Args, text: string): string[] {
  return pack.lint(text).flatMap(({ kind, line, message }) => (kind === 'lost' ? [`${tomlOf(args)}:${line} ${message}`] : []))
}

/** They change nothing, but whoever wrote them thinks that they do. */
function unreadIn(pack: Pack, args: Args, text: string): string[] {
  return pack.lint(text).flatMap(({ kind, line, message }) => (['unread', 'table', 'quote'].includes(kind) ? [`${tomlOf(args)}:${line}: ${message}`] : []))
}

function tell(texts: string[], files: boolean): string {
  const more = texts.length - most
  const lines = texts.slice(0, most).map((text) => `  ${text}`)
  const cure = files ? '; it makes its files anew at its next start' : ''
  return `the server does not run with what its deployment.toml says${cure}:\n${lines.join('\n')}${more > 0 ? `\n  and ${more} more` : ''}`
}

export default withHome(['home'], module)
