/** What is wrong with the data model as a whole: keys that are good each by itself, and bad together. */
import { WITH_CLIENT } from './choices.ts'
import { nodeRules, type Nodes } from './node-rules.ts'
import { passwordRules, secretRules } from './secret-rules.ts'
import { syncRules } from './sync-rules.ts'
import type { Finding } from './findings.ts'
import { textAt, type Tree, Untold, valueAt } from './read.ts'

export interface Model {
  apim: Tree
  nodes: Nodes
  /** Releases that the playbooks know, such as 3.2. */
  releases: string[]
}

export function rulesOf(model: Model): Finding[] {
  return [versionRule, driverRule, clientRule, administratorRule, clusterRule, portalRule, serviceRule, encryptionRule, javaRule].flatMap((rule) => rule(model))
    .concat(nodeRules(model.nodes, atLeast(model.apim, 4, 0)), syncRules(model.apim), passwordRules(model.apim), secretRules(model.apim))
}

const finding = (path: string, text: string, grave = false): Finding[] => [{ path: ['apim', ...path.split('.')], text, ...(grave && { grave }) }]

export const releaseOf = (apim: Tree): string => textAt(apim, 'version').split('.').slice(0, 2).join('.')

const atLeast = (apim: Tree, major: number, minor: number): boolean => {
  const [a = 0, b = 0] = textAt(apim, 'version').split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

function versionRule({ apim, releases }: Model): Finding[] {
  const version = valueAt(apim, 'version')
  if (typeof version === 'string' && /^[34]\.\d+\.\d+$/.test(version) && releases.includes(releaseOf(apim))) return []
  return finding('version', `is '${String(version)}'; expected one of ${releases.join(', ')} with its third number, such as '3.2.0' or '4.2.0' (in quotes)`, true)
}

/** Its SQL is chosen by the driver's name, and it knows none of MariaDB's (product-apim issue 9266). */
function driverRule({ apim }: Model): Finding[] {
  const driver = textAt(apim, 'database.driver')
  if (!/mariadb[^/]*$/i.test(driver)) return []
  return finding('database.driver', `is ${driver}: API Manager does not start with MariaDB's driver. For MySQL and MariaDB servers it takes MySQL Connector/J (mysql-connector-j-8.x.jar, Maven Central: com.mysql:mysql-connector-j)`)
}

function clientRule({ apim }: Model): Finding[] {
  const type = textAt(apim, 'database.type')
  if (textAt(apim, 'database.client') !== 'native' || WITH_CLIENT.includes(type)) return []
  return finding('database.client', `is native, but ${type} is asked by its driver: set it to jdbc`)
}

/** Accounts and databases of the other servers are made by their administrators. */
function administratorRule({ apim }: Model): Finding[] {
  const type = textAt(apim, 'database.type')
  if (!WITH_CLIENT.includes(type)) return []
  const database = valueAt(apim, 'database') as Tree
  return ['admin_user', 'admin_password'].flatMap((key) => (!Object.hasOwn(database, key) ? finding(`database.${key}`, `is missing: who makes accounts and databases on ${type}`, true) : []))
}

function clusterRule({ apim }: Model): Finding[] {
  const type = textAt(apim, 'database.type')
  const directory = textAt(apim, 'database.private')
  if (directory === '' || type === 'postgresql') return []
  return finding('database.private', `is '${directory}', but only a PostgreSQL cluster is made here; for ${type} set apim.database.private to '' and apim.database.host and .port to your server`)
}

function portalRule({ apim }: Model): Finding[] {
  if (textAt(apim, 'portal_port') !== textAt(apim, 'gateway_port')) return []
  return finding('gateway_port', 'is the same as apim.portal_port; the load balancer needs a port for each')
}

function serviceRule({ apim }: Model): Finding[] {
  if (valueAt(apim, 'service') !== true) return []
  const user = textAt(apim, 'user')
  if (user !== '' && user !== 'root' && textAt(apim, 'java_home') !== '') return []
  return finding('service', 'is true, so apim.user must name the user of the server (not root), and apim.java_home its JDK')
}

/** Without it each node makes up its own (api-manager issue 4805). */
function encryptionRule({ apim }: Model): Finding[] {
  if (!atLeast(apim, 4, 7) || apim.encryption_key instanceof Untold || /^[0-9a-fA-F]{64}$/.test(textAt(apim, 'encryption_key'))) return []
  return finding('encryption_key', 'must be 64 hex digits from 4.7 on, the same on all nodes')
}

function javaRule({ apim }: Model): Finding[] {
  const range = valueAt(apim, 'java_versions')
  if (!Array.isArray(range) || Number(range[0]) <= Number(range[1])) return []
  return finding('java_versions', `is ${range.join(' to ')}: the lowest comes first`)
}
