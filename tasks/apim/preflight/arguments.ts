/** What a host has to be able to do: the arguments of `preflight`. */
import { arg, z } from '../../../src/module/index.ts'

const port = arg.integer.refine((value) => value > 0 && value < 65_536, 'expected a port, 1 to 65535')
const what = arg.text.default('').describe('What it is for, in messages.')

export const preflightArgs = z.strictObject({
  names: arg.list.default([]).describe('Names that have to resolve here.'),
  reach: z
    .array(
      z.strictObject({
        host: arg.text.describe('Name or address.'),
        port: port.describe('The port.'),
        what,
        open: arg.boolean.default(true).describe('false: that nothing listens yet is good; only the way there has to be free.'),
      }),
    )
    .default([])
    .describe('What has to be reached from here.'),
  listen: z
    .array(z.strictObject({ port: port.describe('The port.'), what }))
    .default([])
    .describe('Ports on which something is going to listen here: free, or held by one of `owners`.'),
  owners: arg.list.default([]).describe('Texts in the command line of those who may hold these ports, such as the home of a server.'),
  space: z
    .array(
      z.strictObject({
        path: arg.path.describe('Where it is going to be.'),
        mb: arg.integer.describe('So much has to be free.'),
        spare_mb: arg.integer.optional().describe('So much, when the path is there already. Default: as much.'),
      }),
    )
    .default([])
    .describe('Room on disks.'),
  heaps: arg.listOf.default([]).describe('JVM options of each server on the machine: it needs the memory of all their `-Xmx`.'),
  descriptors: arg.integer.default(0).describe('Open files that one process may have.'),
  java: z
    .strictObject({
      home: arg.text.default('').describe("A JDK; '': the one in PATH."),
      versions: z.tuple([arg.integer, arg.integer]).describe('Lowest and highest that is taken.'),
      fixed: arg.boolean.default(false).describe('Whatever the start script in `home` says.'),
      product: arg.text.describe('Who runs on it, in messages.'),
      installed: arg.boolean.default(false).describe('Where there is none, a package will be installed.'),
    })
    .optional()
    .describe('The Java that the server runs on.'),
  home: z
    .strictObject({
      path: arg.path.describe('CARBON_HOME.'),
      version: arg.text.describe('The release that is there, or will be.'),
      script: arg.text.describe('Its start script, below it.'),
      unit: arg.text.optional().describe('The systemd unit that runs it.'),
    })
    .optional()
    .describe('Where the server is.'),
})

export type PreflightArgs = z.output<typeof preflightArgs>
