import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Kvm, type KV } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { z } from 'zod';
import { Settings } from '../config/settings.ts';
import { connectionOptions, type NatsAccess } from './access.ts';
import { Bucket } from './bucket.ts';
import type { LaneNatsSettings } from './lane-nats.ts';
import { findNatsServer } from './find-server.ts';
import { ManagedServer } from './managed-server.ts';
import { Quarantine } from './quarantine.ts';

/** NATS cannot be asked at this moment. */
export class NatsAway extends Error {
  override readonly name = 'NatsAway';
}

/** How long a call waits for NATS before it says that NATS is away, in milliseconds. */
const patienceMs = 5000;

/** The connection to NATS: the own nats-server, or the one that the settings name. Connects for ever. */
@Injectable()
export class Nats implements OnApplicationShutdown {
  private readonly log = new Logger(Nats.name);
  private readonly connection: Promise<NatsConnection>;
  private readonly buckets = new Map<string, Promise<KV>>();
  private managed: ManagedServer | undefined;
  private known: NatsAccess | undefined;
  private present: NatsConnection | undefined;
  private isConnected = false;
  private reason = 'it is being started';
  private readonly ending = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly quarantine: Quarantine,
  ) {
    this.connection = this.open();
    this.connection.catch((thrown: Error) => {
      this.reason = thrown.message;
      this.log.error({ msg: 'NATS cannot be used', reason: thrown.message });
    });
  }

  get state(): 'connected' | 'disconnected' {
    return this.isConnected ? 'connected' : 'disconnected';
  }

  get isManaged(): boolean {
    return this.settings.values.nats.url === '';
  }

  get serverVersion(): string | undefined {
    return this.present?.info?.version;
  }

  /** Resolves when NATS can be asked; rejects with NatsAway after five seconds, or with why it never will be. */
  async ready(): Promise<NatsConnection> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new NatsAway(`NATS is away: ${this.reason}`)), patienceMs);
    });
    try {
      return await Promise.race([this.connection, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What lanes connect with. Flows start once the deployments could be read, so it is known by then. */
  laneSettings(): LaneNatsSettings {
    if (!this.known) throw new NatsAway(`NATS is away: ${this.reason}`);
    return {
      access: this.known,
      replicas: this.settings.values.nats.replicas,
      name: `semstreams ${this.settings.name} lane`,
    };
  }

  /** A bucket of values of one shape, made at the first use. */
  bucket<Value>(name: string, schema: z.ZodType<Value>): Bucket<Value> {
    return new Bucket(name, schema, async () => this.openBucket(name), this.quarantine);
  }

  /** Last of all: flows and requests need NATS until they have ended. */
  async onApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.present?.close().catch(() => undefined);
    await this.managed?.stop();
  }

  private async openBucket(name: string): Promise<KV> {
    const known = this.buckets.get(name);
    if (known) return known;
    const opened = this.ready().then(async (connection) =>
      new Kvm(connection).create(name, {
        history: 1,
        replicas: this.settings.values.nats.replicas,
        timeout: patienceMs,
      }),
    );
    this.buckets.set(name, opened);
    opened.catch(() => this.buckets.delete(name));
    return opened;
  }

  private async open(): Promise<NatsConnection> {
    this.known = await this.findAccess();
    const connection = await connect(connectionOptions(this.known, `semstreams ${this.settings.name}`));
    this.present = connection;
    this.isConnected = true;
    this.log.log({ msg: 'connected to NATS', version: connection.info?.version, managed: this.isManaged });
    void this.follow(connection);
    return connection;
  }

  private async findAccess(): Promise<NatsAccess> {
    const { nats } = this.settings.values;
    if (nats.url !== '')
      return {
        servers: nats.url.split(',').map((url) => url.trim().replace(/^nats:\/\//, '')),
        ...(nats.user === '' ? {} : { user: nats.user, pass: nats.password }),
        ...(nats.token === '' ? {} : { token: nats.token }),
      };
    this.managed = new ManagedServer({
      binary: await findNatsServer(nats.server_path),
      dataDir: this.settings.dataDir,
      memoryLimitBytes: nats.memory_limit,
      maxFileStoreBytes: nats.max_file_store,
      log: (sentence, fields) => this.log.warn({ msg: sentence, ...fields }),
    });
    return this.managed.start();
  }

  private async follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.isConnected = false;
        this.reason = 'the connection is lost, trying again';
        if (!this.ending.signal.aborted) this.log.warn({ msg: 'lost the connection to NATS', server: status.server });
      } else if (status.type === 'reconnect') {
        this.isConnected = true;
        this.log.log({ msg: 'connected to NATS again', server: status.server });
      }
    }
  }
}
