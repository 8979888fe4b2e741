import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Answer, call, type Options } from './http.ts';
import { environment } from './java.ts';

const DRIVER = '/usr/share/java/postgresql.jar';

/** One copy of the pack, with its own port offset. */
export class Node {
  static readonly #all: Node[] = [];
  readonly home: string;
  readonly offset: number;
  #server: ChildProcess | undefined;
  #logStart = 0;

  constructor(home: string, offset: number, from: string) {
    cpSync(from, home, { recursive: true, verbatimSymlinks: true });
    this.home = home;
    this.offset = offset;
    Node.#all.push(this);
  }

  /** For the end of the tests: whatever still runs. */
  static async stopAll(): Promise<void> {
    await Promise.all(Node.#all.map((node) => node.stop()));
  }

  file(name: string): string {
    return path.join(this.home, name);
  }

  configure(toml: string): void {
    writeFileSync(this.file('repository/conf/deployment.toml'), toml);
  }

  addDriver(): void {
    if (!existsSync(DRIVER)) throw new Error('these tests need the JDBC driver: apt-get install libpostgresql-jdbc-java');
    cpSync(realpathSync(DRIVER), this.file('repository/components/lib/postgresql.jar'));
  }

  /** Starts in the foreground and waits for the started line, or for the end. */
  async start(script = 'wso2server.sh'): Promise<void> {
    this.#logStart = this.#wholeLog().length;
    const server = spawn('sh', [this.file(`bin/${script}`), `-DportOffset=${this.offset}`], { stdio: 'ignore', env: environment() });
    this.#server = server;
    for (let left = 600; left > 0 && !this.started; left--) {
      if (server.exitCode !== null || server.signalCode !== null) return;
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
