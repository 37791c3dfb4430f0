import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { backOff } from '../engine/back-off.ts';
import { natsServers } from '../config/nats-servers.ts';
import { Settings } from '../config/settings.ts';
import { connectTo, externalAccess, type NatsAccess } from './connection/access.ts';
import { Bucket } from './storage/bucket.ts';
import type { BucketShape } from './storage/stored-values.ts';
import { BucketStream } from './storage/bucket-stream.ts';
import { connectionProblem } from './connection/connection-problem.ts';
import { findNatsServer } from './own-server/find-server.ts';
import type { LeaseLost } from './lease/fence.ts';
import { Gate } from './connection/gate.ts';
import { instanceId } from './lease/instance-id.ts';
import type { LaneNatsSettings } from './lane-nats.ts';
import { Lease } from './lease/lease.ts';
import { ManagedServer } from './own-server/managed-server.ts';
import { NatsAway } from './connection/nats-away.ts';
import { answerRestartRequests } from './connection/restart-request.ts';
import { hasMarks } from './storage/mark-file.ts';
import { Preparation, Unusable } from './storage/preparation.ts';
import { Quarantine } from './storage/quarantine.ts';
import { StoredData } from './storage/stored-data.ts';

/** How long a call waits for NATS before it says that NATS is away, in milliseconds. */
const patienceMs = 5000;
/** The own nats-server is there within a few tries of this, in milliseconds. */
const shortestRestMs = 50;
const longestRestMs = 5000;

/** The connection to NATS: the own nats-server, or the one that the settings name. Connects for ever. */
@Injectable()
export class Nats implements OnApplicationShutdown {
  private readonly log = new Logger(Nats.name);
  private readonly gate = new Gate();
  private managed: ManagedServer | undefined;
  private known: NatsAccess | undefined;
  private present: NatsConnection | undefined;
  private isConnected = false;
  private wasReady = false;
  /** Whether something was kept before this server came. */
  private hadData = false;
  private reason = 'it is being started';
  private readonly ending = new AbortController();
  /** Of an external NATS; nobody else can reach the own one. */
  private readonly lease: Lease | undefined;
  /** Settles when NATS will never be used by this process: what is kept there is not for it. */
  readonly unusable: Promise<Unusable>;
  /** Settles when another server has taken over: nothing may be written any more. */
  readonly lost: Promise<LeaseLost>;

  constructor(
    private readonly settings: Settings,
    private readonly quarantine: Quarantine,
    @Optional() private readonly preparation?: Preparation,
  ) {
    let onLost: (lost: LeaseLost) => void;
    this.lost = new Promise((resolve) => (onLost = resolve));
    this.lease = this.isManaged ? undefined : this.makeLease((lost) => onLost(lost));
    this.unusable = new Promise((resolve) => void this.open().then((end) => end && resolve(end)));
  }

  get state(): 'connected' | 'disconnected' {
    return this.isConnected && this.wasReady ? 'connected' : 'disconnected';
  }

  /** Whether NATS could be used since this process started. */
  get hasBeenConnected(): boolean {
    return this.wasReady;
  }

  /** What it waits for; undefined while it is connected. */
  get sentence(): string | undefined {
    if (this.state === 'connected') return undefined;
    return `waiting for ${this.isManaged ? 'the own nats-server' : `NATS at ${this.place}`}: ${this.reason}`;
  }

  get isManaged(): boolean {
    return this.settings.values.nats.url === '';
  }

  /** The process of the own nats-server. */
  get serverProcess(): number | undefined {
    return this.managed?.processId;
  }

  get serverVersion(): string | undefined {
    return this.present?.info?.version;
  }

  /**
   * Resolves when NATS can be asked; rejects with NatsAway after five seconds, and at once where another server has taken
   * over. To be asked anew for each piece of work.
   */
  async ready(): Promise<NatsConnection> {
    if (await this.gate.passed(patienceMs)) {
      await this.lease?.fence.pass();
      return this.present!;
    }
    throw new NatsAway(`NATS is away: ${this.reason}`);
  }

  /** Everything that is kept, whatever it is. */
  async storedData(): Promise<StoredData> {
    return this.dataOf(await this.ready());
  }

  /** What lanes connect with. Flows start once the deployments could be read, so it is known by then. */
  laneSettings(): LaneNatsSettings {
    if (!this.known) throw new NatsAway(`NATS is away: ${this.reason}`);
    return {
      access: this.known,
      replicas: this.settings.values.nats.replicas,
      name: `semstreams ${this.settings.name} lane`,
      dataDir: this.settings.dataDir,
      instance: instanceId(this.settings.dataDir),
      ...(this.lease ? { lease: this.lease.process } : {}),
    };
  }

