import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import {
  connect,
  headers,
  type MsgHdrs,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';

/** A nats-server in a process of its own, on a free port of the loopback, with JetStream on disk: for tests. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** A client of others. */
  client(options?: NodeConnectionOptions): Promise<NatsClient>;
  /** Ends it as a cut of the power would, and resolves when it is gone. */
  kill(): Promise<void>;
  /** It stands still, and everything that it holds open stays open. */
  freeze(): void;
  thaw(): void;
  /** Starts it again, at the same port and with what it has stored, and with other settings where they are given. */
  start(settings?: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

export interface NatsClient {
  readonly nats: NatsConnection;
  readonly streams: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** Headers as that client has them. */
export const headersOf = (given: Readonly<Record<string, string>>): MsgHdrs => {
  const made = headers();
  for (const [name, value] of Object.entries(given)) made.set(name, value);
  return made;
};

/** A key of a user: its seed, and its public half. */
export const userKey = (): { readonly seed: string; readonly user: string } => {
  const pair = createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), user: pair.getPublicKey() };
};

const root = join(import.meta.dirname, '..', '..', '..', '..');

const program = (): string => {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), join(root, '.tools')];
  const found = places.map((place) => join(place, 'nats-server')).find((path) => existsSync(path));
  if (found === undefined) throw new Error('there is no nats-server on PATH: "npm test" fetches one into ".tools"');
  return found;
};

/** @param settings further lines of its configuration, with `{folder}` for a folder of its own, where `files` lie */
export const startNatsServer = async (
  settings: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<NatsServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-nats-server-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const port = await freePort();
  const clients: NatsConnection[] = [];
  let child: ChildProcess | undefined;
  const start = async (lines: readonly string[] = settings): Promise<void> => {
    const all = [
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: "${folder}/jetstream", sync_interval: always }`,
      ...lines,
    ];
    writeFileSync(join(folder, 'nats.conf'), `${all.join('\n').replaceAll('{folder}', folder)}\n`);
    const started = spawn(program(), ['-c', join(folder, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    await isReady(started);
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    ...{ url: `nats://127.0.0.1:${port}`, port, folder, kill, start },
    async client(options = {}) {
      const nats = await connect({ servers: `127.0.0.1:${port}`, maxReconnectAttempts: -1, ...options });
      clients.push(nats);
      return { nats, streams: jetstream(nats), manager: await jetstreamManager(nats, { checkAPI: false }) };
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async end() {
      child?.kill('SIGCONT');
      for (const client of clients) await client.close();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const isReady = async (child: ChildProcess): Promise<void> => {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000);
      if (said.includes('Server is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}: ${said}`)));
  });
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};
