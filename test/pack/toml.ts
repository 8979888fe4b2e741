export interface Settings {
  databases: { port: number; apim: string; shared: string; password?: string; query?: string };
  /** Inserted before [keystore.tls] and so on. */
  keystore?: string;
  /** [apim.*] tables. */
  apim?: string;
  /** Whatever must come last. */
  end?: string;
  adminPassword?: string;
  /** Name of the gateway environment: 3.x ships another than 4.x. */
  environment?: string;
}

/** A deployment.toml of one node. */
export function deployment(settings: Settings): string {
  const { port, apim, shared, password = '', query = '' } = settings.databases;
  const database = (key: string, name: string) => `
[database.${key}]
type = "postgre"
url = "jdbc:postgresql://127.0.0.1:${port}/${name}${query}"
username = "postgres"
password = ${JSON.stringify(password)}
`;
  return `# test
[server]
hostname = "localhost"
node_ip = "127.0.0.1"

[super_admin]
username = "admin"
password = "${settings.adminPassword ?? 'admin'}"
create_admin_account = true
${database('apim_db', apim)}${database('shared_db', shared)}
${settings.keystore ?? ''}
[[apim.gateway.environment]]
name = "${settings.environment ?? 'Production and Sandbox'}"
type = "hybrid"
service_url = "https://localhost:\${mgt.transport.https.port}/services/"
username = "\${admin.username}"
password = "\${admin.password}"

${settings.apim ?? ''}
${settings.end ?? ''}
`;
}

/** Traffic managers, one array per group: the offsets of the nodes in it. */
export function urlGroups(...groups: number[][]): string {
  const list = (scheme: string, base: number, offsets: number[]) =>
    offsets.map((offset) => `"${scheme}://127.0.0.1:${base + offset}"`).join(', ');
  return groups
    .map(
      (offsets) => `[[apim.throttling.url_group]]
traffic_manager_urls = [${list('tcp', 9611, offsets)}]
traffic_manager_auth_urls = [${list('ssl', 9711, offsets)}]
type = "loadbalance"
`,
    )
    .join('\n');
}

/** Where decisions come from (the own broker) and where they go as well (the other node's). */
export function throttling(own: number, other: number | undefined): string {
  const duplicate = other === undefined ? '' : `event_duplicate_url = ["tcp://127.0.0.1:${5672 + other}"]\n`;
  return `[apim.throttling]\n${duplicate}throttle_decision_endpoints = ["tcp://127.0.0.1:${5672 + own}"]\n\n`;
}

/** The 4.x event hub: the nodes which hear of a deployment. */
export function eventHub(own: number, offsets: number[]): string {
  const groups = offsets.map(
    (offset) => `[[apim.event_hub.publish.url_group]]
urls = ["tcp://127.0.0.1:${9611 + offset}"]
auth_urls = ["ssl://127.0.0.1:${9711 + offset}"]
`,
  );
  return `[apim.event_hub]\nenable = true\nevent_listening_endpoints = ["tcp://127.0.0.1:${5672 + own}"]\n\n${groups.join('\n')}`;
}
