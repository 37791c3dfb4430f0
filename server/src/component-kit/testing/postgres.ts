import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL in processes of its own, on a free port of the loopback: for tests. */
export interface Postgres {
  readonly port: number;
  /** Of its database "postgres", for the user "postgres", who needs no password. */
  readonly url: string;
  /** Ends it as a cut of the power would, and resolves when all of it is gone. */
  kill(): Promise<void>;
  /** Ends it in order, cutting whoever is connected. */
  stop(): Promise<void>;
  /** It stands still, and everything that it holds open stays open. */
  freeze(): void;
  thaw(): void;
  /** Starts it again, at the same port and with what it has stored; resolves when it answers. */
  start(): Promise<void>;
  /** Statements of others; rows with their values as texts. */
  ask(statements: string): Promise<Record<string, string | null>[]>;
  end(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');
const ofTools = join(root, '.tools', 'postgresql');
/** Nobody in particular: PostgreSQL does not run as root. */
const nobody = 65_534;
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

const foldersIn = (place: string): string[] =>
  existsSync(place) ? readdirSync(place).map((version) => join(place, version, 'bin')) : [];

/** Where its programs are: on PATH, where Debian has them, or where `npm test` puts them. */
const programs = (): string | undefined =>
  [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...foldersIn('/usr/lib/postgresql'),
    ...foldersIn(join(ofTools, 'usr/lib/postgresql')),
  ].find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')));

/** Whether there is one on this machine; where there is none, its tests are left out. */
export const hasPostgres = programs() !== undefined;

/** @param settings further lines of its configuration, with `{folder}` for a folder of its own, where `files` lie */
export const startPostgres = async (
  given: {
    readonly settings?: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
    /** Lines of "pg_hba.conf" before those that let everybody in. */
    readonly access?: readonly string[];
  } = {},
): Promise<Postgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-postgres-'));
  own(folder);
  const { place, environment } = placed(folder);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, env: { ...process.env, ...environment, LC_ALL: 'C', TZ: 'UTC' } };
  const made = spawnSync(
    join(place, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.error?.message ?? made.stderr}`);
  for (const [name, content] of Object.entries(given.files ?? {})) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    own(join(folder, name));
  }
  const port = await freePort();
  const settings = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    'max_connections = 20',
    'shared_buffers = 16MB',
    'dynamic_shared_memory_type = mmap',
    // a kill takes nothing from the system's memory
    'fsync = off',
    ...(given.settings ?? []).map((line) => line.replaceAll('{folder}', folder)),
  ];
  appendFileSync(join(data, 'postgresql.conf'), `${settings.join('\n')}\n`);
  const access = join(data, 'pg_hba.conf');
  writeFileSync(access, `${(given.access ?? []).join('\n')}\n${readFileSync(access, 'utf8')}`);

  let child: ChildProcess | undefined;
  const isUp = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const all = (): number[] => (child?.pid === undefined ? [] : [child.pid, ...childrenOf(child.pid)]);
  const signalAll = (name: NodeJS.Signals): void => {
    for (const pid of all())
      try {
        process.kill(pid, name);
      } catch {
        // it is gone already
      }
  };
  const endBy = async (act: () => void): Promise<void> => {
    if (!isUp()) return;
    const gone = once(child!, 'exit');
    act();
    await gone;
  };
  const ask: Postgres['ask'] = async (statements) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', ssl: false });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const types = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
      const results = await client.query<Record<string, string | null>>({ text: statements, types });
      return [results].flat().at(-1)?.rows ?? [];
    } finally {
      await client.end();
    }
  };
  const start = async (): Promise<void> => {
    for (;;) {
      let said = '';
      child = spawn(join(place, 'postgres'), ['-D', data], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr!.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
      while (isUp()) {
        const answer = await ask('SELECT 1').catch(() => undefined);
        if (answer) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // what a kill has left may take a moment to be gone
      if (!said.includes('still in use')) throw new Error(`postgres ended with ${child.exitCode}: ${said}`);
    }
  };
  const kill = async (): Promise<void> => endBy(() => signalAll('SIGKILL'));
  await start();
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    kill,
    stop: async () => endBy(() => void child?.kill('SIGINT')),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    start,
    ask,
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const own = (path: string): void => {
  if ('uid' in user) chownSync(path, nobody, nobody);
};

/** Programs that whoever runs them can read: what lies in the project's own folder may be for root alone. */
const placed = (folder: string): { readonly place: string; readonly environment: Readonly<Record<string, string>> } => {
  const place = programs();
  if (place === undefined) throw new Error('there is no PostgreSQL: put "initdb" and "postgres" on PATH');
  if (!place.startsWith(ofTools)) return { place, environment: {} };
  const copied = 'uid' in user ? join(folder, 'programs') : ofTools;
  if (copied !== ofTools) cpSync(ofTools, copied, { recursive: true });
  chmodSync(dirname(copied), 0o755);
  return { place: place.replace(ofTools, copied), environment: { LD_LIBRARY_PATH: join(copied, 'libraries') } };
};

const childrenOf = (pid: number): number[] => {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : [];
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};
