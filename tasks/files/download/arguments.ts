/** Arguments of a download, with Ansible's names. */
import { arg, z } from '../../../src/module/index.ts'
import type { Download } from './command.ts'

const headers = z.union([
  z.record(z.string(), arg.text),
  z
    .string()
    .transform((text) =>
      Object.fromEntries(text.split(',').map((part) => [part.split(':')[0]!.trim(), part.slice(part.indexOf(':') + 1).trim()])),
    ),
])

export const url = z
  .string()
  .regex(/^(https?|ftp|file):\/\/[^\s]+$/, 'expected a URL that begins with http://, https://, ftp:// or file://')

export const downloadArgs = {
  headers: headers.optional().meta({ description: 'Headers of the request.', secret: true }),
  url_username: arg.text.optional().meta({ description: 'User name.', aliases: ['username'] }),
  url_password: arg.text.optional().meta({ description: 'Password.', aliases: ['password'], secret: true }),
  force_basic_auth: arg.boolean.default(false).describe('Accepted for compatibility: the password is always sent at once.'),
  timeout: arg.integer.default(10).describe('Seconds without an answer or any progress.'),
  validate_certs: arg.boolean.default(true).describe('Check the certificate of the server.'),
  use_proxy: arg.boolean.default(true).describe("Use the proxy that the host's environment names."),
  http_agent: arg.text.default('ansible-httpget').describe('User agent that is told.'),
  client_cert: arg.path.optional().describe('PEM file on the host: our certificate.'),
  client_key: arg.path.optional().describe('PEM file on the host: its key.'),
}

type Given = z.output<z.ZodObject<typeof downloadArgs>>

export function downloadOf(source: string, args: Given): Download {
  return {
    url: source,
    headers: args.headers,
    username: args.url_username,
    password: args.url_password,
    timeout: args.timeout,
    validateCerts: args.validate_certs,
    useProxy: args.use_proxy,
    httpAgent: args.http_agent,
    clientCert: args.client_cert,
    clientKey: args.client_key,
  }
}
