/** How keytool is called: English output, passwords in the environment only. */
import { type CommandFact, type Probe, probe, type RunAction, type Effect } from '../../../src/module/index.ts'

/** A store, and what opens it. */
export interface Store {
  path: string
  password: string
  type?: string
}

/** Where keytool is: an explicit path, or that of a JDK, or PATH. */
export function keytoolOf(args: { keytool?: string; java_home?: string }): string {
  return args.keytool ?? (args.java_home ? `${args.java_home.replace(/\/+$/, '')}/bin/keytool` : 'keytool')
}

const ENGLISH = ['-J-Duser.language=en', '-J-Duser.country=US']
/** It lives for a moment: compiling well costs more than it gains. A Java that does not know these ignores them. */
const BRIEF = ['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC']

/** Names of the environment variables that carry passwords. */
const STORE = 'AARUN_STORE_PASSWORD'
const KEY = 'AARUN_KEY_PASSWORD'
const NEW = 'AARUN_NEW_PASSWORD'
const OTHER = 'AARUN_OTHER_PASSWORD'

/** Without -storetype keytool finds out itself what the file is, and says so. */
const opened = (store: Store): string[] => ['-keystore', store.path, '-storepass:env', STORE]

function ask(tool: string, words: string[], env: Record<string, string>, reads: string[]): Probe<'command'> {
  return probe.command({ argv: [tool, ...ENGLISH, ...BRIEF, ...words], env, reads, secret: true, timeout: 120 })
}

/** All entries of a store. */
export function listProbe(tool: string, store: Store): Probe<'command'> {
  return ask(tool, ['-list', '-v', ...opened(store)], { [STORE]: store.password }, [store.path])
}

/** Can the key be read with this password? A request for a certificate needs it, and changes nothing. */
export function keyPasswordProbe(tool: string, store: Store, alias: string, keyPassword: string): Probe<'command'> {
  return ask(
    tool,
    ['-certreq', '-alias', alias, ...opened(store), '-keypass:env', KEY],
    { [STORE]: store.password, [KEY]: keyPassword },
    [store.path],
  )
}

/** The public certificate of an alias, PEM on stdout. */
export function pemProbe(tool: string, store: Store, alias: string): Probe<'command'> {
  return ask(tool, ['-exportcert', '-rfc', '-alias', alias, ...opened(store)], { [STORE]: store.password }, [store.path])
}

function run(argv: string[], env: Record<string, string>, made: string[]): RunAction {
  const makes = made.map((path): Effect => ({ kind: 'file', path, fact: 'unknown' }))
  // Neither argv nor the output of keytool holds a secret, and its complaints must be readable.
  return { kind: 'run', argv, env, umask: '077', timeout: 300, makes, complete: true }
}

