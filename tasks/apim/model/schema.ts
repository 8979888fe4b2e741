/**
 * The data model: every key of `apim` and `apim_node`, with what it may hold and what it is for. Only subtrees that hold the
 * product's own keys take any name.
 */
import { arg, z } from '../../../src/module/index.ts'
import { ANALYTICS, BALANCERS, CONTENT_SYNC, DATABASES, FIREWALLS } from './choices.ts'

const port = arg.integer.refine((value) => value > 0 && value < 65_536, 'expected a port, 1 to 65535')
const portOrNone = arg.integer.refine((value) => value >= 0 && value < 65_536, 'expected a port, 1 to 65535, or 0 for none')
const name = arg.text.refine((value) => value !== '', 'expected a name, got empty text')
const anything = z.record(z.string(), z.unknown())

const database = z.strictObject({
  name: name.describe('name of the database'),
  user: name.describe('its account'),
  password: arg.text.describe('password of the account'),
  url: arg.text.optional().describe('JDBC URL, where it is another than what is made of host, port and name'),
})

const certificate = z.strictObject({
  organization: arg.text.describe('organization in a certificate that is made here'),
  country: arg.text.describe('country in a certificate that is made here'),
  days: arg.integer.describe('validity of a certificate that is made here'),
  file: arg.text.describe('your certificate with its chain, PEM'),
  key: arg.text.describe('its key, PEM'),
  pkcs12: arg.text.optional().describe('certificate and key as one PKCS12 file'),
  pkcs12_password: arg.text.optional().describe('password of that file'),
  request: arg.boolean.optional().describe('whether a request to be signed is made'),
  ca: arg.text.optional().describe('certificate of the authority, PEM'),
  passphrase: arg.text.optional().describe('passphrase of the key'),
})

const contentSync = z.strictObject({
  mode: z.enum(CONTENT_SYNC).describe('how gateways come to the same artifacts'),
  directory: arg.text.optional().describe('where the share is on the nodes'),
  export: arg.text.optional().describe('what is mounted'),
  options: arg.text.optional().describe('mount options'),
  mount: z
    .strictObject({
      fstype: arg.text.describe('file system, as in /etc/fstab'),
      src: arg.text.describe('what is mounted, as in /etc/fstab'),
      opts: arg.text.optional().describe('mount options'),
    })
    .optional()
    .describe('any file system that the nodes can mount'),
  user: arg.text.optional().describe('user who receives copies on the other nodes'),
  port: port.optional().describe('port of sshd on the nodes that receive'),
  authorized_keys: arg.text.optional().describe('its file of keys'),
  host_keys: arg.text.optional().describe('directory of its host keys'),
  alarm: arg.listOf.optional().describe('program and arguments that are told when copies fail'),
})

const loadbalancer = z.strictObject({
  kind: z.enum(BALANCERS).optional().describe("nginx, haproxy, or external: somebody else's"),
  private: arg.text.optional().describe("directory of one of our own; '': that of the host"),
  main: arg.text.optional().describe('main configuration of that of the host'),
  unit: arg.text.optional().describe('its systemd unit'),
  address: arg.text.optional().describe('where it listens'),
  certificate: z
    .strictObject({
      file: arg.text.optional().describe('its certificate with its chain, PEM'),
      key: arg.text.optional().describe('its key, PEM'),
      pkcs12: arg.text.optional().describe('certificate and key as one PKCS12 file'),
      pkcs12_password: arg.text.optional().describe('password of that file'),
      request: arg.boolean.optional().describe('whether a request to be signed is made'),
      ca: arg.text.optional().describe('certificate of the authority, PEM'),
      passphrase: arg.text.optional().describe('passphrase of the key'),
    })
    .optional()
    .describe('its own certificate'),
  keepalived: z
    .strictObject({
      address: arg.text.optional().describe('the address of both, such as 192.0.2.10/24'),
      interface: arg.text.optional().describe('the network interface that has it'),
      router_id: arg.integer.optional().describe('number of the pair in its network, 1 to 255'),
    })
    .optional()
    .describe('one address for two of them'),
  check_from: arg.text.optional().describe('host from which an external one is looked at'),
  drain_command: arg.listOf.optional().describe('program that takes a node out at an external one, and puts it back'),
  ports: z
    .strictObject({
      ws: portOrNone.optional().describe('web sockets'),
      wss: portOrNone.optional().describe('web sockets over TLS'),
      websub_http: portOrNone.optional().describe('WebSub'),
      websub_https: portOrNone.optional().describe('WebSub over TLS'),
      http: portOrNone.optional().describe('leads to the portals by https'),
    })
    .optional()
    .describe('its other ports'),
})

