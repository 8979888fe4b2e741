/** What service and systemd share: arguments and the shape of the result. */
import { arg, z } from '../../src/module/index.ts'

/** A unit's name as systemctl and service take it. */
export const serviceName = arg.text.refine(
  (name) => /^[^-*?[\]\s/][^*?[\]\s/]*$/.test(name),
  'expected the name of one service, without spaces, slashes or wildcards',
)

export const stateArguments = {
  state: z
    .enum(['started', 'stopped', 'restarted', 'reloaded'])
    .optional()
    .describe('started and stopped act only where needed; restarted and reloaded act each time.'),
  enabled: arg.boolean.optional().describe('Start it when the host boots.'),
}

/** Has systemd to read its unit files again first? */
export const daemonReload = (description: string) =>
  arg.boolean.default(false).meta({ description, aliases: ['daemon-reload'] })

export const stateReturns = {
  state: 'started or stopped.',
  enabled: 'Whether it starts at boot.',
  status: 'What systemd says about the unit.',
}
