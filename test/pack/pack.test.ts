import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, call } from './http.ts';
import { compiledPack, PACK, RELEASES } from './compiled.ts';
import { environment, javaHome } from './java.ts';
import { Node, pause } from './node.ts';
import { nodeOffset } from './ports.ts';
import { Postgres } from './postgres.ts';
import { deployment, eventHub, type Settings, throttling, urlGroups } from './toml.ts';

const ADMIN = 'admin:admin';
const LOGIN = '/publisher/services/auth/login';
/** Where the releases of these tests have their REST APIs. */
const REST: Record<string, { publisher: string; admin: string; portal: string }> = {
  '3.1.0': { publisher: 'v1', admin: 'v0.16', portal: 'store/v1' },
  '3.2.0': { publisher: 'v1', admin: 'v1', portal: 'store/v1' },
  '4.0.0': { publisher: 'v2', admin: 'v2', portal: 'devportal/v2' },
  '4.2.0': { publisher: 'v4', admin: 'v4', portal: 'devportal/v3' },
  '4.3.0': { publisher: 'v4', admin: 'v4', portal: 'devportal/v3' },
};
const rest = (node: Node) => {
  const of = REST[node.release];
  if (of === undefined) throw new Error(`where are the REST APIs of ${node.release}?`);
  return { apis: `/api/am/publisher/${of.publisher}/apis`, policies: `/api/am/admin/${of.admin}/throttling/policies`, portal: `/api/am/${of.portal}` };
};

let temp: string;
let compiled: string;
let postgres: Postgres;
let one: Node;
let two: Node;
let names = 0;

/** Longer than a decision takes on its way. */
const DECIDED = 700;

test.before(async () => {
  temp = mkdtempSync(path.join(os.tmpdir(), 'aarun-pack-'));
  chmodSync(temp, 0o711);
  compiled = compiledPack(temp);
  postgres = await Postgres.start();
  schema('apim_db', 'shared_db');
  const first = await nodeOffset(7);
  one = new Node(path.join(temp, 'one'), first, compiled);
  two = new Node(path.join(temp, 'two'), first + 7, compiled);
  one.addDriver();
  two.addDriver();
  share(one, two);
});

test.after(async () => {
  await Node.stopAll();
  await postgres?.stop();
  rmSync(temp, { recursive: true, force: true });
});

// --- helpers

/** Two databases with the pack's own scripts loaded. */
function schema(apim: string, shared: string): void {
  postgres.create(apim);
  postgres.create(shared);
  postgres.script(apim, path.join(PACK, 'dbscripts/apimgt/postgresql.sql'));
  postgres.script(shared, path.join(PACK, 'dbscripts/postgresql.sql'));
}

/** What a shared file system does: both nodes see one synapse-configs and one executionplans. */
function share(...nodes: Node[]): void {
  for (const folder of ['synapse-configs', 'executionplans']) {
    const shared = path.join(temp, 'shared', folder);
    cpSync(path.join(PACK, 'repository/deployment/server', folder), shared, { recursive: true });
    for (const node of nodes) {
      const local = node.file(`repository/deployment/server/${folder}`);
      rmSync(local, { recursive: true });
      symlinkSync(shared, local);
    }
  }
}

function databases({ apim = 'apim_db', shared = 'shared_db', ...extra }: Partial<Settings['databases']> = {}): Settings['databases'] {
  return { port: postgres.port, password: postgres.password, apim: postgres.name(apim), shared: postgres.name(shared), ...extra };
}

/** Both nodes as packs of this release, which they may be already. */
function fresh(release: string): void {
  if (one.release === release && two.release === release) return;
  for (const node of [one, two]) {
    node.become(release, compiled);
    node.addDriver();
  }
  if (release.startsWith('3.')) share(one, two);
}

async function startBoth(release: string, apim: (own: Node, other: Node) => string): Promise<void> {
  await one.stop();
  await two.stop();
  const environment = environmentOf(release);
  fresh(release);
  for (const [own, other] of [[one, two], [two, one]] as const) {
    own.configure(deployment({ databases: databases(), apim: apim(own, other), environment }));
    await own.start();
    assert.ok(own.started, own.output);
  }
  // A node that was started first reconnects to the other within a second.
  await pause(1300);
}

const environmentOf = (release: string) => (release.startsWith('3.') ? 'Production and Sandbox' : 'Default');

const activeActive = (own: Node, other: Node) =>
  throttling(own.offset, other.offset) + urlGroups([one.offset], [two.offset]) + eventHub(own.offset, [one.offset, two.offset]);

async function create(node: Node, quota: string, more: object = {}): Promise<{ id: string; route: string }> {
  const name = `Api${++names}`;
  const json = { name, context: `/api${names}`, version: '1.0.0', throttlingPolicy: quota, gatewayEnvironments: ['Production and Sandbox'], ...more };
  const created = await node.management(rest(node).apis, { auth: ADMIN, json });
  assert.is(created.status, 201, created.text);
  return { id: JSON.parse(created.text).id, route: `/api${names}/1.0.0/hello` };
}

function publishing(node: Node, api: { id: string }): Promise<Answer> {
  return node.management(`${rest(node).apis}/change-lifecycle?apiId=${api.id}&action=Publish`, { auth: ADMIN, method: 'POST' });
}

