import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { freePort } from './ports.ts';

const root = process.getuid?.() === 0;

/** A private PostgreSQL cluster, run by the user postgres when the tests run as root. */
export class Postgres {
  readonly port: number;
  readonly #bin: string;
  readonly #server: ChildProcess;

  private constructor(bin: string, port: number, server: ChildProcess) {
    this.#bin = bin;
    this.port = port;
    this.#server = server;
  }

  static async start(folder: string): Promise<Postgres> {
    const bin = binaries();
    mkdirSync(folder);
    if (root) execFileSync('chown', ['postgres', folder]);
    chmodSync(folder, 0o700);
    const data = path.join(folder, 'data');
    run(path.join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
    const port = await freePort();
    const [command, args] = asPostgres(path.join(bin, 'postgres'), [
      ...['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'],
      ...['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'shared_buffers=32MB'],
    ]);
    const server = spawn(command, args, { stdio: 'ignore', cwd: '/' });
    const postgres = new Postgres(bin, port, server);
    for (let left = 100; left > 0; left--) {
      try {
        postgres.query('postgres', 'SELECT 1');
        return postgres;
      } catch (error) {
        if (left === 1 || server.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    return postgres;
  }

  /** The result, one row a line. */
  query(database: string, sql: string): string {
    return this.#psql(database, ['-c', sql]);
  }

  /** Runs a script as `psql -f` does without further options: errors are counted, and the exit code is 0. */
  script(database: string, file: string): string {
    return this.#psql(database, ['-f', file]);
  }

  create(database: string): void {
    this.query('postgres', `CREATE DATABASE ${database}`);
  }

  async stop(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#server.once('exit', resolve));
    this.#server.kill('SIGINT');
    await ended;
  }

  #psql(database: string, args: string[]): string {
    const connection = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-d', database];
    return execFileSync(path.join(this.#bin, 'psql'), ['-X', '-q', '-A', '-t', ...connection, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  }
}

function binaries(): string {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const bin = path.join(base, version, 'bin');
    if (existsSync(path.join(bin, 'initdb'))) return bin;
  }
  throw new Error('these tests need PostgreSQL: apt-get install postgresql');
}

/** `setpriv` becomes the command itself, so that the pid which is stopped is the server's. */
function asPostgres(command: string, args: string[]): [string, string[]] {
  return root ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]] : [command, args];
}

function run(command: string, args: string[]): void {
  const [file, rest] = asPostgres(command, args);
  execFileSync(file, rest, { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' });
}
