/** Arguments of `keystore`. */
import { arg, z } from '../../../src/module/index.ts'

const alias = arg.text
  .refine((name) => name !== '', 'expected an alias')
  .describe('Name of the entry; Java compares aliases without regard to case.')
const type = z
  .string()
  .transform((name) => name.toUpperCase())
  .pipe(z.enum(['JKS', 'PKCS12']))
const secret = (description: string) => arg.text.meta({ description, secret: true })
/** Metadata come last: each method of a schema makes a new one without them. */
const optionalSecret = (description: string) => arg.text.optional().meta({ description, secret: true })

const san = z.string().regex(/^(dns|ip|uri|email):[^,\s]+$/i, "expected 'dns:NAME' or 'ip:ADDRESS'")

const source = z.strictObject({
  path: arg.path.describe('The other keystore, on the host.'),
  password: secret('Its password.'),
  alias,
  type: type.default('JKS').describe('Its type.'),
  key_password: optionalSecret('Password of its key. Default: its store password.'),
})

const keyPair = z
  .strictObject({
    alias,
    dname: arg.text.optional().describe('Distinguished name, `CN=api.example.com, O=Example, C=US`; needed to generate.'),
    san: z
      .union([
        z.array(san),
        z
          .string()
          .transform((line) => line.split(',').map((one) => one.trim()))
          .pipe(z.array(san)),
      ])
      .default([])
      .describe("Other names: `['dns:api.example.com', 'ip:127.0.0.1']`. Include the load balancer, the node and localhost."),
    key_size: arg.integer.default(2048).describe('Bits of the RSA key.'),
    validity: arg.integer.default(825).describe('Days for which it is valid.'),
    key_password: optionalSecret('Password of the key. Default: that of the store. PKCS12 knows no other.'),
    renew: arg.boolean
      .default(false)
      .describe(
        'Make a new key pair when the one that is there has other names. Tokens and data bound to the old key are lost.',
      ),
    replace: arg.boolean
      .default(true)
      .describe('Put another key pair that is imported in the place of the one that is there. `false`: the task fails instead, for keys that sign and encrypt what is stored.'),
    certificate: arg.path
      .optional()
      .describe('Import this certificate with its chain (PEM, leaf first) instead of generating.'),
    private_key: arg.path.optional().describe('The key of `certificate` (PEM).'),
    passphrase: optionalSecret('Passphrase of `private_key`.'),
    import_keystore: source.optional().describe('Import the key pair from this keystore instead of generating.'),
  })
  .superRefine((pair, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ((pair.certificate === undefined) !== (pair.private_key === undefined))
      issue('certificate', 'certificate and private_key go together')
    if (pair.certificate !== undefined && pair.import_keystore)
      issue('import_keystore', 'give either certificate and private_key, or import_keystore')
    if (pair.certificate === undefined && !pair.import_keystore && pair.dname === undefined)
      issue('dname', 'dname is needed to generate a key pair')
  })

const trusted = z
  .strictObject({
    alias,
    certificate: arg.path.optional().describe('The certificate, a PEM or DER file on the host.'),
    from_keystore: source.omit({ key_password: true }).optional().describe('Take it from an alias of this keystore.'),
  })
  .superRefine((entry, context) => {
    if ((entry.certificate === undefined) === (entry.from_keystore === undefined)) {
      context.addIssue({ code: 'custom', message: `trusted ${entry.alias} needs either certificate or from_keystore` })
    }
  })

const exported = z.strictObject({
  alias,
  path: arg.path.describe('Where to write it.'),
  mode: arg.mode.default('0644').describe('Permission bits of that file.'),
})

export const keystoreArgs = z
  .strictObject({
    path: arg.path.meta({ description: 'The keystore.', aliases: ['dest', 'keystore'] }),
    password: arg.text
      .refine((value) => value.length >= 6, 'a keystore password has at least 6 characters')
      .meta({ description: 'Its password; at least 6 characters.', secret: true }),
    old_password: optionalSecret('The password it may still have; it is then changed to `password`.'),
    type: type
      .optional()
      .describe('`JKS` or `PKCS12`. Default: what the file is, when there is one, else `JKS`. Another than that of the file is refused.'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes the file.'),
    key_pair: keyPair.optional().describe('A private key with its certificate; generated once, or imported.'),
    trusted: z.array(trusted).default([]).describe('Certificates to trust, compared by SHA-256 fingerprint.'),
    absent_aliases: arg.list.default([]).describe('Entries that shall not be there.'),
    export: z
      .union([exported.transform((one) => [one]), z.array(exported)])
      .default([])
      .describe('Write the public certificate of an alias to a PEM file.'),
    keytool: arg.path.optional().describe('The program keytool.'),
    java_home: arg.path.optional().describe('JDK whose keytool is used. Default: keytool in PATH.'),
    ...arg.fileAttributes,
  })
  .superRefine((args, context) => {
    const key = args.key_pair
    if (args.type === 'PKCS12' && key?.key_password !== undefined && key.key_password !== args.password) {
      context.addIssue({
        code: 'custom',
        path: ['key_pair', 'key_password'],
        message: 'in a PKCS12 keystore the key has the password of the store: leave key_password out, or use type: JKS',
      })
    }
    if (key?.key_password !== undefined && key.key_password.length < 6) {
      context.addIssue({
        code: 'custom',
        path: ['key_pair', 'key_password'],
        message: 'a key password has at least 6 characters',
      })
    }
  })

export type KeystoreInput = z.output<typeof keystoreArgs>
/** With the type that the file has, or will have. */
export type KeystoreArgs = KeystoreInput & { type: 'JKS' | 'PKCS12' }
export type KeyPair = NonNullable<KeystoreArgs['key_pair']>
export type Trusted = KeystoreArgs['trusted'][number]
