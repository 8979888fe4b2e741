/** Downloads made by the host itself. Everything that may be secret goes through stdin, never over a command line. */
import { probe } from '../../../src/module/index.ts'
import type { Facts, Probe } from '../../../src/module/index.ts'

export interface Download {
  url: string
  headers?: Record<string, string>
  username?: string
  password?: string
  timeout: number
  validateCerts: boolean
  useProxy: boolean
  httpAgent?: string
  clientCert?: string
  clientKey?: string
}

/** A program with its arguments and what it reads. */
export interface Command {
  argv: string[]
  stdin: string
  secret?: boolean
}

const curl = probe.program({ name: 'curl' })
const wget = probe.program({ name: 'wget' })
export const downloadProbes: Probe[] = [curl, wget]

/** Which program can do it; otherwise why none can. */
export function downloader(download: Download, facts: Facts): 'curl' | 'wget' | { failed: string } {
  if (facts.need(curl).path !== undefined) return 'curl'
  if (facts.need(wget).path === undefined) return { failed: 'neither curl nor wget is on the host: install curl' }
  const { headers = {}, username, clientCert, url } = download
  if (Object.keys(headers).length > 0 || username !== undefined || clientCert !== undefined || !/^(https?|ftp):/.test(url)) {
    return {
      failed:
        'the host has only wget, which can not be given headers, passwords, certificates or file: URLs safely: install curl',
    }
  }
  return 'wget'
}

/**
 * Downloads into a temporary file (beside `$1` when that is given), then runs the other arguments, in which @file@ stands
 * for it. All that is particular comes as arguments or on stdin: the script is always the same.
 */
const SCRIPT = `
program=$1 beside=$2 timeout=$3 check=$4 proxy=$5; shift 5
if [ -n "$beside" ]; then file=$beside; else file=$(mktemp) || exit 1; fi
trap 'rm -f -- "$file"' EXIT
trap 'exit 1' HUP INT TERM
if [ "$program" = curl ]; then curl --config - --output "$file" || exit
else
  said=$(wget --no-verbose --timeout="$timeout" --tries=1 "$check" "$proxy" --output-document="$file" --input-file=- 2>&1) ||
    { rc=$?; printf '%s\\n' "$said" >&2; exit "$rc"; }
fi
if [ ! -e "$file" ]; then : >"$file"; fi
for word; do shift; if [ "$word" = @file@ ]; then word=$file; fi; set -- "$@" "$word"; done
"$@" || exit
if [ -n "$beside" ]; then trap - EXIT; fi
`

/** `beside`: the path that keeps the download when `then` succeeds; otherwise it is removed. */
export function downloadCommand(download: Download, program: 'curl' | 'wget', then: string[], beside = ''): Command {
  const { url, timeout, validateCerts, useProxy, username, headers = {} } = download
  const check = validateCerts ? '--check-certificate' : '--no-check-certificate'
  const proxy = useProxy ? '--proxy' : '--no-proxy'
  return {
    argv: ['sh', '-c', SCRIPT, 'sh', program, beside, String(timeout), check, proxy, ...then],
    stdin: program === 'curl' ? curlConfig(download) : `${url}\n`,
    ...((username !== undefined || Object.keys(headers).length > 0 || /\/\/[^/]*@/.test(url)) && { secret: true }),
  }
}

function curlConfig(download: Download): string {
  const {
    url,
    headers = {},
    username,
    password = '',
    timeout,
    validateCerts,
    useProxy,
    httpAgent,
    clientCert,
    clientKey,
  } = download
  const lines = [
    'fail',
    'silent',
    'show-error',
    'location',
    'globoff',
    `connect-timeout = ${timeout}`,
    'speed-limit = 1',
    `speed-time = ${timeout}`,
  ]
  if (!validateCerts) lines.push('insecure')
  if (!useProxy) lines.push('noproxy = "*"')
  if (httpAgent !== undefined) lines.push(`user-agent = ${quoted(httpAgent)}`)
  if (username !== undefined) lines.push(`user = ${quoted(`${username}:${password}`)}`)
  if (clientCert !== undefined) lines.push(`cert = ${quoted(clientCert)}`)
  if (clientKey !== undefined) lines.push(`key = ${quoted(clientKey)}`)
  for (const [name, value] of Object.entries(headers)) lines.push(`header = ${quoted(`${name}: ${value}`)}`)
  return `${[...lines, `url = ${quoted(url)}`].join('\n')}\n`
}

/** A text of curl's configuration. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`
}

/** A URL without the password in it, to be shown. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}
