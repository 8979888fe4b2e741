/** The arguments of `uri`. */
import { arg, z } from '../../../src/module/index.ts'
import { runArguments } from '../../lib/run-program.ts'

const codes = z.union([
  z.array(arg.integer).min(1),
  arg.integer.transform((one) => [one]),
  z
    .string()
    .regex(/^\d+(\s*,\s*\d+)+$/, 'expected status codes such as 200 or [200, 201]')
    .transform((text) => text.split(',').map(Number)),
])

const redirects = ['safe', 'all', 'none', 'no', 'yes', 'urllib2'] as const

export const uriArguments = z
  .strictObject({
    url: arg.text
      .refine((value) => /^https?:\/\/[^\s]+$/i.test(value), 'expected an address that starts with http:// or https://')
      .describe('Address.'),
    method: arg.text
      .refine((value) => /^[A-Za-z]+$/.test(value), 'expected a method such as GET or POST')
      .transform((value) => value.toUpperCase())
      .default('GET')
      .describe('Method. GET, HEAD and OPTIONS are questions: they are asked in check mode too.'),
    headers: z.record(z.string(), arg.text).default({}).describe('Headers to send.'),
    body: z.unknown().optional().describe('Body: a text, or what body_format turns into one.'),
    body_format: z
      .enum(['raw', 'json', 'form-urlencoded', 'form-multipart'])
      .default('raw')
      .describe('How the body is written.'),
    src: arg.path.optional().describe('File to send as the body.'),
    remote_src: arg.boolean.default(false).describe('`src` is on the host, not in the project.'),
    status_code: codes.default([200]).describe('Status codes that count as success.'),
    return_content: arg.boolean.default(false).describe('Return the body of the answer as `content`.'),
    dest: arg.path.optional().describe('File on the host (or a directory) for the body of the answer.'),
    url_username: arg.text.optional().meta({ description: 'User name; sent with the first request.', aliases: ['user'] }),
    url_password: arg.text.optional().meta({ description: 'Password.', aliases: ['password'], secret: true }),
    force_basic_auth: arg.boolean.default(false).describe('Accepted: the user name is always sent with the first request.'),
    validate_certs: arg.boolean.default(true).describe('Check the certificate of the server.'),
    ca_path: arg.path.optional().describe("PEM file on the host, trusted instead of the system's."),
    connect_to: arg.text
      .refine((value) => /^(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d+)?$/.test(value), 'expected a host or host:port to connect to')
      .optional()
      .describe('Connect to this `host` or `host:port`, whatever the address says, as `curl --connect-to`: name and certificate are those of the address.'),
    client_cert: arg.path.optional().describe('PEM file with our certificate (and key), on the host.'),
    client_key: arg.path.optional().describe('PEM file with our key, on the host.'),
    timeout: arg.integer.default(30).describe('Seconds.'),
    follow_redirects: z
      .union([z.enum(redirects), z.boolean().transform((on) => (on ? ('yes' as const) : ('no' as const)))])
      .default('safe')
      .describe('safe: only GET and HEAD; all or yes; none or no.'),
    http_agent: arg.text.default('ansible-httpget').describe('Name of the client.'),
    force: arg.boolean.default(false).describe('Accepted: nothing is kept between requests.'),
    use_proxy: arg.boolean.default(true).describe('Accepted: the environment of the task decides.'),
    creates: runArguments.creates,
    removes: runArguments.removes,
    mode: arg.mode.optional().describe('With dest: permission bits, such as 0644.'),
    owner: arg.text.optional().describe('With dest: user who owns it.'),
    group: arg.text.optional().describe('With dest: group that owns it.'),
  })
  .superRefine((value, context) => {
    const issue = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    if (value.body !== undefined && value.src !== undefined) issue('give either body or src, not both', 'src')
    if (
      value.body_format === 'form-multipart' &&
      value.body !== undefined &&
      (typeof value.body !== 'object' || value.body === null || Array.isArray(value.body))
    ) {
      issue('expected a mapping of fields for form-multipart', 'body')
    }
    if (value.dest !== undefined && value.method !== 'GET')
      issue('dest goes only with GET: for other methods use return_content and copy', 'dest')
    if (value.mode !== undefined && !/^0?[0-7]{3,4}$/.test(value.mode)) issue("expected a mode such as '0644'", 'mode')
  })
