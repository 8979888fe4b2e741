/** The secrets of deployment.toml are encrypted by WSO2's cipher tool, once for each secret and keystore. */
import {
  arg,
  defineModule,
  probe,
  Unknown,
  z,
  type Change,
  type Context,
  type Facts,
  type FileFact,
  type Plan,
  type Probe,
} from '../../src/module/index.ts'
import { utf8 } from '../lib/content.ts'
import { isKept, makeIntent, readIntent, sameSecret, writeIntent } from './secret_vault/intent.ts'
import { intentPath, runCipherTool, vaultFailure } from './secret_vault/cipher-tool.ts'
import { encryptingKeystore, isEncrypted, joinSecrets, plainValue, referredAliases, splitSecrets } from './secrets-section.ts'

const secret = arg.text.refine((value) => value !== '' && !value.includes('\0'), 'a secret must not be empty')

function checkAliases(secrets: Record<string, string>, context: z.RefinementCtx): void {
  for (const name of Object.keys(secrets)) {
    if (!/^[A-Za-z0-9_-]+$/.test(name))
      context.addIssue({ code: 'custom', path: [name], message: 'an alias may hold letters, digits, - and _' })
  }
}

const args = z.strictObject({
  home: arg.path
    .refine((path) => path.startsWith('/'), 'expected an absolute path')
    .meta({ description: 'CARBON_HOME of the product.', aliases: ['path'] }),
  secrets: z
    .record(z.string(), secret)
    .superRefine(checkAliases)
    .meta({ description: 'All secrets: alias to plain text. `[secrets]` will hold exactly these.', secret: true }),
  keystore_password: arg.text.meta({ description: 'Password of the internal keystore (that which encrypts).', secret: true }),
  keystore: arg.path
    .optional()
    .describe('That keystore. Default: the one that deployment.toml names in [keystore.internal] or [keystore.primary].'),
  tool: arg.path.default('bin/ciphertool.sh').describe('The cipher tool, relative to home.'),
  java_home: arg.path.optional().describe('JDK for the tool. Default: JAVA_HOME of the task, else java in PATH.'),
})
type Args = z.output<typeof args>

export default defineModule({
  name: 'secret_vault',
  collection: 'aarun.apim',
  summary: 'Encrypts the secrets of deployment.toml with the cipher tool, only when a secret or the keystore has changed.',
  description: `Elsewhere in deployment.toml a secret is written \`"$secret{alias}"\` (as the whole value). This module makes
\`[secrets]\` the last section, with one line for each alias.

Ciphertext differs at each run, so what is compared is the intent: beside the configuration, readable by its owner only,
\`repository/conf/security/.aarun-secrets.json\` keeps a keyed fingerprint of each secret and the hash of the
keystore. It holds no secret.

The tool runs on a copy, because it cuts deployment.toml off when it meets something that it does not expect. Only when every
secret is encrypted and nothing else has changed is the file replaced. The keystore password reaches the tool in Java's
environment variables, not on its command line.

At each start the server needs the keystore password too: see \`keystore_password\` of the module \`server\`.`,
  examples: `
- name: Encrypt the passwords
  secret_vault:
    home: "{{ apim_home }}"
    keystore_password: "{{ keystore_password }}"
    secrets:
      admin_password: "{{ admin_password }}"
      apim_db_password: "{{ apim_db_password }}"
      keystore_password: "{{ keystore_password }}"
`,
  args,
  returns: { aliases: 'The aliases in [secrets].', encrypted: 'How many of them were or would be encrypted anew.' },
  observe: (wanted, facts) => {
    const probes: Probe[] = [tomlProbe(wanted), intentProbe(wanted)]
    const keystore = keystoreProbe(wanted, facts)
    return keystore ? [...probes, keystore] : probes
  },
  plan: (wanted, facts, context) => planVault(wanted, facts, context),
})

const conf = (wanted: Args) => `${wanted.home}/repository/conf`
const tomlProbe = (wanted: Args) =>
  probe.file({ path: `${conf(wanted)}/deployment.toml`, follow: true, checksum: true, content: true })
const intentProbe = (wanted: Args) => probe.file({ path: intentPath(wanted.home), follow: true, checksum: true, content: true })

function keystoreProbe(wanted: Args, facts: Facts): Probe<'file'> | undefined {
  if (!facts.has(tomlProbe(wanted))) return undefined
  const toml = facts.get(tomlProbe(wanted))
  const path = wanted.keystore ?? (toml instanceof Unknown ? undefined : keystorePath(wanted, toml))
  return path === undefined ? undefined : probe.file({ path, follow: true, checksum: true })
}

/** Undefined when deployment.toml can't be read; `planVault` says why. */
function keystorePath(wanted: Args, toml: FileFact): string | undefined {
  try {
    return located(wanted.home, encryptingKeystore(utf8(toml.content ?? new Uint8Array())).file)
  } catch {
    return undefined
  }
}

