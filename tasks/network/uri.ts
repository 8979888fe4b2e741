import {
  type Change,
  type Context,
  defineModule,
  type Facts,
  type HttpFact,
  type Plan,
  type Probe,
  probe,
  Unknown,
  type z,
} from '../../src/module/index.ts'
import { createHash } from 'node:crypto'
import { guardProbes, resolveGuards } from '../lib/run-program.ts'
import { existing } from '../lib/path-glob.ts'
import { answerProblem, answerResult, isQuestion, requestOf } from './uri/request.ts'
import { filesOf } from './uri/multipart.ts'
import { known } from '../lib/known.ts'
import { uriArguments } from './uri/arguments.ts'

type Args = z.output<typeof uriArguments>

const sourceProbe = (value: Args, context: Context): Probe<'file'> =>
  value.remote_src
    ? probe.file({ path: value.src!, follow: true, content: true })
    : probe.file({ path: context.find('files', value.src!), follow: true, content: true, on: 'controller' })
const partProbe = (name: string, context: Context) =>
  probe.file({ path: context.find('files', name), follow: true, content: true, on: 'controller' })
const partNames = (value: Args) => (value.body_format === 'form-multipart' ? filesOf(value.body) : [])
const inputs = (value: Args, context: Context): Probe<'file'>[] => [
  ...(value.src === undefined ? [] : [sourceProbe(value, context)]),
  ...partNames(value).map((name) => partProbe(name, context)),
]
const destProbe = (path: string) => probe.file({ path, follow: true, checksum: true })

/** Makes an HTTP request. */
export default defineModule({
  name: 'uri',
  changes: false,
  live: true,
  summary: 'Make an HTTP request from the host, and check the answer.',
  description:
    'GET, HEAD and OPTIONS are asked as questions: in check mode too, and again in each try of `until`. Other methods change ' +
    'something; they are sent once, and count as changed only where `changed_when` says so.',
  examples: `
- name: The gateway answers
  uri:
    url: https://localhost:8243/services/Version
    validate_certs: false
    return_content: true
  register: version
  until: version.status == 200
  retries: 30
  delay: 2

- name: Register a client
  uri:
    url: https://localhost:9443/client-registration/v0.17/register
    method: POST
    url_username: admin
    url_password: "{{ admin_password }}"
    body_format: json
    body:
      clientName: rest
      grantType: password
    status_code: [200, 201]
`,
  args: uriArguments,
  returns: {
    status: 'Status code; -1 when no answer came.',
    url: 'The address.',
    content: 'Body of the answer, with return_content.',
    json: 'The body as data, when it is JSON.',
    msg: 'What the server said.',
    cookies: 'Names and values of the cookies that the server sets.',
    cookies_string: 'The same as a text for a Cookie header.',
    elapsed: 'Seconds that a request with a change took.',
    path: 'The file, with dest.',
    content_type: 'As all headers: in lower case, with underscores.',
  },
  converges: false,
  observe(value, facts, context): Probe[] {
    const first = [...inputs(value, context), ...guardProbes(value, facts)]
    if (!first.every((one) => facts.has(one)) || notNeeded(value, facts) !== undefined || !isQuestion(value.method)) return first
    const asked = questionOf(value, facts, context)
    if (!asked) return first
    if (value.dest === undefined) return [...first, asked]
    const directory = destProbe(value.dest)
    return [...first, asked, directory, ...(facts.has(directory) ? [destProbe(destPath(value, facts))] : [])]
  },
  plan(value, facts, context): Plan {
    const reason = notNeeded(value, facts)
    if (reason !== undefined)
      return {
        changes: [],
        result: { url: value.url, stdout: `skipped, since ${reason}`, msg: `Did not send the request since ${reason}` },
      }
    const missing = inputs(value, context).find((one) => known(facts.get(one))?.exists === false)
    if (missing) return { changes: [], failed: `there is no file ${missing.path} to send` }
    if (!isQuestion(value.method)) return { changes: [send(value, facts, context)] }
    const asked = questionOf(value, facts, context)
    const fact = asked ? facts.need(asked) : { status: 0, headers: {}, body: new Uint8Array() }
    return judged(value, fact, value.dest === undefined ? [] : save(value, fact, facts))
  },
  report(value, outcomes, facts, context) {
    const outcome = outcomes[0]
    if (isQuestion(value.method) && notNeeded(value, facts) === undefined) {
      const asked = questionOf(value, facts, context)
      const fact = asked && known(facts.get(asked))
      return {
        result: fact
          ? { ...answerResult(value, fact), ...(value.dest === undefined ? {} : { path: destPath(value, facts) }) }
          : {},
      }
    }
    if (!outcome?.http)
      return {
        result: {},
        ...(outcome && !outcome.ok ? { failed: outcome.error ?? 'the request could not be sent' } : {}),
        changed: false,
      }
    const elapsed =
      outcome.start !== undefined && outcome.end !== undefined ? { elapsed: Math.floor(outcome.end - outcome.start) } : {}
    const failed = answerProblem(value.status_code, outcome.http)
    return {
      result: { ...answerResult(value, outcome.http), ...elapsed },
      changed: false,
      ...(failed === undefined ? {} : { failed }),
    }
  },
})

