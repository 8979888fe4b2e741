import {
  arg,
  type Action,
  type Change,
  type Context,
  defineModule,
  type Facts,
  type Plan,
  type Probe,
  probe,
  z,
} from '../../src/module/index.ts'
import {
  crontabLines,
  crontabText,
  jobLine,
  withEntry,
  withoutEntry,
  withoutVariable,
  withVariable,
} from './crontab.ts'

const oneLine = arg.text.refine((value) => !/[\r\n]/.test(value), 'must be one line')
const time = arg.text
  .refine((value) => /^[\w*,/~-]+$/.test(value), "expected cron's notation, such as 0, */5 or mon-fri")
  .default('*')

const args = z
  .strictObject({
    name: oneLine.optional().describe('Name by which the entry is found again; with env the name of the variable.'),
    job: oneLine
      .optional()
      .meta({
        description: 'The command; with env the value of the variable. cron reads % as a line break: write \\% for the sign.',
        aliases: ['value'],
      }),
    state: z.enum(['present', 'absent']).default('present').describe('present or absent.'),
    user: arg.text
      .refine((value) => /^[^-\s:][^\s:]*$/.test(value), 'expected the name of a user')
      .optional()
      .describe('Whose crontab. Default: of the user who runs the task (root in a cron_file).'),
    cron_file: arg.path.optional().describe('A file instead of a crontab: a name in /etc/cron.d, or an absolute path.'),
    minute: time.describe('Minute (0-59, *, */2).'),
    hour: time.describe('Hour (0-23).'),
    day: time.meta({ description: 'Day of the month (1-31).', aliases: ['dom'] }),
    month: time.describe('Month (1-12).'),
    weekday: time.meta({ description: 'Day of the week (0-6, Sunday is 0).', aliases: ['dow'] }),
    special_time: z
      .enum(['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'])
      .optional()
      .describe('A nickname instead of the five times.'),
    disabled: arg.boolean.default(false).describe('Keep the entry as a comment.'),
    env: arg.boolean.default(false).describe('The entry is a variable.'),
    insertafter: arg.text.optional().describe('With env: put a new variable behind this one.'),
    insertbefore: arg.text.optional().describe('With env: put a new variable before this one.'),
    backup: arg.boolean.default(false).describe('Keep the old text: beside a cron_file, else in /var/backups.'),
  })
  .superRefine((value, context) => {
    const issue = (message: string, path?: string) =>
      context.addIssue({ code: 'custom', message, ...(path ? { path: [path] } : {}) })
    const times = [value.minute, value.hour, value.day, value.month, value.weekday]
    if (value.state === 'present' && value.job === undefined)
      issue(value.env ? 'value is missing: what is the variable set to?' : 'job is missing: what is to be run?')
    if (value.name === undefined && !(value.state === 'absent' && value.cron_file !== undefined))
      issue('name is missing: it is how the entry is found again', 'name')
    if (value.special_time && times.some((one) => one !== '*'))
      issue('give either special_time or minute, hour, day, month and weekday')
    if (value.insertafter !== undefined && value.insertbefore !== undefined)
      issue('give either insertafter or insertbefore, not both')
    if ((value.insertafter !== undefined || value.insertbefore !== undefined) && !value.env)
      issue('insertafter and insertbefore go only with env: true')
    if (value.env && value.name !== undefined && !/^\w+$/.test(value.name)) issue('expected the name of a variable', 'name')
    if (value.cron_file !== undefined && !value.cron_file.startsWith('/') && !/^[\w-]+$/.test(value.cron_file)) {
      issue('cron reads only names of letters, digits, - and _ in /etc/cron.d (no dots)', 'cron_file')
    }
  })

type Args = z.output<typeof args>

const filePath = (value: Args) => (value.cron_file!.startsWith('/') ? value.cron_file! : `/etc/cron.d/${value.cron_file}`)
const fileProbe = (value: Args) => probe.file({ path: filePath(value), follow: true, content: true })
const SPOOL = '/var/spool/cron'
const userWords = (value: Args) => (value.user === undefined ? [] : ['-u', value.user])
const tabProbe = (value: Args) =>
  probe.command({ argv: ['crontab', ...userWords(value), '-l'], reads: [SPOOL], env: { LC_ALL: 'C' } })