const analytics = z.strictObject({
  enabled: arg.boolean.describe('whether it is on'),
  type: z.enum(ANALYTICS).optional().describe('where events of calls go'),
  auth_token: arg.text.optional().describe('on-prem key of Choreo'),
  config_endpoint: arg.text.optional().describe('service of Choreo'),
  moesif_key: arg.text.optional().describe('key of Moesif'),
  moesif_base_url: arg.text.optional().describe('service of Moesif'),
  pack: z.union([name, z.array(name).min(1)]).optional().describe('pack of workers and dashboard (3.x)'),
  java_home: arg.text.optional().describe('their JDK'),
  database: database.optional().describe('their database'),
  settings: anything.optional().describe("the product's own keys"),
})

export const apimSchema = z.strictObject({
  version: z.unknown().refine((value) => value !== undefined, 'missing').describe("the release, such as '3.2.0'"),
  pack: z.union([name, z.array(name).min(1)]).describe('a zip, a directory, or a list of directories'),
  java_home: arg.text.describe("JDK on the nodes; '': the one in PATH"),
  java_versions: z.tuple([arg.integer, arg.integer], 'expected the lowest and the highest Java, such as [11, 17]').optional().describe('lowest and highest Java'),
  jvm_memory: arg.text.optional().describe('JVM_MEM_OPTS of the server'),
  hostname: name.describe('what users type for portals and tokens'),
  gateway_hostname: name.describe('what API clients type'),
  portal_port: port.describe('port of the load balancer for the portals'),
  gateway_port: port.describe('port of the load balancer for calls'),
  admin: z.strictObject({ username: name.describe('the administrator'), password: arg.text.describe('the password') }).describe('the administrator'),
  certificate: certificate.describe('the certificate that users see'),
  keystore_password: arg.text.describe('password of the keystores on the nodes'),
  truststore_password: arg.text.describe('password of the truststore on the nodes'),
  database: z
    .strictObject({
      type: z.enum(DATABASES).describe('kind of server'),
      host: name.describe('where the nodes reach the server'),
      port: port.describe('port of the server'),
      admin_user: arg.text.optional().describe('who makes accounts and databases'),
      admin_password: arg.text.optional().describe('password of the administrator'),
      private: arg.text.describe("directory of a PostgreSQL cluster of our own; '': the server is there"),
      driver: name.describe('JDBC driver, a file on the nodes'),
      driver_class: arg.text.optional().describe('its class'),
      validation_query: arg.text.optional().describe('question of the connection pool'),
      options: arg.listOf.optional().describe('options of the JDBC URL'),
      client: z.enum(['native', 'jdbc']).optional().describe('what asks the server: psql or mysql, or the driver'),
      tls: arg.boolean.optional().describe('whether connections are encrypted and the certificate is checked'),
      ca: arg.text.optional().describe('certificate of the authority of the server, PEM'),
      script: arg.text.optional().describe('name of the scripts below dbscripts'),
      apim_db: database.describe('database of APIs, subscriptions and tokens'),
      shared_db: database.describe('database of users and registry'),
    })
    .describe('the databases'),
  content_sync: contentSync.describe('the artifacts of the gateways'),
  loadbalancer: loadbalancer.describe('the load balancer'),
  environments: z.array(anything).optional().describe('gateway environments, by their names'),
  gateway_labels: z.array(name).optional().describe('environments that the gateways serve (4.x)'),
  analytics: analytics.describe('analytics'),
  encryption_key: arg.text.optional().describe('from 4.7 on: 64 hex digits'),
  settings: anything.optional().describe('deployment.toml besides'),
  secrets: anything.optional().describe('plain text of the aliases in settings'),
  health_api: arg.text.optional().describe('path of an API by which a restart tells that APIs are there'),
  firewall: z
    .strictObject({
      kind: z.enum(FIREWALLS).describe('whose rules are written'),
      allow: arg.listOf.optional().describe('names, addresses and networks besides nodes and load balancers'),
    })
    .optional()
    .describe('who reaches the ports of the nodes'),
  log_days: arg.integer.optional().describe('days after which rolled logs are removed; 0: never'),
  manage_kernel: arg.boolean.optional().describe('whether network settings of the kernel are made'),
  service: arg.boolean.optional().describe('whether the server is a systemd unit'),
  user: arg.text.optional().describe('user of the server'),
  user_id: arg.integer.optional().describe('number of that user'),
  sample_api: arg.boolean.describe('whether a small API is published'),
})

export const nodeSchema = z.strictObject({
  address: name.describe('what others call this node'),
  offset: arg.integer.refine((value) => value >= 0 && value < 50_000, 'expected a number from 0 on').describe('added to all ports'),
  home: arg.text.refine((value) => /^\/./.test(value), 'expected an absolute path').describe('CARBON_HOME'),
})