function located(home: string, file: string): string {
  return file.startsWith('/') ? file : `${home}/repository/resources/security/${file.replace(/^.*repository\/resources\/security\//, '')}`
}

function planVault(wanted: Args, facts: Facts, context: Context): Plan {
  const toml = facts.get(tomlProbe(wanted))
  const question = keystoreProbe(wanted, facts)
  const keystore = question && facts.get(question)
  const refused = failedRun(wanted, question, context)
  if (refused) return { changes: [], failed: refused }
  const aliases = Object.keys(wanted.secrets)
  if (toml instanceof Unknown || keystore instanceof Unknown) {
    // An earlier task will change one of them; where the intent is the same, [secrets] will not be touched by this one.
    const kept = facts.get(intentProbe(wanted))
    const same =
      !(kept instanceof Unknown) && isKept(readIntent(kept.content), wanted.secrets, wanted.keystore_password, wanted.home)
    if (same && !(keystore instanceof Unknown)) return { changes: [], result: { aliases, encrypted: 0 } }
    return { changes: [encrypt(wanted, '', '', aliases)], result: { aliases, encrypted: aliases.length } }
  }
  if (!toml.exists)
    return { changes: [], failed: `there is no ${conf(wanted)}/deployment.toml: unpack the pack first, or correct home` }
  const text = utf8(toml.content ?? new Uint8Array())
  const broken = brokenToml(wanted, text)
  if (broken) return { changes: [], failed: broken }
  if (!keystore?.exists)
    return { changes: [], failed: `there is no keystore ${question?.path}: create it with the module keystore first` }
  return compare(wanted, facts, text, keystore.sha256 ?? '')
}

function compare(wanted: Args, facts: Facts, text: string, keystoreSha256: string): Plan {
  const aliases = Object.keys(wanted.secrets)
  const { head, secrets, tidy } = splitSecrets(text)
  const lost = referredAliases(head).filter((name) => !aliases.includes(name))
  if (lost.length > 0)
    return {
      changes: [],
      failed: `deployment.toml refers to $secret{${lost[0]}}, but secrets has no ${lost.join(', ')}: the server would not start`,
    }
  const kept = facts.get(intentProbe(wanted))
  const before = kept instanceof Unknown ? undefined : readIntent(kept.content)
  const intent = makeIntent(wanted.secrets, wanted.keystore_password, keystoreSha256, wanted.home)
  const anew = aliases.filter((name) => !isEncrypted(secrets.get(name)) || !sameSecret(name, intent, before))
  const result = { aliases, encrypted: anew.length }
  const sameList = secrets.size === aliases.length && Object.keys(before?.secrets ?? {}).length === aliases.length
  if (anew.length === 0 && sameList && tidy) return { changes: [], result }
  const values = aliases.map((name): [string, string] => [
    name,
    anew.includes(name) ? plainValue(wanted.secrets[name]!) : secrets.get(name)!,
  ])
  const change = encrypt(wanted, joinSecrets(head, values), keystoreSha256, anew)
  return {
    changes: [
      {
        ...change,
        before: {
          label: 'deployment.toml [secrets]',
          text: [...secrets.keys()].map((name) => `${name} = (encrypted)\n`).join(''),
        },
      },
    ],
    result,
  }
}

function encrypt(wanted: Args, toml: string, keystoreSha256: string, anew: string[]): Change {
  const aliases = Object.keys(wanted.secrets)
  const intent = writeIntent(makeIntent(wanted.secrets, wanted.keystore_password, keystoreSha256, wanted.home))
  return {
    summary:
      anew.length > 0
        ? `encrypt ${anew.join(', ')} in ${conf(wanted)}/deployment.toml`
        : `tidy [secrets] of ${conf(wanted)}/deployment.toml`,
    after: {
      label: 'deployment.toml [secrets]',
      text: aliases.map((name) => `${name} = (encrypted${anew.includes(name) ? ' anew' : ''})\n`).join(''),
    },
    actions: [
      runCipherTool({
        home: wanted.home,
        tool: wanted.tool,
        aliases,
        toml,
        intent,
        keystore: toml === '' ? undefined : { ...encryptingKeystore(toml), file: wanted.keystore ?? located(wanted.home, encryptingKeystore(toml).file) },
        keystorePassword: wanted.keystore_password,
        javaHome: wanted.java_home,
      }),
    ],
  }
}

function failedRun(wanted: Args, keystore: Probe<'file'> | undefined, context: Context): string | undefined {
  const outcome = context.outcomes?.find((one) => one.rc !== undefined)
  return (
    outcome &&
    vaultFailure(outcome.rc!, outcome.stderr ?? '', {
      home: wanted.home,
      tool: wanted.tool,
      keystore: keystore?.path ?? 'the keystore',
    })
  )
}

function brokenToml(wanted: Args, text: string): string | undefined {
  try {
    encryptingKeystore(text)
    return undefined
  } catch (error) {
    return `${conf(wanted)}/deployment.toml is not valid TOML: ${(error as Error).message.split('\n')[0]}`
  }
}
