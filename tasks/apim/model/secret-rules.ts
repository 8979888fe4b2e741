/** Passwords that the product stumbles over, and aliases that nobody gives. No message holds a value. */
import type { Finding } from './findings.ts'
import { type Tree, Untold, valueAt } from './read.ts'

/** '@', '#', '&' and others break AMQP addresses, XML files or both (product-apim issues 2148 and 12186). */
const GOOD = /^[A-Za-z0-9._~-]{8,}$/
const PASSWORDS = ['admin.password', 'keystore_password', 'truststore_password', 'database.apim_db.password', 'database.shared_db.password']
const PUBLIC: Record<string, string[]> = { 'admin.password': ['admin', 'wso2carbon'], keystore_password: ['wso2carbon'], truststore_password: ['wso2carbon'] }

export function passwordRules(apim: Tree): Finding[] {
  return PASSWORDS.flatMap((path) => {
    const value = valueAt(apim, path)
    if (value === undefined) return []
    const text = PUBLIC[path]?.includes(String(value))
      ? "is the product's public default; choose another"
      : GOOD.test(String(value))
        ? undefined
        : 'is not one that the product takes: a password here is 8 or more of A-Z a-z 0-9 . _ ~ -; it breaks on others, such as @ # & and %'
    return text === undefined ? [] : [{ path: ['apim', ...path.split('.')], text }]
  })
}

/** Aliases in [secrets] that the steps write themselves. */
const OURS = ['admin_password', 'keystore_password', 'truststore_password', 'apim_db_password', 'shared_db_password', 'encryption_key', 'choreo_token', 'app_password']

export function secretRules(apim: Tree): Finding[] {
  const { settings, secrets } = apim
  if (settings === undefined || settings instanceof Untold || secrets instanceof Untold) return []
  const named = [...JSON.stringify(settings).matchAll(/\$secret\{([^}]*)\}/g)].map((match) => match[1] as string)
  const known = [...OURS, ...Object.keys((secrets ?? {}) as Tree)]
  const lost = [...new Set(named)].filter((alias) => !known.includes(alias))
  return lost.map((alias) => ({ path: ['apim', 'settings'], text: `names $secret{${alias}}, but apim.secrets has no such alias` }))
}
