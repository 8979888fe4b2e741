/** A certificate for 127.0.0.1 that an authority of the test's own has signed. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Authority {
  certificate: string
  key: string
  /** File with the certificate of the authority. */
  ca: string
  /** A keystore that knows the authority; its password is `trust-me`. */
  truststore(): string
}

export function authority(directory: string, name: string): Authority {
  const at = (file: string) => join(directory, file)
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: directory, stdio: 'ignore' })
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...fresh, '-days', '2', '-subj', `/CN=${name}`, '-keyout', `${name}-ca.key`, '-out', `${name}-ca.pem`)
  openssl('req', ...fresh, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${name}.key`, '-out', `${name}.csr`)
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${name}-ca.pem`, '-CAkey', `${name}-ca.key`, '-days', '2', '-copy_extensions', 'copy', '-out', `${name}.pem`)
  return {
    certificate: readFileSync(at(`${name}.pem`), 'utf8'),
    key: readFileSync(at(`${name}.key`), 'utf8'),
    ca: at(`${name}-ca.pem`),
    truststore: () => {
      const store = at(`${name}.p12`)
      execFileSync('keytool', ['-importcert', '-noprompt', '-alias', 'ca', '-file', at(`${name}-ca.pem`), '-keystore', store, '-storetype', 'PKCS12', '-storepass', 'trust-me'], { stdio: 'ignore' })
      return store
    },
  }
}