  /** A bucket of values of one shape, made at the first use. */
  bucket<Value>(name: string, shape: BucketShape<Value>): Bucket<Value> {
    const { replicas, bucket_size } = this.settings.values.nats;
    const stream = new BucketStream(name, {
      connection: async () => this.ready(),
      replicas,
      sizeBytes: bucket_size,
      wasThere: () => this.hadData,
      tell: (sentence) => this.quarantine.note(name, sentence),
      tellOnce: (sentence) => this.quarantine.tellOnce(name, sentence),
    });
    return new Bucket(stream, shape, this.quarantine);
  }

  /** Ends the own nats-server for certain and starts it again. Does nothing to one that is not our own. */
  async restartServer(why: string): Promise<void> {
    if (!this.managed || this.ending.signal.aborted) return;
    this.reason = why;
    this.log.error({ msg: 'nats-server is started again', reason: why });
    await this.managed.restartNow();
  }

  /** Last of all: flows and requests need NATS until they have ended. */
  async onApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.lease?.release();
    await this.present?.close().catch(() => undefined);
    await this.managed?.stop();
  }

  private makeLease(onLost: (lost: LeaseLost) => void): Lease {
    const { replicas, bucket_size, inbox_prefix } = this.settings.values.nats;
    return new Lease({
      connection: async () => {
        if (this.present && this.isConnected) return this.present;
        throw new NatsAway(`NATS is away: ${this.reason}`);
      },
      replicas,
      sizeBytes: bucket_size,
      inboxPrefix: inbox_prefix === '' ? undefined : inbox_prefix,
      instance: instanceId(this.settings.dataDir),
      name: this.settings.name,
      tell: (sentence) => this.noteProblem(sentence),
      onLost,
    });
  }

  private dataOf(connection: NatsConnection): StoredData {
    const { replicas, bucket_size } = this.settings.values.nats;
    return new StoredData(connection, replicas, bucket_size);
  }

  private get place(): string {
    return natsServers(this.settings.values.nats.url).servers.join(', ');
  }

  /** Tries until it is connected and what is kept there is fit for use. Resolves with why that will never be. */
  private async open(): Promise<Unusable | undefined> {
    const { signal } = this.ending;
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        this.present ??= await this.connect();
        await this.lease?.claim();
        this.hadData ||= (await this.preparation?.prepare(this.dataOf(this.present))) ?? false;
        // the store of the own one lies beside the marks, and only somebody's hand or a broken drive parts them
        this.hadData ||= this.isManaged && (await hasMarks(this.settings.dataDir));
        this.wasReady = true;
        this.gate.open();
        this.log.log({ msg: 'connected to NATS', version: this.serverVersion, managed: this.isManaged });
        return undefined;
      } catch (thrown) {
        if (signal.aborted) return undefined;
        if (thrown instanceof Unusable) return thrown;
        this.noteProblem(connectionProblem(thrown));
      }
      const restMs = backOff(tries, Math.random(), longestRestMs, shortestRestMs);
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  private async connect(): Promise<NatsConnection> {
    this.known = await this.findAccess();
    const connection = await connectTo(this.known, `semstreams ${this.settings.name}`, { waitOnFirstConnect: false });
    this.isConnected = true;
    if (this.isManaged) answerRestartRequests(connection, async (why) => this.restartServer(why));
    void this.follow(connection);
    return connection;
  }

  private async findAccess(): Promise<NatsAccess> {
    const { nats } = this.settings.values;
    if (nats.url !== '') return externalAccess(nats);
    this.managed ??= new ManagedServer({
      binary: await findNatsServer(nats.server_path),
      dataDir: this.settings.dataDir,
      memoryLimitBytes: nats.memory_limit,
      maxFileStoreBytes: nats.max_file_store,
      sync: nats.sync,
      log: (sentence, fields) => this.log.warn({ msg: sentence, ...fields }),
    });
    return this.managed.start();
  }

  private noteProblem(reason: string): void {
    if (reason === this.reason) return;
    this.reason = reason;
    const isStarting = this.isManaged && reason === 'nobody listens there';
    this.log[isStarting ? 'debug' : 'error']({
      msg: 'NATS cannot be used; trying again',
      server: this.isManaged ? 'own' : this.place,
      reason,
    });
  }

  private async follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        if (!this.isConnected) continue;
        this.isConnected = false;
        this.gate.close();
        this.reason = 'the connection is lost; trying again';
        if (!this.ending.signal.aborted) this.log.warn({ msg: 'lost the connection to NATS', server: status.server });
      } else if (status.type === 'reconnect') {
        this.isConnected = true;
        if (this.wasReady) this.gate.open();
        this.log.log({ msg: 'connected to NATS again', server: status.server });
      } else if (status.type === 'error' && status.error instanceof errors.AuthorizationError)
        this.noteProblem(connectionProblem(status.error));
    }
    if (this.ending.signal.aborted) return;
    this.log.error({ msg: 'the connection to NATS was given up by the client; a new one is made' });
    this.present = undefined;
    void this.open();
  }
}
