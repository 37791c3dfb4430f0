import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import { Settings } from '../config/settings.ts';
import { managerOf } from './connection/jet-stream.ts';
import { Nats } from './nats.ts';
import { Quarantine } from './storage/quarantine.ts';
import { StoreRoom, type StoreUse } from './storage/store-room.ts';
import { deadLetterStreamsStart, isBufferStream } from './storage/stream-names.ts';

/** How often the store is looked at where nobody asks for more of it, in milliseconds. */
const lookMs = 2000;
/** Buffers grow to this part of the limit: definitions, versions and dead letters need room, too. */
const mostPart = 0.9;
/** How far it must sink before that is over for people, and from where on others in the same account are told apart. */
const slack = 0.02;
const nearPart = 0.75;
const source = 'storage';

/** How much of the storage of NATS all buffers together have filled. Nothing is set aside for one, so all share it. */
@Injectable()
export class StoreSpace implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(StoreSpace.name);
  private looking: NodeJS.Timeout | undefined;
  private present = false;
  private limit = 0;
  private used = 0;
  /** What is left of it. */
  readonly room = new StoreRoom(async () => this.measure());

  constructor(
    private readonly settings: Settings,
    private readonly nats: Nats,
    private readonly quarantine: Quarantine,
  ) {}

  /** Whether buffers cannot grow any more. */
  get isFull(): boolean {
    return this.present;
  }

  onModuleInit(): void {
    this.lookLater(0);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.looking);
    this.looking = undefined;
  }

  /** Looks at the store now. While NATS is away nothing can be kept anyway. */
  async look(): Promise<void> {
    await this.room.look();
    const { used, limit } = this;
    const part = (used + this.room.promised) / limit;
    const isFull = this.room.wasRefused() || part >= (this.present ? mostPart - slack : mostPart);
    const sentence =
      `buffers and dead letters fill ${Math.round((used / limit) * 100)} % of the ${Math.round(limit / 1024 ** 2)} MB that NATS may store: ` +
      'raise "nats.max_file_store" (with an external NATS its "max_file" too), or let what waits be delivered; until then ' +
      'buffers drop their oldest or take nothing more in, as each of them was told';
    this.quarantine.tell(source, isFull ? sentence : undefined, 'everybody');
    if (isFull === this.present) return;
    this.present = isFull;
    this.log[isFull ? 'error' : 'log']({ msg: `storage is ${isFull ? 'full' : 'ok'}`, used, limit });
  }

  private async measure(): Promise<StoreUse> {
    const { used, limit } = await usage(await this.nats.ready(), this.settings.values.nats.max_file_store);
    [this.used, this.limit] = [used, limit];
    return { used, bound: Math.floor(limit * mostPart) };
  }

  private lookLater(inMs: number): void {
    this.looking = setTimeout(() => {
      this.look()
        .catch(() => undefined)
        .finally(() => {
          if (this.looking) this.lookLater(lookMs);
        });
    }, inMs).unref();
  }
}

/**
 * What we use, and what we may: the limit of the account where it has one, else that of the settings. Where others use the
 * same account it is looked which streams are ours, but only where it matters.
 */
const usage = async (nats: NatsConnection, ownLimit: number): Promise<{ used: number; limit: number }> => {
  const manager = await managerOf(nats);
  const { storage, limits } = await manager.getAccountInfo();
  if (limits.max_storage > 0 && storage / limits.max_storage >= nearPart)
    return { used: storage, limit: limits.max_storage };
  if (storage / ownLimit < nearPart) return { used: storage, limit: ownLimit };
  let used = 0;
  for await (const { config, state } of manager.streams.list())
    if (isBufferStream(config.name) || config.name.startsWith(deadLetterStreamsStart)) used += state.bytes;
  return { used, limit: ownLimit };
};
