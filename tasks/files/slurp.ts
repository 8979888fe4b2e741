import { arg, defineModule, probe, z } from '../../src/module/index.ts'
import { withHome } from '../lib/home.ts'

const args = z.strictObject({
  src: arg.path.meta({ description: 'The file on the host.', aliases: ['path'] }),
})

const file = ({ src }: z.output<typeof args>) => probe.file({ path: src, follow: true, content: true })

const module = defineModule({
  name: 'slurp',
  changes: false,
  summary: 'Reads a file of the host into a variable, as base64.',
  examples: `
- name: read a certificate
  slurp: { src: /etc/ssl/certs/apim.pem }
  register: certificate
`,
  args,
  returns: { content: 'Content as base64; read it with the filter b64decode.', encoding: "'base64'.", source: 'The path.' },
  observe: (args) => [file(args)],
  plan: (args, facts) => {
    const fact = facts.need(file(args))
    if (!fact.exists) return { changes: [], failed: `file not found: ${args.src}` }
    if (fact.type === 'directory') return { changes: [], failed: `source is a directory and must be a file: ${args.src}` }
    if (!fact.content) return { changes: [], failed: `file is not readable: ${args.src}` }
    return {
      changes: [],
      result: { content: Buffer.from(fact.content).toString('base64'), encoding: 'base64', source: args.src },
    }
  },
})

export default withHome(['src'], module)
