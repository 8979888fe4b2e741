/** Names in a certificate, as keytool writes them. */
import { normalSan } from '../keytool-output.ts'

/** OpenSSL's order is that of the certificate, Java's the other way round. */
export const ownerOf = (subject: string | undefined): string => (subject ?? '').split('\n').reverse().join(', ')

const KINDS: Record<string, string> = { DNS: 'dns', 'IP Address': 'ip', email: 'email', URI: 'uri' }

/** 'DNS:a.example, IP Address:127.0.0.1'; what holds a comma stands in quotes, as in JSON. */
export function alternativeNames(line: string): string[] {
  return [...line.matchAll(/([^,:\s][^,:]*):("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, kind, value]) =>
    normalSan(`${KINDS[kind!] ?? kind}:${value!.startsWith('"') ? (JSON.parse(value!) as string) : value}`),
  )
}