async function publish(node: Node, quota: string, more: object = {}): Promise<{ id: string; route: string }> {
  const api = await create(node, quota, more);
  const published = await publishing(node, api);
  assert.is(published.status, 200, published.text);
  return api;
}

/** Asks until the status comes, at most for three seconds. */
async function until(status: number, ask: () => Promise<Answer>): Promise<Answer> {
  let answer = await ask();
  for (let left = 60; left > 0 && answer.status !== status; left--) {
    await pause(50);
    answer = await ask();
  }
  assert.is(answer.status, status, answer.text);
  return answer;
}

/** Calls, alternating between the nodes, that get through; and what both answer when the decision is made. */
async function spend(route: string, calls: number): Promise<string[]> {
  for (let i = 0; i < calls; i++) assert.is((await (i % 2 === 0 ? one : two).gateway(route)).status, 200, `call ${i + 1}`);
  await pause(DECIDED);
  return Promise.all([one, two].map(async (node) => {
    const answer = await node.gateway(route);
    return answer.status === 429 ? `429 ${JSON.parse(answer.text).code}` : String(answer.status);
  }));
}

/** Quotas are counted in windows that are aligned to the clock: keep away from the end of the hour. */
async function awayFromTheHour(): Promise<void> {
  const left = 3_600_000 - (Date.now() % 3_600_000);
  if (left < 15_000) await pause(left + 100);
}

/** An API on both nodes, without counting a call. */
async function onBoth(file: string): Promise<void> {
  for (const node of [one, two]) {
    for (let left = 60; left > 0 && !node.log.includes(`Initializing API: admin--${file}:`); left--) await pause(50);
  }
}

/** An API with a quota of six, of which `calls` are used. */
async function afterCalls(calls: number): Promise<string[]> {
  await awayFromTheHour();
  const api = await publish(one, '6PerHour');
  await onBoth(`Api${names}`);
  return spend(api.route, calls);
}

async function failing(settings: Partial<Settings>, change: (node: Node) => void = () => undefined, release = '3.2.0'): Promise<Node> {
  const node = new Node(path.join(temp, `failing${++names}`), one.offset, compiled, release);
  node.addDriver();
  node.configure(deployment({ databases: databases(), environment: environmentOf(release), ...settings }));
  change(node);
  await Node.stopAll();
  await node.start();
  return node;
}

async function refusesToStart(settings: Partial<Settings>, ...messages: string[]): Promise<void> {
  const node = await failing(settings);
  const { log, output, started, exitCode } = node;
  await node.stop();
  for (const message of messages) assert.ok(log.includes(message), `${message}\n--- is not in\n${log}`);
  assert.not.ok(started, output);
  assert.is(exitCode, 1);
}

/** The same before the log is open: only who reads what the server prints sees why. */
async function refusesInSilence(settings: Partial<Settings>, ...messages: string[]): Promise<void> {
  const node = await failing(settings);
  const { log, output, exitCode } = node;
  await node.stop();
  for (const message of messages) assert.ok(output.includes(message), `${message}\n--- is not in\n${output}`);
  assert.is(log, '');
  assert.is(exitCode, 1);
}

/** The server says that it started, but nothing that needs the database works. */
async function startsBroken(settings: Partial<Settings>, messages: (string | RegExp)[], change?: (node: Node) => void): Promise<void> {
  const node = await failing(settings, change);
  try {
    assert.ok(node.started, node.log);
    for (const message of messages) assert.match(node.log, message);
    assert.is((await node.management('/services/Version')).status, 200);
    assert.is((await node.management(rest(node).apis, { auth: ADMIN })).status, 500);
    const token = await node.management('/oauth2/token', { auth: 'a:b', form: { grant_type: 'client_credentials' } });
    assert.is(token.status, 500, token.text);
  } finally {
    await node.stop();
  }
}

// --- what works

test('calls itself a stand-in', () => {
  const version = execFileSync('sh', [one.file('bin/wso2server.sh'), 'version'], { env: environment(), encoding: 'utf8' });
  assert.is(version, 'WSO2 API Manager v3.2.0 (stand-in)\nWSO2 Carbon Framework v4.6.0\n');
  assert.match(readFileSync(path.join(PACK, 'README.md'), 'utf8'), /stand-in/);
});

test('wants JAVA_HOME', () => {
  const run = spawnSync('env', ['-u', 'JAVA_HOME', 'sh', one.file('bin/wso2server.sh'), 'start'], { encoding: 'utf8' });
  assert.is(run.status, 1);
  assert.match(run.stdout, 'You must set the JAVA_HOME variable before running CARBON.');
});

