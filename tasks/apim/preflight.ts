/** Can this host do what the coming steps want of it? A question with a list of answers; nothing is changed. */
import { defineModule, type Plan, probe, Unknown } from '../../src/module/index.ts'
import { preflightArgs } from './preflight/arguments.ts'
import { home } from './preflight/home.ts'
import { java } from './preflight/java.ts'
import { listen } from './preflight/listen.ts'
import { names } from './preflight/names.ts'
import { reach } from './preflight/reach.ts'
import { room } from './preflight/room.ts'

const CLOCK = probe.clock()
const CHECKS = [names, reach, listen, room, home, java]

export default defineModule({
  name: 'preflight',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Looks whether a host can do what a deployment wants of it, and says all that stands in the way. Changes nothing.',
  description: `It never fails: findings of all hosts are put together by [\`preflight_report\`](preflight_report.md), so that one message
says everything. All questions go in two round trips.

- A port that is taken counts as good when the command line of its holder has one of \`owners\` in it: the node that runs already.
- \`reach\` with \`open: false\` tells a port on which nothing listens yet from one behind a firewall that drops.
- The range of Java is that of the start script below \`home\`, where there is one and \`java.fixed\` is not set, else
  \`java.versions\`. Where no Java is there and one will be installed (Debian and its kin), \`java_package\` is the package in the range.`,
  examples: `
- name: What stands in the way
  preflight:
    names: [node1.example.com, node2.example.com, db.example.com]
    reach:
      - { host: db.example.com, port: 5432, what: the database }
    listen:
      - { port: 9443, what: portals }
    owners: [/opt/wso2/wso2am-3.2.0]
    space:
      - { path: /opt/wso2, mb: 3000 }
    java: { versions: [8, 11], product: API Manager 3.2.0 }
  register: looked
`,
  args: preflightArgs,
  returns: {
    findings: 'What stands in the way, one text each.',
    warnings: 'What could not be looked at.',
    clock: 'How far the clock of the host is before ours, in seconds: `least` and `most`.',
    listening: 'Of the ports in `listen` those that our own hold already.',
    present: 'Whether a release is in `home`.',
    java: 'The Java that is there, as a number.',
    java_package: 'The package that would bring one in the range.',
  },
  observe: (args, facts) => [CLOCK, ...CHECKS.flatMap((check) => check.observe(args, facts))],
  plan(args, facts): Plan {
    const all = CHECKS.map((check) => check.judge(args, facts))
    const clock = facts.get(CLOCK)
    return {
      changes: [],
      result: {
        listening: [],
        present: false,
        ...Object.assign({}, ...all.map(({ result }) => result)),
        findings: all.flatMap(({ findings }) => findings ?? []),
        warnings: all.flatMap(({ warnings }) => warnings ?? []),
        ...(clock instanceof Unknown ? {} : { clock }),
      },
    }
  },
})
