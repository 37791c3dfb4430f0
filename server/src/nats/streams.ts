import { Injectable } from '@nestjs/common';
import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { lookInto } from '../engine/look-into.ts';
import { DeadLetters } from './dead-letters.ts';
import { managerOf } from './jet-stream.ts';
import { Nats } from './nats.ts';
import { stateOf } from './stream-log.ts';
import { type BufferPlace, bufferStream, bufferStreamsOf, deadLetterStream } from './stream-names.ts';

const noSuchStream = 10_059;

const nothing = { messages: 0, bytes: 0 } as const;

/** The streams that flows keep messages in, as seen from outside of the lanes. */
@Injectable()
export class Streams {
  constructor(private readonly nats: Nats) {}

  async deadLetters(flow: string): Promise<DeadLetters> {
    return new DeadLetters(await this.nats.ready(), flow);
  }

  /** What waits in the buffer of a connection: how many messages, and the disk that they use. */
  async waiting(place: BufferPlace): Promise<{ readonly messages: number; readonly bytes: number }> {
    const manager = await this.manager();
    const name = bufferStream(place);
    try {
      const { stored, passed, bytes } = await lookInto({
        open: async () => stateOf(await manager.streams.info(name)),
        read: async (sequence) => (await manager.streams.getMessage(name, { seq: sequence }))?.data,
      });
      return stored === passed ? nothing : { messages: stored - passed, bytes };
    } catch (thrown) {
      if (thrown instanceof JetStreamApiError && thrown.code === noSuchStream) return nothing;
      throw thrown;
    }
  }

  /** Throws the buffers of a flow away, all but those that are still connections of it. */
  async keepOnly(flow: string, places: readonly BufferPlace[]): Promise<void> {
    const kept = new Set(places.map(bufferStream));
    const manager = await this.manager();
    const mine: string[] = [];
    for await (const { config } of manager.streams.list())
      if (config.name.startsWith(bufferStreamsOf(flow)) && !kept.has(config.name)) mine.push(config.name);
    for (const name of mine) await manager.streams.delete(name);
  }

  /** Throws away all that a flow has kept. */
  async removeAll(flow: string): Promise<void> {
    await this.keepOnly(flow, []);
    await (await this.manager()).streams.delete(deadLetterStream(flow)).catch((thrown: unknown) => {
      if (!(thrown instanceof JetStreamApiError) || thrown.code !== noSuchStream) throw thrown;
    });
  }

  private async manager(): Promise<JetStreamManager> {
    return managerOf(await this.nats.ready());
  }
}
