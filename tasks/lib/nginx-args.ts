/** Arguments of `loadbalancer`. */
import { arg, z } from '../../src/module/index.ts'

const absolute = (what: string) => arg.path.refine((path) => path.startsWith('/'), `${what}: expected an absolute path`)

export const loadbalancerArgs = z
  .strictObject({
    dest: absolute('dest').meta({ description: 'The configuration file.', aliases: ['path'] }),
    content: arg.text.optional().describe('Its text.'),
    src: arg.text.optional().describe('Template of its text, looked up in templates/.'),
    main: absolute('main')
      .optional()
      .describe(
        'The main configuration that includes dest, such as /etc/nginx/nginx.conf. Default: dest itself.',
      ),
    prefix: absolute('prefix')
      .transform((path) => path.replace(/(?<=.)\/+$/, ''))
      .optional()
      .describe('Directory for relative paths (nginx -p).'),
    nginx: arg.text.default('nginx').describe('The program.'),
    pid: absolute('pid').optional().describe("Its pid file. Default: the main configuration's `pid`, else as nginx was built."),
    unit: arg.text.optional().describe('systemd unit by which nginx is started and stopped; reloads always go to the master.'),
    state: z
      .enum(['reloaded', 'started', 'stopped'])
      .default('reloaded')
      .describe('`reloaded`: runs, with this configuration; `started`: runs, a change is written but not loaded; `stopped`.'),
    watch: arg.listOf.default([]).describe('More files whose change asks for a reload: certificates, keys, included files.'),
    upstream: arg.text.optional().describe('With `server` and `drain`: name of the upstream.'),
    server: arg.text.optional().describe('With `upstream` and `drain`: its server, as written there, such as `node1:9443`.'),
    drain: arg.boolean
      .optional()
      .describe('true: mark the server `down`, so that it gets no new requests; false: put it back.'),
    backup: arg.boolean.default(false).describe('Keep the previous file beside it.'),
    ...arg.fileAttributes,
  })
  .superRefine((args, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (args.content !== undefined && args.src !== undefined) issue('src', 'give either content or src')
    const drain = [args.upstream, args.server, args.drain].filter((value) => value !== undefined).length
    if (drain !== 0 && drain !== 3) issue('drain', 'upstream, server and drain go together')
  })

export type LoadbalancerArgs = z.output<typeof loadbalancerArgs>
