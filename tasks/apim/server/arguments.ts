/** Arguments of `server`. */
import { arg, z } from '../../../src/module/index.ts'

export const CHECKS = ['log', 'version', 'gateway', 'apis', 'ports'] as const
export type Check = (typeof CHECKS)[number]

export const serverArgs = z
  .strictObject({
    home: arg.path
      .refine((path) => path.startsWith('/'), 'expected an absolute path')
      .transform((path) => path.replace(/(?<=.)\/+$/, ''))
      .meta({ description: 'CARBON_HOME of the product.', aliases: ['path'] }),
    state: z
      .enum(['started', 'stopped', 'restarted'])
      .default('started')
      .describe('`restarted` stops, waits and starts, each time the task runs (use it in a handler).'),
    script: arg.path
      .optional()
      .describe(
        'Start script, relative to home. Default: bin/api-manager.sh (4.x) when it is there, else bin/wso2server.sh (3.x).',
      ),
    unit: arg.text
      .optional()
      .describe('systemd unit that runs the server; it is then started and stopped by systemctl instead of the script.'),
    offset: arg.integer
      .optional()
      .describe('Port offset, passed as -DportOffset. Default: that of [server] in deployment.toml.'),
    java_home: arg.path.optional().describe('JDK for the server. Default: JAVA_HOME of the task, else java in PATH.'),
    jvm_mem_opts: arg.text.optional().describe('JVM_MEM_OPTS for the start script, for example `-Xms2g -Xmx2g`.'),
    options: arg.listOf.default([]).describe('More arguments of the start script, such as `-DhttpPort=…`.'),
    keystore_password: arg.text.optional().meta({
      description:
        'Password of the internal keystore. With secrets in deployment.toml the server needs it at each start: it is written ' +
        'to password-tmp, which the server deletes.',
      secret: true,
    }),
    ready: z
      .array(z.enum(CHECKS))
      .optional()
      .describe(
        'What must hold before the server counts as started. Default: log, version, ports, and apis (4.x) or gateway (3.x). ' +
          '[]: the process alone.',
      ),
    hostname: arg.text
      .default('localhost')
      .describe('Name in the URLs that are tried, for the certificate; the connection goes to 127.0.0.1.'),
    ca_path: arg.path.optional().describe('PEM file with the certificate to trust when the URLs are tried.'),
    validate_certs: arg.boolean.optional().describe('Check the certificate. Default: only when ca_path is given.'),
    restart_after: arg.listOf
      .default([])
      .describe(
        'With `started`: restart a server that was started before one of these files was written last. What makes a run that ' +
          'was ended between a change and the restart harmless.',
      ),
    timeout: arg.integer.default(600).describe('Seconds to wait until it is ready, or gone.'),
    force: arg.boolean.default(false).describe('Kill the process when it does not stop within timeout.'),
  })
  .superRefine((args, context) => {
    if (args.timeout < 1) context.addIssue({ code: 'custom', path: ['timeout'], message: 'expected at least one second' })
  })

export type ServerArgs = z.output<typeof serverArgs>
