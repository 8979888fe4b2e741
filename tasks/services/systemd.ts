import { arg, defineModule, z } from '../../src/module/index.ts'
import { daemonReload, serviceName, stateArguments, stateReturns } from './arguments.ts'
import { planService, type ServiceRequest, serviceProbes } from './plan.ts'

const args = z
  .strictObject({
    name: serviceName
      .optional()
      .meta({ description: 'Name of the unit; without a suffix a service is meant.', aliases: ['service', 'unit'] }),
    ...stateArguments,
    masked: arg.boolean.optional().describe('Masked units can not be started at all.'),
    daemon_reload: daemonReload('Let systemd read its unit files again first, where one is newer than what it has read.'),
    daemon_reexec: arg.boolean
      .default(false)
      .meta({ description: 'Let systemd start itself anew.', aliases: ['daemon-reexec'] }),
    scope: z.enum(['system', 'user']).default('system').describe('system, or the systemd of the user who runs the task.'),
    no_block: arg.boolean.default(false).describe('Do not wait until the unit is started or stopped.'),
    force: arg.boolean.default(false).describe('Replace links of other units when enabling.'),
  })
  .superRefine((value, context) => {
    if (value.name === undefined && (value.state !== undefined || value.enabled !== undefined || value.masked !== undefined)) {
      context.addIssue({ code: 'custom', path: ['name'], message: 'name is missing: which unit is meant?' })
    }
    if (value.name === undefined && !value.daemon_reload && !value.daemon_reexec) {
      context.addIssue({ code: 'custom', message: 'nothing to do: give name, daemon_reload or daemon_reexec' })
    }
  })

type Args = z.output<typeof args>

const request = (value: Args): ServiceRequest => ({
  name: value.name,
  state: value.state,
  enabled: value.enabled,
  masked: value.masked,
  daemonReload: value.daemon_reload,
  daemonReexec: value.daemon_reexec,
  noBlock: value.no_block,
  force: value.force,
  scope: value.scope,
  arguments: [],
})

/** A unit of systemd. */
export default defineModule({
  name: 'systemd',
  aliases: ['systemd_service'],
  summary: 'Start, stop, enable and mask units of systemd.',
  description: 'Where systemd does not run (many containers), init scripts are used as `service` does.',
  examples: `
- name: The server with its new unit file
  systemd:
    name: wso2apim
    state: started
    enabled: true
    daemon_reload: true

- name: Read changed unit files
  systemd:
    daemon_reload: true
`,
  args,
  returns: {
    name: 'The unit.',
    ...stateReturns,
  },
  observe: (value, known) => serviceProbes(request(value), known),
  plan: (value, facts, context) => planService(request(value), facts, context),
})
