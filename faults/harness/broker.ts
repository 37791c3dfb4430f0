import { type ChildProcess, spawn } from 'node:child_process';
import { connect as openSocket } from 'node:net';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';
import { endBy } from './processes.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

const own = resolve(import.meta.dirname, '../../.tools/nats-server');

/** The nats-server that the server itself would take: on PATH, or in `.tools`. */
export const natsServerPath = (): string => {
  if (existsSync(own)) return own;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path)) ?? own;
};

/** A nats-server of the test's own, at a fixed port: it can be killed, frozen and started again. */
export class Broker {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    /** Stands beside the listener in its config file. */
    private readonly config: string,
  ) {}

  static async prepared(config = ''): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-broker-'));
    const broker = new Broker(await freePort(), folder, config);
    onTestFinished(async () => broker.remove());
    return broker;
  }

  static async started(config = ''): Promise<Broker> {
    const broker = await Broker.prepared(config);
    await broker.start();
    return broker;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const config = join(this.folder, 'nats-server.conf');
    writeFileSync(
      config,
      `listen: "127.0.0.1:${this.port}"
max_payload: 8MB
jetstream { store_dir: ${JSON.stringify(this.folder)}, sync_interval: always }
${this.config}
`,
    );
    this.child = spawn(natsServerPath(), ['--config', config], { stdio: 'ignore' });
    await until('nats-server answers', async () => this.answers());
  }

  get processId(): number {
    return this.child!.pid!;
  }

  async connect(): Promise<NatsConnection> {
    return connect({ servers: `127.0.0.1:${this.port}` });
  }

  async kill(): Promise<void> {
    if (this.child) await endBy(this.child, 'SIGKILL');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whoever it lets in, it says who it is first. */
  private async answers(): Promise<boolean> {
    const socket = openSocket(this.port, '127.0.0.1');
    try {
      return await new Promise((resolve) => {
        socket.once('data', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
    } finally {
      socket.destroy();
    }
  }
}

/**
 * Three nats-servers that replicate between them. Where all start in the same moment, the first leader now and then admits
 * one of the others only, and nats-server never adds the third: then there are no three replicas, and it is begun anew.
 */
export const startCluster = async (triesLeft = 5): Promise<Broker[]> => {
  const brokers = await startThree();
  const isWhole = async () => {
    const connection = await brokers[0]!.connect();
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const probe = { name: 'probe', subjects: ['probe'], num_replicas: brokers.length };
    const isMade = async () =>
      manager.streams.add(probe).then(
        async () => manager.streams.delete(probe.name),
        () => false,
      );
    return until('three replicas can be made', isMade, 15_000).finally(async () => connection.close());
  };
  try {
    await isWhole();
    return brokers;
  } catch (thrown) {
    if (triesLeft === 0) throw thrown;
    await Promise.all(brokers.map(async (broker) => broker.remove()));
    return startCluster(triesLeft - 1);
  }
};

const startThree = async (): Promise<Broker[]> => {
  const routes = await Promise.all([freePort(), freePort(), freePort()]);
  const all = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const brokers = await Promise.all(
    routes.map(async (port, index) =>
      Broker.prepared(
        `server_name: "broker-${index + 1}"\ncluster { name: "faults", listen: "127.0.0.1:${port}", routes: [${all}] }`,
      ),
    ),
  );
  await Promise.all(brokers.map(async (broker) => broker.start()));
  return brokers;
};
