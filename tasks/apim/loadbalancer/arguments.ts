/** Arguments of `loadbalancer`. */
import { arg, z } from '../../../src/module/index.ts'

const absolute = (what: string) => arg.path.refine((path) => path.startsWith('/'), `${what}: expected an absolute path`)

export const loadbalancerArgs = z
  .strictObject({
    kind: z.enum(['nginx', 'haproxy']).default('nginx').describe('Which load balancer it is.'),
    dest: absolute('dest')
      .optional()
      .meta({ description: 'The configuration file. nginx with `main`: by default `zz-apim.conf` in the last directory that it includes in `http`.', aliases: ['path'] }),
    content: arg.text.optional().describe('Its text.'),
    src: arg.text.optional().describe('Template of its text, looked up in templates/.'),
    main: absolute('main')
      .optional()
      .describe(
        'The main configuration, where dest is only a part: nginx includes it, HAProxy is started with both. Default: dest itself.',
      ),
    prefix: absolute('prefix')
      .transform((path) => path.replace(/(?<=.)\/+$/, ''))
      .optional()
      .describe('Directory for relative paths (nginx -p), and of the pid file of an HAProxy that is all ours.'),
    program: arg.text.optional().meta({ description: 'The program. Default: as `kind`.', aliases: ['nginx'] }),
    pid: absolute('pid').optional().describe("Its pid file. Default: the main configuration's `pid`, else as nginx was built; /run/haproxy.pid, or in `prefix`."),
    socket: absolute('socket').optional().describe('HAProxy: its `stats socket` with `level admin`, by which servers are drained (with `socat`).'),
    unit: arg.text.optional().describe('systemd unit by which it is started and stopped; reloads always go to the master.'),
    state: z
      .enum(['reloaded', 'started', 'stopped'])
      .default('reloaded')
      .describe('`reloaded`: runs, with this configuration; `started`: runs, a change is written but not loaded; `stopped`.'),
    watch: arg.listOf.default([]).describe('More files whose change asks for a reload: certificates, keys, included files.'),
    upstream: arg.text
      .optional()
      .describe('With `drain`: name of the upstream or backend. Default: every one that has one of the servers.'),
    server: arg.listOf
      .optional()
      .describe('With `drain`: one or more servers, as written there, such as `node1:9443`.'),
    drain: arg.boolean
      .optional()
      .describe(
        'true: take the servers out, so that they get no new requests, and wait until those that were begun are answered; ' +
          'false: put them back.',
      ),
    timeout: arg.integer.default(330).describe('With `drain: true`: seconds to wait for the requests that were begun.'),
    backup: arg.boolean.default(false).describe('Keep the previous file beside it.'),
    ...arg.fileAttributes,
  })
  .superRefine((args, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (args.content !== undefined && args.src !== undefined) issue('src', 'give either content or src')
    if ((args.drain === undefined) !== (args.server === undefined)) issue('drain', 'server and drain go together')
    if (args.dest === undefined && (args.main === undefined || args.kind === 'haproxy')) issue('dest', args.kind === 'haproxy' ? 'missing: the file for HAProxy has to be named' : 'missing: give dest, or main and it is found there')
    if (args.kind === 'haproxy' && args.drain !== undefined && args.socket === undefined) issue('socket', 'missing: servers of HAProxy are drained by its socket')
    if (args.upstream !== undefined && args.drain === undefined) issue('upstream', 'upstream goes only with server and drain')
  })

export type LoadbalancerArgs = z.output<typeof loadbalancerArgs>
