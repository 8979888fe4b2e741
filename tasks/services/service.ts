import { arg, defineModule, z } from '../../src/module/index.ts'
import { daemonReload, serviceName, stateArguments, stateReturns } from './arguments.ts'
import { planService, type ServiceRequest, serviceProbes } from './plan.ts'

const args = z
  .strictObject({
    name: serviceName.describe('Name of the service.'),
    ...stateArguments,
    arguments: arg.text.default('').meta({ description: 'More words for an init script.', aliases: ['args'] }),
    sleep: arg.integer.optional().describe('Init scripts: seconds between stop and start of a restart.'),
    pattern: arg.text.optional().describe('Accepted: the service manager is asked, not the process list.'),
    runlevel: arg.text.default('default').describe('Accepted.'),
    use: arg.text.default('auto').describe('Accepted: systemd where it runs, else init scripts.'),
    daemon_reload: daemonReload('As in `systemd`: let systemd read its unit files again first, where one is newer.'),
    masked: arg.boolean.optional().describe('As in `systemd`: mask or unmask the unit.'),
  })
  .superRefine((value, context) => {
    if (value.state === undefined && value.enabled === undefined && value.masked === undefined && !value.daemon_reload) {
      context.addIssue({ code: 'custom', message: 'nothing to do: give state or enabled' })
    }
  })

type Args = z.output<typeof args>

const request = (value: Args): ServiceRequest => ({
  name: value.name,
  state: value.state,
  enabled: value.enabled,
  masked: value.masked,
  daemonReload: value.daemon_reload,
  daemonReexec: false,
  noBlock: false,
  force: false,
  scope: 'system',
  sleep: value.sleep,
  arguments: value.arguments.split(/\s+/).filter((word) => word !== ''),
})

/** A service, by systemd or init scripts. */
export default defineModule({
  name: 'service',
  aliases: ['sysvinit'],
  summary: 'Start, stop and enable services.',
  description:
    'By systemd where it runs, else by the init scripts. A service that was started but does not run afterwards is a failure.',
  examples: `
- name: The web server runs, now and after each boot
  service:
    name: nginx
    state: started
    enabled: true
`,
  args,
  returns: {
    name: 'The service.',
    ...stateReturns,
  },
  observe: (value, known) => serviceProbes(request(value), known),
  plan: (value, facts, context) => planService(request(value), facts, context),
})