function judged(value: Args, fact: HttpFact, changes: Change[]): Plan {
  const failed = answerProblem(value.status_code, fact)
  return failed === undefined
    ? { changes, result: answerResult(value, fact) }
    : { changes: [], failed, result: answerResult(value, fact) }
}

function request(value: Args, facts: Facts, context: Context) {
  const content = (one: Probe<'file'>) => known(facts.get(one))?.content ?? new Uint8Array()
  const body = value.src === undefined ? undefined : content(sourceProbe(value, context))
  const parts = new Map(partNames(value).map((name) => [name, content(partProbe(name, context))]))
  return requestOf(value, { ...(body === undefined ? {} : { body }), parts })
}

/** Undefined where a file to send is not known yet (check mode). */
function questionOf(value: Args, facts: Facts, context: Context): Probe<'http'> | undefined {
  if (inputs(value, context).some((one) => facts.get(one) instanceof Unknown)) return undefined
  return probe.http(request(value, facts, context))
}

function send(value: Args, facts: Facts, context: Context): Change {
  return {
    summary: `${value.method} ${withoutUser(value.url)}`,
    actions: [
      {
        kind: 'http',
        request: request(value, facts, context),
        success: 'any',
        ...(value.url_password === undefined ? {} : { secret: true }),
      },
    ],
  }
}

function save(value: Args, fact: HttpFact, facts: Facts): Change[] {
  const path = destPath(value, facts)
  const file = known(facts.get(destProbe(path)))
  const mode = value.mode === undefined ? undefined : Number.parseInt(value.mode, 8)
  const same = file?.exists && file.sha256 === createHash('sha256').update(fact.body).digest('hex')
  const attributes = { mode, owner: value.owner, group: value.group }
  const fits =
    (mode === undefined || file?.mode === mode) &&
    (value.owner === undefined || file?.owner === value.owner) &&
    (value.group === undefined || file?.group === value.group)
  if (same && fits) return []
  if (same)
    return [
      {
        summary: `set the attributes of ${path}`,
        actions: [{ kind: 'attributes', paths: [path], follow: true, ...attributes }],
      },
    ]
  return [
    {
      summary: `write ${path}`,
      after: { label: path, text: `${fact.body.byteLength} bytes\n` },
      actions: [{ kind: 'write', path, content: fact.body, ...attributes }],
    },
  ]
}

/** In a directory the file is named as in the address. */
function destPath(value: Args, facts: Facts): string {
  const there = known(facts.get(destProbe(value.dest!)))
  if (there?.type !== 'directory') return value.dest!
  const name = new URL(value.url).pathname.split('/').at(-1) || 'index.html'
  return `${value.dest!.replace(/\/+$/, '')}/${name}`
}

function notNeeded(value: Args, facts: Facts): string | undefined {
  const { creates, removes } = resolveGuards(value, facts)
  if (creates !== undefined && typeof existing(creates, facts) === 'string') return `${creates} exists`
  return removes !== undefined && existing(removes, facts) === undefined ? `${removes} does not exist` : undefined
}

const withoutUser = (url: string) => url.replace(/\/\/[^/@]*@/, '//')
