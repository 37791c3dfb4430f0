import { Injectable } from '@nestjs/common';
import type { JetStreamManager } from '@nats-io/jetstream';
import { Settings } from '../config/settings.ts';
import { type FollowerMark, type LogMark, nameless } from '../engine/block-log.ts';
import { lookInto, timeOf } from '../engine/look-into.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { findStream } from './storage/ensure-stream.ts';
import { isNoSuchStream, managerOf } from './connection/jet-stream.ts';
import { keepOnlyMarks, MarkFile } from './storage/mark-file.ts';
import { Nats } from './nats.ts';
import { stateOf } from './storage/stream-log.ts';
import {
  type BufferPlace,
  bufferStream,
  bufferStreamsOf,
  bufferSubject,
  deadLetterStream,
} from './storage/stream-names.ts';

/**
 * What waits in a buffer, for whoever has got least of it. `oldestAt` is when the oldest message came in, 0 where none waits or
 * that cannot be read.
 */
export interface Waiting {
  readonly messages: number;
  readonly bytes: number;
  readonly oldestAt: number;
}

const nothing: Waiting = { messages: 0, bytes: 0, oldestAt: 0 };

/** The streams that flows keep messages in, as seen from outside of the lanes. */
@Injectable()
export class Streams {
  constructor(
    private readonly nats: Nats,
    private readonly settings: Settings,
  ) {}

  async deadLetters(flow: string): Promise<DeadLetters> {
    return new DeadLetters(await this.nats.ready(), flow);
  }

  /** What waits in the buffer of a connection, looked at as the connection itself would. */
  async waiting(place: BufferPlace): Promise<Waiting> {
    const manager = await this.manager();
    const name = bufferStream(place);
    const read = async (seq: number) => (await manager.streams.getMessage(name, { seq }))?.data;
    const next = async (seq: number) => {
      const query = { seq: Math.max(1, seq), next_by_subj: bufferSubject(place) };
      return (await manager.streams.getMessage(name, query))?.seq;
    };
    const info = await findStream(manager, name);
    if (!info || info.state.messages === 0) return nothing;
    const mark = await new MarkFile(this.settings.dataDir, place).read();
    const state = { ...stateOf(info), forgotten: 0, hasHoles: false };
    const { stored, passed, goneAhead, bytes, oldestAt } = await lookInto({ read, next }, state, mark);
    const waiting = stored - goneAhead - passed;
    const messages = Math.max(waiting, waitingByName(namedIn(mark), stored - goneAhead));
    if (messages === 0) return nothing;
    const first = messages > waiting ? await read(state.first) : undefined;
    return { messages, bytes, oldestAt: (first && timeOf(first)) ?? oldestAt };
  }

  /** Those who have a place in the buffer of a connection by their names. */
  async followers(place: BufferPlace): Promise<readonly FollowerMark[]> {
    return namedIn(await new MarkFile(this.settings.dataDir, place).read());
  }

  /** Whoever has a place in one of these buffers has one in each that was not there before, from its beginning. */
  async carryFollowers(from: readonly BufferPlace[], into: readonly BufferPlace[]): Promise<void> {
    const marks = await Promise.all(from.map(async (place) => new MarkFile(this.settings.dataDir, place).read()));
    const known = new Map(marks.flatMap((mark) => mark?.followers ?? []).map((each) => [each.name, each]));
    if (known.size === 0) return;
    const followers = [...known.values()].map(({ name, missed, awayMs }) => ({
      name,
      missed,
      awayMs,
      done: 0,
      passed: 0,
    }));
    for (const place of into) {
      const mark = new MarkFile(this.settings.dataDir, place);
      if (!(await mark.read())) await mark.write({ last: 0, done: 0, stored: 0, passed: 0, followers });
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
    await keepOnlyMarks(this.settings.dataDir, flow, places);
  }

  /** Throws away all that a flow has kept. */
  async removeAll(flow: string): Promise<void> {
    await this.keepOnly(flow, []);
    await (await this.manager()).streams.delete(deadLetterStream(flow)).catch((thrown: unknown) => {
      if (!isNoSuchStream(thrown)) throw thrown;
    });
  }

  private async manager(): Promise<JetStreamManager> {
    return managerOf(await this.nats.ready());
  }
}

/** How many of so many messages wait for the one for whom most do. */
const waitingByName = (followers: readonly FollowerMark[], stored: number): number => {
  const counts = new Map<string, number>();
  for (const { name, until, passed } of followers)
    counts.set(name, (counts.get(name) ?? 0) + Math.max(0, (until?.total ?? stored) - passed));
  return Math.max(0, ...counts.values());
};

const namedIn = (mark: LogMark | undefined): readonly FollowerMark[] =>
  (mark?.followers ?? []).filter(({ name }) => name !== nameless);