test('two nodes start and serve', async () => {
  await startBoth('3.2.0', activeActive);
  const ca = execFileSync(
    path.join(javaHome(), 'bin/keytool'),
    [
      ...['-exportcert', '-rfc', '-alias', 'wso2carbon', '-storepass', 'wso2carbon'],
      ...['-keystore', one.file('repository/resources/security/wso2carbon.jks')],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  for (const node of [one, two]) {
    for (const port of [9443, 8243]) {
      const answer = await call(`https://localhost:${port + node.offset}/services/Version`, { ca });
      assert.match(answer.text, '<return>WSO2 API Manager-3.2.0 (stand-in)</return>');
    }
    assert.is((await call(`http://127.0.0.1:${9099 + node.offset}/health`)).status, 200);
    assert.is((await node.management('/carbon/admin/login.jsp')).status, 200);
    assert.match(node.log, `Mgt Console URL  : https://localhost:${9443 + node.offset}/carbon/`);
    const pid = readFileSync(node.file('wso2carbon.pid'));
    assert.is(pid.length, 100);
    assert.match(pid.toString(), /^\d+\n\0+$/);
  }
});

test('an API published on one node is served by both, and undeployed on both', async () => {
  const api = await publish(one, 'Unlimited');
  const first = await until(200, () => one.gateway(api.route));
  const second = await until(200, () => two.gateway(api.route));
  assert.is(first.headers['x-node'], `127.0.0.1:${8243 + one.offset}`);
  assert.is(second.headers['x-node'], `127.0.0.1:${8243 + two.offset}`);
  assert.is((await two.management(`${rest(two).apis}/${api.id}`, { auth: ADMIN, method: 'DELETE' })).status, 200);
  await until(404, () => one.gateway(api.route));
  await until(404, () => two.gateway(api.route));
});

test('an empty share undeploys everything', async () => {
  const api = await publish(one, 'Unlimited');
  await until(200, () => two.gateway(api.route));
  rmSync(path.join(temp, 'shared/synapse-configs/default/api'), { recursive: true });
  await until(404, () => two.gateway(api.route));
  mkdirSync(path.join(temp, 'shared/synapse-configs/default/api'));
});

test('a quota holds over both nodes when both are told of every call', async () => {
  assert.equal(await afterCalls(6), ['429 900802', '429 900802']);
});

test('a quota slips: what is called before the decision arrives gets through', async () => {
  await awayFromTheHour();
  const api = await publish(one, '3PerHour');
  await onBoth(`Api${names}`);
  const burst = await Promise.all(Array.from({ length: 8 }, () => one.gateway(api.route)));
  assert.equal(burst.map((answer) => answer.status), Array.from({ length: 8 }, () => 200));
  await pause(DECIDED);
  assert.is((await one.gateway(api.route)).status, 429);
});

/** A quota of five calls an hour. */
async function policy(level: string, policyName: string, more: object = {}): Promise<void> {
  const json = { policyName, defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount: { requestCount: 5, timeUnit: 'hour', unitTime: 1 } }, ...more };
  const created = await one.management(`${rest(one).policies}/${level}`, { auth: ADMIN, json });
  assert.is(created.status, 201, created.text);
}

test('a policy from the Admin API reaches both traffic managers through executionplans', async () => {
  await awayFromTheHour();
  await policy('advanced', 'FivePerHour');
  const operations = [{ target: '/*', verb: 'GET', authType: 'None' }];
  const api = await publish(one, '', { apiThrottlingPolicy: 'FivePerHour', operations });
  await onBoth(`Api${names}`);
  assert.equal(await spend(api.route, 5), ['429 900800', '429 900800']);
});

interface Application { id: string; auth: string; token: string }

/** An application of the Developer Portal with its keys. */
async function application(node: Node, throttlingPolicy = 'Unlimited'): Promise<Application> {
  const store = rest(node).portal;
  const made = await node.management(`${store}/applications`, { auth: ADMIN, json: { name: `App${++names}`, throttlingPolicy } });
  assert.is(made.status, 201, made.text);
  const id = JSON.parse(made.text).applicationId;
  const json = { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials', 'password'] };
  const keys = await node.management(`${store}/applications/${id}/generate-keys`, { auth: ADMIN, json });
  assert.is(keys.status, 200, keys.text);
  const { consumerKey, consumerSecret, token } = JSON.parse(keys.text);
  return { id, auth: `${consumerKey}:${consumerSecret}`, token: token.accessToken };
}

async function subscribe(node: Node, app: Application, api: { id: string }, throttlingPolicy = 'Unlimited'): Promise<void> {
  const store = rest(node).portal;
  const json = { applicationId: app.id, apiId: api.id, throttlingPolicy };
  const made = await node.management(`${store}/subscriptions`, { auth: ADMIN, json });
  assert.is(made.status, 201, made.text);
}

const SECURED = { policies: ['Unlimited'], operations: [{ target: '/*', verb: 'GET', authType: 'Application & Application User' }] };

test('a token opens an API on both nodes when its application has subscribed, until it is revoked', async () => {
  const api = await publish(one, 'Unlimited', SECURED);
  await until(401, () => two.gateway(api.route));
  const app = await application(one);
  const wrong = await one.management('/oauth2/token', { auth: app.auth, form: { grant_type: 'password', username: 'admin', password: 'wrong' } });
  assert.is(`${wrong.status} ${JSON.parse(wrong.text).error}`, '400 invalid_grant');
  const token = JSON.parse((await two.management('/oauth2/token', { auth: app.auth, form: { grant_type: 'client_credentials' } })).text).access_token;
  const call = (node: Node) => node.gateway(api.route, { auth: `Bearer ${token}` });
  const forbidden = await call(one);
  assert.is(`${forbidden.status} ${JSON.parse(forbidden.text).code}`, '403 900908');
  await subscribe(one, app, api);
  await until(200, () => call(one));
  await until(200, () => call(two));
  assert.is((await two.management(`${rest(two).apis}/${api.id}`, { auth: ADMIN, method: 'DELETE' })).status, 409);
  assert.is((await one.management('/oauth2/revoke', { auth: app.auth, form: { token } })).status, 200);
  await until(401, () => call(one));
  await until(401, () => call(two));
});

test('quotas of an application and of a subscription hold over both nodes', async () => {
  await awayFromTheHour();
  await policy('application', 'AppFive');
  await policy('subscription', 'SubFive', { stopOnQuotaReach: true });
  await policy('subscription', 'SubGoesOn');
  const api = await publish(one, '', { ...SECURED, policies: ['Unlimited', 'SubFive', 'SubGoesOn'] });
  await until(401, () => two.gateway(api.route));
  for (const [app, subscription, end] of [
    ['AppFive', 'Unlimited', '429 900803'],
    ['Unlimited', 'SubFive', '429 900804'],
    // Without stopOnQuotaReach calls are only marked.
    ['Unlimited', 'SubGoesOn', '200'],
  ] as const) {
    const own = await application(one, app);
    await subscribe(one, own, api, subscription);
    const call = (node: Node) => node.gateway(api.route, { auth: `Bearer ${own.token}` });
    await until(200, () => call(one));
    await until(200, () => call(two));
    for (const node of [one, two, one]) assert.is((await call(node)).status, 200);
    await pause(DECIDED);
    const refused = async (node: Node) => { const answer = await call(node); return `${answer.status}${answer.status === 429 ? ` ${JSON.parse(answer.text).code}` : ''}`; };
    assert.equal([await refused(one), await refused(two)], [end, end], `${app} ${subscription}`);
  }
});

test('the REST APIs are there under the versions of the release, and want scopes, and policies that exist', async () => {
  assert.is((await one.management('/api/am/publisher/v4/apis', { auth: ADMIN })).status, 404);
  const client = JSON.parse((await one.management('/client-registration/v0.17/register', { auth: ADMIN, json: { clientName: 'scopes', owner: 'admin' } })).text);
  const token = async (scope: string) => {
    const form = { grant_type: 'password', username: 'admin', password: 'admin', scope };
    return `Bearer ${JSON.parse((await one.management('/oauth2/token', { auth: `${client.clientId}:${client.clientSecret}`, form })).text).access_token}`;
  };
  assert.is((await one.management(rest(one).apis, { auth: await token('apim:subscribe') })).status, 401);
  assert.is((await one.management(rest(one).apis, { auth: await token('openid apim:api_view') })).status, 200);
  const json = { name: 'App', throttlingPolicy: 'Nowhere' };
  assert.match((await one.management(`${rest(one).portal}/applications`, { auth: ADMIN, json })).text, 'Specified tier Nowhere is invalid');
  const flat = { policyName: 'Flat', defaultLimit: { type: 'RequestCountLimit', requestCount: 5, timeUnit: 'hour', unitTime: 1 } };
  assert.is((await one.management(`${rest(one).policies}/advanced`, { auth: ADMIN, json: flat })).status, 400);
});

test('a portal registers itself at its own first login, and any other client only itself', async () => {
  const registered = () => postgres.query('apim_db', 'SELECT NAME FROM AM_SYSTEM_APPS ORDER BY NAME');
  const json = { clientName: 'other', owner: 'admin', grantType: 'password' };
  assert.is((await one.management('/client-registration/v0.17/register', { auth: ADMIN, json })).status, 200);
  assert.is((await one.management('/publisher')).status, 200);
  assert.is(registered(), '');
  assert.is((await one.management(LOGIN)).status, 302);
  assert.is(registered(), 'apim_publisher');
  assert.is((await one.management(LOGIN.replace('publisher', 'devportal'))).status, 302);
  assert.is(registered(), 'apim_devportal\napim_publisher');
});

test('an API that names no environment is deployed nowhere', async () => {
  const api = await publish(one, 'Unlimited', { gatewayEnvironments: undefined });
  await pause(1200);
  assert.is((await one.gateway(api.route)).status, 404);
});

test('the portals freeze their callback at the first login', async () => {
  const login = await one.management(LOGIN);
  assert.is(login.status, 302);
  const authorize = new URL(String(login.headers.location));
  const accepted = await one.management(authorize.pathname + authorize.search);
  assert.match(String(accepted.headers.location), '/authenticationendpoint/login.do');
  authorize.searchParams.set('redirect_uri', 'https://other.example.com/publisher/services/auth/callback/login');
  const refused = await one.management(authorize.pathname + authorize.search);
  const location = new URL(String(refused.headers.location));
  assert.is(location.searchParams.get('oauthErrorMsg'), 'Registered callback does not match with the provided url.');
});

test('a login through the form ends with a token, on the node that it began on', async () => {
  const authorize = new URL(String((await one.management(LOGIN)).headers.location));
  const begin = async (node: Node) => {
    const page = await node.management(authorize.pathname + authorize.search);
    return { sessionDataKey: new URL(String(page.headers.location)).searchParams.get('sessionDataKey') ?? '', cookie: String(page.headers['set-cookie']?.[0]?.split(';')[0]) };
  };
  const submit = (node: Node, { sessionDataKey, cookie }: { sessionDataKey: string; cookie: string }, password = 'admin') =>
    node.management('/oauth2/authorize', { cookie, form: { username: 'admin', password, sessionDataKey, tocommonauth: 'true' } });
  const login = await begin(one);
  assert.match(String((await submit(one, login, 'wrong')).headers.location), 'authFailure=true');
  assert.match(String((await submit(one, { ...login, cookie: 'other=1' })).headers.location), 'Session+nonce+cookie+value+is+not+matching');
  assert.match(String((await submit(two, login)).headers.location), 'oauthErrorCode=invalid_request');
  const callback = new URL(String((await submit(one, login)).headers.location));
  const portal = await one.management(callback.pathname + callback.search);
  assert.is(portal.headers.location, '/publisher/');
  assert.match(String(portal.headers['set-cookie']), /AM_ACC_TOKEN_DEFAULT_P2=.*,WSO2_AM_TOKEN_1_Default=/);
  assert.match(String((await one.management(callback.pathname + callback.search)).headers.location), 'error-pages?code=500');
});

test('a stop answers the calls in flight first', async () => {
  const slow = net.createServer((socket) => {
    socket.once('data', () => setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nslow'), 1000));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = slow.address() as net.AddressInfo;
    const api = await publish(two, 'Unlimited', { endpoint: `http://127.0.0.1:${port}` });
    await onBoth(`Api${names}`);
    const inFlight = two.gateway(api.route);
    await pause(300);
    await two.stop();
    assert.is((await inFlight).text, 'slow');
    assert.match(two.log, /Shutting down [\s\S]*Shutdown complete[\s\S]*Halting JVM/);
  } finally {
    slow.close();
  }
});

// --- what fails, as the product fails

test('a quota is doubled when each node tells only itself', async () => {
  await startBoth('3.2.0', (own) => throttling(own.offset, undefined) + urlGroups([own.offset]));
  assert.equal(await afterCalls(11), ['429 900802', '200']);
});

test('a quota is doubled when one group alternates between the nodes', async () => {
  await startBoth('3.2.0', (own) => throttling(own.offset, undefined) + urlGroups([one.offset, two.offset]));
  assert.equal(await afterCalls(9), ['200', '200']);
});

test('a node that hears no decision lets everything through', async () => {
  await startBoth('3.2.0', (own) => throttling(own.offset, undefined) + urlGroups([one.offset]));
  // One counts all calls; the decision never reaches two.
  assert.equal(await afterCalls(6), ['429 900802', '200']);
});

async function deploy(node: Node, api: { id: string }, target: unknown): Promise<Answer> {
  const revision = await node.management(`${rest(node).apis}/${api.id}/revisions`, { auth: ADMIN, json: {} });
  assert.is(revision.status, 201, revision.text);
  return node.management(`${rest(node).apis}/${api.id}/deploy-revision?revisionId=${JSON.parse(revision.text).id}`, { auth: ADMIN, json: target });
}

test('a node that hears of no subscription refuses the token until its restart', async () => {
  await startBoth('3.2.0', (own) => throttling(own.offset, undefined) + urlGroups([own.offset]) + eventHub(own.offset, [own.offset]));
  const api = await publish(one, 'Unlimited', SECURED);
  await until(401, () => two.gateway(api.route));
  const app = await application(one);
  await subscribe(one, app, api);
  const call = (node: Node) => node.gateway(api.route, { auth: `Bearer ${app.token}` });
  await until(200, () => call(one));
  assert.is((await call(two)).status, 403);
  // And it does not hear of the revocation either, but reads it when it starts.
  await two.stop();
  await two.start();
  await until(200, () => call(two));
  assert.is((await one.management('/oauth2/revoke', { auth: app.auth, form: { token: app.token } })).status, 200);
  await until(401, () => call(one));
  assert.is((await call(two)).status, 200);
});

test('duplicated decisions of 4.0 to 4.2 are dropped, unless both publishers are made to write JSON', async () => {
  const limited = async () => {
    await awayFromTheHour();
    const api = await create(one, '4PerHour');
    await deploy(one, api, [{ name: 'Default' }]);
    await until(200, () => one.gateway(api.route));
    await until(200, () => two.gateway(api.route));
    // Only one's traffic manager is told of the calls, so two depends on what is duplicated.
    return spend(api.route, 2);
  };
  const toOne = (own: Node, other: Node) => throttling(own.offset, other.offset) + urlGroups([one.offset]) + eventHub(own.offset, [one.offset, two.offset]);
  await startBoth('4.2.0', toOne);
  assert.equal(await limited(), ['429 900802', '200']);
  assert.match(two.log, 'Event dropped due to unsupported message type class org.wso2.andes.client.message.AMQPEncodedMapMessage');
  await one.stop();
  for (const name of ['jmsEventPublisher2', 'jmsEventPublisher_1.10.0_2']) {
    const template = one.file(`repository/resources/conf/templates/repository/deployment/server/eventpublishers/${name}.xml.j2`);
    writeFileSync(template, readFileSync(template, 'utf8').replace('type="map"', 'type="json"'));
  }
  await one.start();
  assert.match(one.output, 'Configurations templates Changed in :');
  await pause(1300);
  assert.equal(await limited(), ['429 900802', '429 900802']);
  await startBoth('4.3.0', toOne);
  assert.equal(await limited(), ['429 900802', '429 900802']);
});

test('3.0 and 3.1 duplicate decisions by hand-made files', async () => {
  await startBoth('3.1.0', (own) => throttling(own.offset, undefined) + urlGroups([one.offset]));
  assert.not.ok(existsSync(one.file('repository/conf/jndi2.properties')));
  assert.equal(await afterCalls(6), ['429 900802', '200']);
  await one.stop();
  writeFileSync(one.file('repository/conf/jndi2.properties'),
    `connectionfactory.TopicConnectionFactory = amqp://admin:admin@clientid/carbon?brokerlist='tcp://127.0.0.1:${5672 + two.offset}'\n`);
  const publishers = 'repository/deployment/server/eventpublishers';
  for (const name of ['jmsEventPublisher', 'jmsEventPublisher_1.10.0']) {
    const own = one.read(`${publishers}/${name}.xml`);
    writeFileSync(one.file(`${publishers}/${name}-2.xml`), own.replace(/ name="([^"]*)"/, ' name="$1-2"').replace('jndi.properties', 'jndi2.properties'));
  }
  await one.start();
  await pause(1300);
  assert.equal(await afterCalls(6), ['429 900802', '429 900802']);
});

test('4.x: a deployment reaches both nodes through the event hub', async () => {
  await startBoth('4.2.0', activeActive);
  await until(200, () => one.management('/api/am/gateway/v2/server-startup-healthcheck'));
  await until(200, () => two.management('/api/am/gateway/v2/server-startup-healthcheck'));
  const api = await create(one, 'Unlimited');
  assert.is((await deploy(one, api, [{ name: 'Production and Sandbox' }])).status, 400);
  assert.is((await deploy(one, api, [{ name: 'Default' }])).status, 201);
  await until(200, () => one.gateway(api.route));
  await until(200, () => two.gateway(api.route));
});

test('4.x: a node outside the event hub sees a deployment only after its restart', async () => {
  await startBoth('4.2.0', (own) => throttling(own.offset, undefined) + eventHub(own.offset, [own.offset]));
  await until(200, () => one.management('/api/am/gateway/v2/server-startup-healthcheck'));
  await until(200, () => two.management('/api/am/gateway/v2/server-startup-healthcheck'));
  const api = await create(one, 'Unlimited');
  assert.is((await deploy(one, api, [{ name: 'Default' }])).status, 201);
  await until(200, () => one.gateway(api.route));
  await pause(500);
  assert.is((await two.gateway(api.route)).status, 404);
  await two.stop();
  await two.start();
  await until(200, () => two.gateway(api.route));
  await two.stop();
});

test('a wrong keystore password stops the start', async () => {
  const keystore = '[keystore.tls]\nfile_name = "wso2carbon.jks"\npassword = "wrong"\n';
  await refusesToStart({ keystore }, 'Keystore was tampered with, or password was incorrect');
});

test('a missing alias stops the start', async () => {
  await refusesToStart({ keystore: '[keystore.tls]\nalias = "apim"\n' }, 'The alias apim does not exist in the keystore');
});

test('a syntax error stops the start and has a line', async () => {
  await refusesInSilence({ end: 'key = = 1' }, 'Error parsing deployment configuration', '(line ', 'SEVERE', 'Error while performing configuration changes');
});

test('[apim] after its sub-tables stops the start', async () => {
  await refusesInSilence({ end: '[apim]\nenable_secure_vault = true' }, 'apim previously defined', 'Error parsing deployment configuration');
});

test('an alias that is not there stops the start', async () => {
  await refusesInSilence({ adminPassword: '$secret{admin_password}' }, "Secret references can't be resolved for admin_password");
});

test('an unknown reference and an unset variable stop the start', async () => {
  await refusesInSilence({ adminPassword: '$ref{no.such.key}' }, "Configuration with key no.such.key doesn't exist");
  await refusesInSilence({ adminPassword: '$env{NO_SUCH_VARIABLE}' }, 'Environment variable NO_SUCH_VARIABLE not defined in system');
});

test('a secret that is still plain stops the start', async () => {
  const end = '[secrets]\nadmin_password = "[admin]"\n';
  await refusesInSilence({ adminPassword: '$secret{admin_password}', end }, "Secret references can't be plain text for admin_password");
});

test('a port in use stops the start', async () => {
  const blocker = net.createServer();
  await one.stop();
  await new Promise<void>((resolve) => blocker.listen(9443 + one.offset, '0.0.0.0', resolve));
  try {
    await refusesToStart({}, 'Protocol handler initialization failed', `Address already in use (Bind failed) <null>:${9443 + one.offset}`);
  } finally {
    blocker.close();
  }
});

test('without the JDBC driver there is no datasource', async () => {
  await startsBroken({}, ['ClassNotFoundException: org.postgresql.Driver', 'Error in intializing system data sources'], (node) => {
    rmSync(node.file('repository/components/lib/postgresql.jar'));
  });
});

test('a bare & in a URL breaks all datasources', async () => {
  const query = '?loginTimeout=5&connectTimeout=5';
  await startsBroken({ databases: databases({ query }) }, ['Error in intializing system data sources']);
});

test('&amp; in a URL does not', async () => {
  const node = await failing({ databases: databases({ query: '?loginTimeout=5&amp;connectTimeout=5' }) });
  assert.not.match(node.log, ' ERROR {org.wso2.carbon.ndatasource');
  assert.is((await node.management(rest(node).apis, { auth: ADMIN })).status, 200);
  await node.stop();
});

test('databases without schema give the errors of the database', async () => {
  postgres.create('empty_db');
  const empty = databases({ apim: 'empty_db', shared: 'empty_db' });
  await startsBroken({ databases: empty }, ['relation "am_api" does not exist', 'relation "um_user" does not exist']);
});

test('an unreachable database is a datasource error', async () => {
  await startsBroken({ databases: databases({ port: 1 }) }, ['Error in creating the datasource WSO2AM_DB', 'Error in intializing system data sources']);
});

test('the shipped H2 default says what is missing', async () => {
  const shipped = readFileSync(path.join(RELEASES, '3.2.0/repository/conf/deployment.toml'), 'utf8');
  await startsBroken({}, ['the stand-in has no H2'], (node) => node.configure(shipped));
});

test('a truststore without gateway_certificate_alias is reported', async () => {
  const node = await failing({}, ({ home }) => {
    execFileSync(
      path.join(javaHome(), 'bin/keytool'),
      [
        ...['-delete', '-alias', 'gateway_certificate_alias', '-storepass', 'wso2carbon'],
        ...['-keystore', path.join(home, 'repository/resources/security/client-truststore.jks')],
      ],
      { stdio: 'ignore' },
    );
  });
  await node.stop();
  assert.match(node.log, "Couldn't find a public certificate to verify signature with alias gateway_certificate_alias");
});

test('an admin password that was changed in the file only is not allowed', async () => {
  const own = one.offset;
  const node = await failing({ adminPassword: 'changed', apim: throttling(own, undefined) + urlGroups([own]) });
  await pause(300);
  assert.match(node.log, 'JMSException: Error creating connection: not allowed');
  assert.is((await node.management(rest(node).apis, { auth: 'admin:changed' })).status, 401);
  assert.is((await node.management(rest(node).apis, { auth: ADMIN })).status, 200);
  await node.stop();
});

test('two first logins at once break the login for good', async () => {
  schema('race_apim', 'race_shared');
  await Node.stopAll();
  fresh('3.2.0');
  await one.stop();
  await two.stop();
  for (const node of [one, two]) {
    node.configure(deployment({ databases: databases({ apim: 'race_apim', shared: 'race_shared' }) }));
    await node.start();
    assert.ok(node.started, node.log);
  }
  const both = await Promise.all([one.management(LOGIN), two.management(LOGIN)]);
  assert.equal(both.map((answer) => answer.status), [500, 500]);
  assert.match(one.log + two.log, "An application with name: 'apim_publisher' already exists");
  assert.match(one.log + two.log, /null value in column "consumer_key" of relation "am_system_apps"/);
  assert.is((await one.management(LOGIN)).status, 500);
  postgres.query('race_apim', "DELETE FROM SP_APP WHERE APP_NAME = 'apim_publisher'");
  assert.is((await one.management(LOGIN)).status, 302);
  assert.is((await two.management(LOGIN)).status, 302);
  await two.stop();
});

test('an admin password with # can not be used for the broker', async () => {
  schema('hash_apim', 'hash_shared');
  const node = await failing({ adminPassword: 'a#b', databases: databases({ apim: 'hash_apim', shared: 'hash_shared' }) });
  await pause(300);
  assert.is((await node.management(rest(node).apis, { auth: 'admin:a#b' })).status, 200);
  assert.match(node.log, 'JMSException: Error creating connection: not allowed');
  await node.stop();
});

test('a certificate that the truststore lacks cuts the node off from its traffic managers', async () => {
  const keystore = '[keystore.tls]\nfile_name = "own.jks"\nalias = "own"\n';
  const node = await failing({ keystore }, ({ home }) => {
    const file = path.join(home, 'repository/resources/security/own.jks');
    const secret = ['-storepass', 'wso2carbon', '-keypass', 'wso2carbon'];
    const key = ['-genkeypair', '-alias', 'own', '-keyalg', 'RSA', '-storetype', 'JKS', '-dname', 'CN=localhost'];
    execFileSync(path.join(javaHome(), 'bin/keytool'), [...key, ...secret, '-keystore', file], { stdio: 'ignore' });
  });
  const api = await create(node, 'Unlimited');
  const published = await publishing(node, api);
  assert.is(published.status, 500);
  assert.match(node.log, 'Error while publishing to the gateway environment Production and Sandbox');
  assert.match(node.log, /Cannot borrow client for ssl:[\s\S]*PKIX path building failed/);
  await node.stop();
});

test('a service_url with a name that the certificate lacks is refused', async () => {
  const node = await failing({}, (it) => {
    const toml = readFileSync(it.file('repository/conf/deployment.toml'), 'utf8');
    it.configure(toml.replace('service_url = "https://localhost', 'service_url = "https://127.0.0.2'));
  });
  const api = await create(node, 'Unlimited');
  assert.is((await publishing(node, api)).status, 500);
  assert.ok(node.log.includes("hostname in certificate didn't match: <127.0.0.2>"), node.log);
  await node.stop();
});

test('a rendered file that vanished stops the next start', async () => {
  const node = await failing({});
  assert.ok(node.started, node.log);
  await node.stop();
  rmSync(node.file('repository/deployment/server/eventpublishers'), { recursive: true });
  await node.start();
  assert.is(node.exitCode, 1);
  assert.match(node.output, 'Error while reading metadata');
});

test('hand edits of a rendered file are lost', async () => {
  const node = await failing({});
  await node.stop();
  const rendered = node.file('repository/conf/datasources/master-datasources.xml');
  const before = readFileSync(rendered, 'utf8');
  writeFileSync(rendered, '<edited/>');
  await node.start();
  await node.stop();
  assert.is(readFileSync(rendered, 'utf8'), before);
  assert.match(node.output, 'Configurations Changed in :repository/conf/datasources/master-datasources.xml');
});

// --- scripts

function cipherTool(home: string, ...args: string[]) {
  return spawnSync('sh', [one.file('bin/ciphertool.sh'), '-Dconfigure', ...args], {
    env: environment({ CARBON_HOME: home }),
    encoding: 'utf8',
    input: '',
  });
}

test('the cipher tool encrypts, and the server wants the password once per start', async () => {
  const end = '[secrets]\nadmin_password = "[admin]"\n';
  const node = await failing({ adminPassword: '$secret{admin_password}', end });
  const toml = node.file('repository/conf/deployment.toml');
  assert.is(cipherTool(node.home).status, 1, 'no password and no terminal');
  assert.is(cipherTool(node.home, '-Dpassword=wrong').status, 1);
  const run = cipherTool(node.home, '-Dpassword=wso2carbon');
  assert.is(run.status, 0, run.stderr);
  assert.match(readFileSync(toml, 'utf8'), /\[secrets\]\nadmin_password = "[A-Za-z0-9+/=]{344}"\n/);
  writeFileSync(node.file('password-tmp'), 'wso2carbon\n');
  await node.start();
  assert.ok(node.started, node.log);
  assert.not.ok(existsSync(node.file('password-tmp')));
  assert.not.match(readFileSync(node.file('repository/conf/user-mgt.xml'), 'utf8'), '<Password>admin<');
  assert.is((await node.management(rest(node).apis, { auth: ADMIN })).status, 200);
  await node.stop();
  await node.start();
  assert.is(node.exitCode, 1);
  assert.match(node.log, 'Keystore was tampered with, or password was incorrect');
});

test('the cipher tool truncates a file with something after its secrets', () => {
  const home = path.join(temp, 'cipher');
  for (const folder of ['repository/conf', 'repository/resources/security']) {
    cpSync(path.join(PACK, folder), path.join(home, folder), { recursive: true });
  }
  const toml = path.join(home, 'repository/conf/deployment.toml');
  writeFileSync(toml, '[server]\nhostname = "x"\n\n[secrets]\na = "[1]"\n# comment\nb = "[2]"\n');
  const run = cipherTool(home, '-Dpassword=wso2carbon');
  assert.is(run.status, 1);
  assert.match(run.stderr, 'NullPointerException');
  const left = readFileSync(toml, 'utf8');
  assert.match(left, '[secrets]\na = "');
  assert.not.match(left, 'b = ');
});

test('start returns at once, a second start says so, stop ends it', async () => {
  const node = new Node(path.join(temp, 'script'), one.offset, compiled);
  node.addDriver();
  node.configure(deployment({ databases: databases() }));
  const script = (command: string) =>
    spawnSync('sh', [node.file('bin/wso2server.sh'), command, `-DportOffset=${node.offset}`], { env: environment(), encoding: 'utf8' });
  assert.is(script('start').status, 0);
  for (let left = 200; left > 0 && !node.started; left--) await pause(50);
  const pid = Number.parseInt(readFileSync(node.file('wso2carbon.pid'), 'utf8'), 10);
  try {
    const again = script('start');
    assert.is(again.status, 0);
    assert.match(again.stdout, 'Process is already running');
    assert.is(script('stop').status, 0);
    for (let left = 100; left > 0 && alive(pid); left--) await pause(50);
    assert.not.ok(alive(pid));
    assert.match(node.log, 'Halting JVM');
  } finally {
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// --- schema scripts

test('a second run of the PostgreSQL scripts destroys data and exits 0', () => {
  schema('twice_apim', 'twice_shared');
  postgres.query('twice_shared', "INSERT INTO UM_USER (UM_USER_ID, UM_USER_NAME, UM_USER_PASSWORD) VALUES ('1', 'a', 'b')");
  postgres.query('twice_apim', "INSERT INTO AM_SYSTEM_APPS (NAME, CONSUMER_KEY, CONSUMER_SECRET) VALUES ('a', 'b', 'c')");
  postgres.script('twice_shared', path.join(PACK, 'dbscripts/postgresql.sql'));
  postgres.script('twice_apim', path.join(PACK, 'dbscripts/apimgt/postgresql.sql'));
  assert.is(postgres.query('twice_shared', 'SELECT COUNT(*) FROM UM_USER'), '0');
  assert.is(postgres.query('twice_apim', 'SELECT COUNT(*) FROM AM_SYSTEM_APPS'), '0');
});

test('every script has the tables that a server looks for', () => {
  const tables = (file: string) =>
    [...readFileSync(path.join(PACK, 'dbscripts', file), 'utf8').matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map((match) => match[1]);
  assert.equal(tables('mysql.sql'), tables('postgresql.sql'));
  assert.equal(tables('apimgt/mysql.sql'), tables('apimgt/postgresql.sql'));
  assert.ok(tables('postgresql.sql').includes('UM_USER'));
  assert.ok(tables('apimgt/postgresql.sql').includes('AM_API'));
});

test.run();
