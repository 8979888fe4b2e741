import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packOf, startScript } from './compiled.ts';
import { type Answer, call, type Options } from './http.ts';
import { environment } from './java.ts';

const DRIVER = '/usr/share/java/postgresql.jar';

/** One pack of a release, with its own port offset. */
export class Node {
  static readonly #all: Node[] = [];
  readonly home: string;
  readonly offset: number;
  release: string;
  /** What the last start has printed. */
  output = '';
  #server: ChildProcess | undefined;
  #logStart = 0;

  /** `layer` is the shared layer, compiled. */
  constructor(home: string, offset: number, layer: string, release = '3.2.0') {
    this.home = packOf(release, home, layer);
    this.offset = offset;
    this.release = release;
    Node.#all.push(this);
  }

  /** For the end of the tests: whatever still runs. */
  static async stopAll(): Promise<void> {
    await Promise.all(Node.#all.map((node) => node.stop()));
  }

  file(name: string): string {
    return path.join(this.home, name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  configure(toml: string): void {
    writeFileSync(this.file('repository/conf/deployment.toml'), toml);
  }

  /** A fresh pack of another release in place of this one. */
  become(release: string, layer: string): void {
    rmSync(this.home, { recursive: true });
    packOf(release, this.home, layer);
    this.release = release;
  }

  addDriver(jar = DRIVER): void {
    if (!existsSync(jar)) throw new Error(`these tests need the JDBC driver ${jar}: apt-get install libpostgresql-jdbc-java`);
    cpSync(realpathSync(jar), this.file(`repository/components/lib/${path.basename(jar)}`));
  }

  /** Starts in the foreground and waits for the started line, or for the end. */
  async start(extra: Record<string, string> = {}): Promise<void> {
    this.#logStart = this.#wholeLog().length;
    this.output = '';
    const server = spawn('sh', [this.file(startScript(this.release)), `-DportOffset=${this.offset}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment({ APIM_STANDIN_DECISION_DELAY_MS: '150', ...extra }),
    });
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#server = server;
    const ended = new Promise((resolve) => server.once('close', resolve));
    for (let left = 600; left > 0 && !this.started; left--) {
      if (server.exitCode !== null || server.signalCode !== null) {
        await ended;
        return;
      }
      await pause(50);
    }
  }

  get started(): boolean {
    return /WSO2 Carbon started in \d+ sec/.test(this.log);
  }

  get exitCode(): number | null {
    return this.#server?.exitCode ?? null;
  }

  /** What this start has logged so far. */
  get log(): string {
    return this.#wholeLog().slice(this.#logStart);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }

  management(route: string, options: Options = {}): Promise<Answer> {
    return call(`http://127.0.0.1:${9763 + this.offset}${route}`, options);
  }

  gateway(route: string, options: Options = {}): Promise<Answer> {
    return call(`http://127.0.0.1:${8280 + this.offset}${route}`, options);
  }

  #wholeLog(): string {
    const file = this.file('repository/logs/wso2carbon.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