/** Entries of a crontab. */
export default defineModule({
  name: 'cron',
  summary: 'Add, change and remove entries of a crontab.',
  description:
    'An entry stands under a line `#Ansible: NAME`, so entries that Ansible made are recognised. All other lines stay as they are.',
  examples: `
- name: Back up each night
  cron:
    name: backup of the database
    hour: 2
    minute: 30
    job: /usr/local/bin/backup.sh > /dev/null

- name: In a file of its own, run by another user
  cron:
    cron_file: app
    user: app
    name: clean up
    special_time: daily
    job: /opt/app/clean
`,
  args,
  returns: { jobs: 'Names of the entries.', envs: 'Names of the variables.', cron_file: 'The file, where one was given.' },
  observe: (value): Probe[] => [value.cron_file === undefined ? tabProbe(value) : fileProbe(value)],
  plan(value, facts, context): Plan {
    const found = value.cron_file === undefined ? tabText(value, facts, context) : fileText(value, facts)
    if (found.failed !== undefined) return { changes: [], failed: found.failed }
    const lines = crontabLines(found.text)
    const wanted = wantedLines(value, lines)
    if (typeof wanted === 'string') return { changes: [], failed: wanted }
    const unchanged = wanted === lines || wanted.join('\n') === lines.join('\n')
    const gone =
      value.cron_file !== undefined && found.exists && value.state === 'absent' && wanted.every((line) => line.trim() === '')
    const changes = gone
      ? [removeFile(value, found.text)]
      : unchanged
        ? []
        : [value.cron_file === undefined ? installTab(value, found.text, wanted) : writeFile(value, found.text, wanted)]
    return {
      changes,
      result: {
        jobs: namesOf(lines),
        envs: variablesOf(lines),
        ...(value.cron_file === undefined ? {} : { cron_file: value.cron_file }),
      },
    }
  },
})

interface Found {
  text: string
  exists: boolean
  failed?: string
}

function tabText(value: Args, facts: Facts, context: Context): Found {
  const tab = facts.need(tabProbe(value))
  if (!tab.found && context.check) return { text: '', exists: false }
  if (!tab.found) return { text: '', exists: false, failed: 'there is no program crontab on the host: install cron' }
  if (tab.rc !== 0 && !/no crontab for|can't open your crontab/.test(tab.stderr)) {
    return { text: '', exists: false, failed: `the crontab could not be read: ${tab.stderr.trim().split('\n').at(-1)}` }
  }
  return { text: tab.rc === 0 ? tab.stdout : '', exists: tab.rc === 0 }
}

function fileText(value: Args, facts: Facts): Found {
  const file = facts.need(fileProbe(value))
  if (file.exists && file.type !== 'file')
    return { text: '', exists: true, failed: `${filePath(value)} is no file but a ${file.type}` }
  return { text: file.content ? new TextDecoder().decode(file.content) : '', exists: file.exists }
}

function wantedLines(value: Args, lines: string[]): string[] | string {
  if (value.name === undefined) return []
  if (value.state === 'absent') return value.env ? withoutVariable(lines, value.name) : withoutEntry(lines, value.name)
  if (value.env)
    return withVariable(lines, { name: value.name, value: value.job!, after: value.insertafter, before: value.insertbefore })
  const user = value.cron_file === undefined ? undefined : (value.user ?? 'root')
  return withEntry(lines, { name: value.name, line: jobLine(value, value.job!, user, value.disabled) })
}

function installTab(value: Args, before: string, lines: string[]): Change {
  const text = crontabText(lines)
  const whose = value.user === undefined ? 'the crontab' : `the crontab of ${value.user}`
  const copy: Action[] =
    value.backup && before !== ''
      ? [
          {
            kind: 'write',
            path: `/var/backups/crontab.${value.user ?? 'own'}`,
            content: new TextEncoder().encode(before),
            mode: 0o600,
            backup: true,
          },
        ]
      : []
  return {
    summary: `${verb(value)} ${what(value)} in ${whose}`,
    before: { label: 'crontab', text: before },
    after: { label: 'crontab', text },
    actions: [
      ...copy,
      {
        kind: 'run',
        argv: ['crontab', ...userWords(value), '-'],
        stdin: text,
        makes: [{ kind: 'probe', probe: tabProbe(value) as Probe, fact: { found: true, rc: 0, stdout: text, stderr: '' } }],
        complete: true,
      },
    ],
  }
}

function writeFile(value: Args, before: string, lines: string[]): Change {
  const text = crontabText(lines)
  const path = filePath(value)
  const isNew = before === ''
  return {
    summary: `${verb(value)} ${what(value)} in ${path}`,
    before: { label: path, text: before },
    after: { label: path, text },
    actions: [
      { kind: 'write', path, content: new TextEncoder().encode(text), backup: value.backup, ...(isNew ? { mode: 0o644 } : {}) },
    ],
  }
}

const removeFile = (value: Args, before: string): Change => ({
  summary: `remove ${filePath(value)}`,
  before: { label: filePath(value), text: before },
  actions: [
    ...(value.backup ? [{ kind: 'copy' as const, from: filePath(value), to: `${filePath(value)}~` }] : []),
    { kind: 'remove', path: filePath(value) },
  ],
})

const verb = (value: Args) => (value.state === 'absent' ? 'remove' : 'set')
const what = (value: Args) => `${value.env ? 'variable' : 'entry'} '${value.name}'`
const namesOf = (lines: string[]) => lines.filter((line) => line.startsWith('#Ansible: ')).map((line) => line.slice(10))
const variablesOf = (lines: string[]) =>
  lines.map((line) => /^\s*(\w+)\s*=/.exec(line)?.[1]).filter((name) => name !== undefined)
