import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A mosquitto in a process of its own, on a free port of the loopback: for tests. */
export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  /** Has it write to disk what it keeps, which it does by itself only now and then: a kill takes the rest. */
  save(): Promise<void>;
  /** Ends it as a cut of the power would, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it in order, with all that it has stored. */
  stop(): Promise<void>;
  /** It stands still, and everything that it holds open stays open. */
  freeze(): void;
  thaw(): void;
  /** Starts it again, at the same port and with what it has stored. */
  start(): Promise<void>;
  end(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** On PATH, or where `npm test` puts it. */
const program = (name: 'mosquitto' | 'mosquitto_pub' | 'mosquitto_sub'): string => {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', join(root, '.tools')];
  const found = places.map((place) => join(place, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no ${name} on PATH: "npm test" fetches one into ".tools"`);
  return found;
};

/** Publishes each line by a client of others, with the options of `mosquitto_pub`; resolves when the broker has all of them. */
export const publishLines = async (lines: readonly string[], ...options: readonly string[]): Promise<void> => {
  const child = spawn(program('mosquitto_pub'), ['-l', ...options], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}: ${said}`);
};

/** Somebody else who listens. */
export interface Listener {
  /** A line for each message, written as `-F` asks. */
  readonly lines: () => readonly string[];
  end(): void;
}

/** What the broker sends to everybody who asks for it, and so says that all is subscribed. */
const greeting = ['$SYS/broker/version', 'mosquitto version'] as const;

/** Listens by a client of others, with the options of `mosquitto_sub`; resolves when it is subscribed. */
export const listenFor = async (...options: readonly string[]): Promise<Listener> => {
  const child = spawn(program('mosquitto_sub'), [...options, '-t', greeting[0]], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const isSubscribed = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(greeting[1])) resolve();
    });
    child.once('exit', (code) => reject(new Error(`mosquitto_sub ended with ${code}: ${output}`)));
  });
  isSubscribed.catch(() => undefined);
  await isSubscribed;
  return {
    lines: () => output.split('\n').filter((line) => line !== '' && !line.includes(greeting[1])),
    end: () => void child.kill('SIGKILL'),
  };
};

/** @param settings further lines of its configuration, with `{folder}` for a folder of its own, where `files` lie */
export const startMosquitto = async (
  settings: readonly string[] = ['allow_anonymous true'],
  files: Readonly<Record<string, string>> = {},
): Promise<Mosquitto> => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-mosquitto-'));
  const port = await freePort();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const lines = [
    `listener ${port} 127.0.0.1`,
    'persistence true',
    // by itself it throws away what is beyond a thousand
    'max_queued_messages 0',
    `persistence_location ${folder}/`,
    'user root',
    ...settings.map((line) => line.replaceAll('{folder}', folder)),
  ];
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program('mosquitto'), ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
    await answers(port, child);
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(name);
    await gone;
  };
  const kill = async (): Promise<void> => signal('SIGKILL');
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    async save() {
      const database = join(folder, 'mosquitto.db');
      const version = (): string => {
        const { ino = 0n, mtimeNs = 0n } = statSync(database, { bigint: true, throwIfNoEntry: false }) ?? {};
        return `${ino} ${mtimeNs}`;
      };
      const before = version();
      child?.kill('SIGUSR1');
      while (version() === before) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    kill,
    stop: async () => signal('SIGTERM'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    start,
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Resolves when somebody listens there. */
const answers = async (port: number, child: ChildProcess): Promise<void> => {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