/** The changes that keytool can make to a store; each is one action on the file `store.path`. */
export function editor(tool: string, store: Store & { type: string }) {
  const change = (words: string[], env: Record<string, string> = {}) =>
    run([tool, ...ENGLISH, ...BRIEF, ...words, ...opened(store)], { [STORE]: store.password, ...env }, [store.path])
  return {
    generate: (key: {
      alias: string
      dname: string
      san: string[]
      keySize: number
      validity: number
      keyPassword: string
    }): RunAction =>
      change(
        [
          '-genkeypair',
          '-alias',
          key.alias,
          '-keyalg',
          'RSA',
          '-keysize',
          String(key.keySize),
          '-validity',
          String(key.validity),
          '-storetype',
          store.type,
          '-dname',
          key.dname,
          ...(key.san.length > 0 ? ['-ext', `SAN=${key.san.join(',')}`] : []),
          // The product encrypts with this key too (dataEncipherment), and clients trust the certificate itself (keyCertSign).
          '-ext',
          'KeyUsage=digitalSignature,keyEncipherment,dataEncipherment,keyCertSign',
          '-ext',
          'ExtendedKeyUsage=serverAuth,clientAuth',
          '-keypass:env',
          KEY,
        ],
        { [KEY]: key.keyPassword },
      ),
    remove: (alias: string): RunAction => change(['-delete', '-alias', alias]),
    trust: (alias: string, certificate: string): RunAction =>
      change(['-importcert', '-noprompt', '-alias', alias, '-file', certificate, '-storetype', store.type]),
    changeKeyPassword: (alias: string, old: string, next: string): RunAction =>
      change(['-keypasswd', '-alias', alias, '-keypass:env', KEY, '-new:env', NEW], { [KEY]: old, [NEW]: next }),
    /** Opens the store with the old password; later actions need the new one. */
    changePassword: (old: string): RunAction =>
      run(
        [tool, ...ENGLISH, ...BRIEF, '-storepasswd', '-keystore', store.path, '-storepass:env', STORE, '-new:env', NEW],
        { [STORE]: old, [NEW]: store.password },
        [store.path],
      ),
    /** A private key with its chain out of another store. */
    importKey: (
      from: Store & { type: string },
      alias: { from: string; to: string },
      keyPassword: { from: string; to: string },
    ): RunAction =>
      run(
        [
          tool,
          ...ENGLISH,
          ...BRIEF,
          '-importkeystore',
          '-noprompt',
          '-srckeystore',
          from.path,
          '-srcstoretype',
          from.type,
          '-srcstorepass:env',
          OTHER,
          '-srcalias',
          alias.from,
          '-srckeypass:env',
          'AARUN_OTHER_KEY_PASSWORD',
          '-destkeystore',
          store.path,
          '-deststoretype',
          store.type,
          '-deststorepass:env',
          STORE,
          '-destalias',
          alias.to,
          '-destkeypass:env',
          KEY,
        ],
        { [STORE]: store.password, [OTHER]: from.password, AARUN_OTHER_KEY_PASSWORD: keyPassword.from, [KEY]: keyPassword.to },
        [store.path],
      ),
  }
}

/** Writes the public certificate of an alias of a store to a file. */
export function exportTo(tool: string, store: Store, alias: string, path: string): RunAction {
  return run(
    [tool, ...ENGLISH, ...BRIEF, '-exportcert', '-rfc', '-alias', alias, '-file', path, ...opened(store)],
    { [STORE]: store.password },
    [path],
  )
}

/** A PEM certificate (with its chain) and key as a PKCS12 file, from which keytool can import. */
export function bundle(
  files: { certificate: string; privateKey: string; passphrase?: string },
  alias: string,
  to: Store,
): RunAction {
  return run(
    [
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      files.certificate,
      '-inkey',
      files.privateKey,
      '-name',
      alias,
      '-out',
      to.path,
      '-passin',
      `env:${KEY}`,
      '-passout',
      `env:${STORE}`,
    ],
    { [KEY]: files.passphrase ?? '', [STORE]: to.password },
    [to.path],
  )
}

/** Why a store could not be read, in one line; undefined when it could. */
export function storeError(fact: CommandFact, store: Store, tool: string): string | undefined {
  if (!fact.found) return noKeytool(tool)
  if (fact.rc === 0) return undefined
  if (isWrongPassword(fact)) return wrongPassword(store.path)
  if (/Invalid keystore format|Unrecognized keystore format|DerInputStream/.test(fact.stdout))
    return `${store.path} is not a keystore`
  return `keytool could not read ${store.path}: ${toolMessage(fact)}`
}

export const noKeytool = (tool: string): string =>
  `there is no program ${tool} on the host: install a JDK (openjdk-17-jre-headless), or give java_home or keytool`

export const wrongPassword = (path: string): string =>
  `the password of ${path} is not right: give the one that opens it (to change it, the new one, and the one that it has as old_password)`

export function isWrongPassword(fact: CommandFact): boolean {
  return (
    fact.rc !== 0 &&
    /password was incorrect|Keystore was tampered with|keystore password was incorrect/i.test(fact.stdout + fact.stderr)
  )
}

/** keytool's own words, without its prefix and class names. */
export function toolMessage(fact: { stdout?: string; stderr?: string }): string {
  const text = `${fact.stdout ?? ''}\n${fact.stderr ?? ''}`
  const line = text.split('\n').find((one) => /error|exception/i.test(one)) ?? text.trim().split('\n')[0] ?? ''
  return line.replace(/^keytool error: (java\.[\w.]+: )?/, '').trim()
}
