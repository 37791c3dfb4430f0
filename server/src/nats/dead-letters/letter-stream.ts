import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { isCode, managerOf } from '../connection/jet-stream.ts';
import { ensureStream, findStream, type StreamWish } from '../storage/ensure-stream.ts';
import { StoredData, type StoredMessage } from '../storage/stored-data.ts';
import { deadLetterStream, deadLetterSubjects } from '../storage/stream-names.ts';

/** The bounds of what is kept of one flow, in bytes and in milliseconds; the oldest go first. */
export const mostBytes = 16 * 1024 ** 2;
const longestMs = 90 * 24 * 3_600_000;
/** How often a letter is tried that has to be stored again, and the rest between, in milliseconds. */
const mostTries = 300;
const againMs = 100;

/** Error code of the JetStream API: what was changed cannot be changed back. */
const invalidConfig = 10_052;

/**
 * The stream of a flow's dead letters as it should be: made where there is none, changed back where somebody has changed it. One
 * that cannot be changed back, such as one that is sealed, is made anew, and what it holds goes along.
 */
export const openLetters = async (nats: NatsConnection, flow: string, replicas: number): Promise<StreamInfo> => {
  const manager = await managerOf(nats);
  const wish = {
    name: deadLetterStream(flow),
    description: `SemStreams flow "${flow}": messages that can never work`,
    subjects: [deadLetterSubjects(flow).all],
    max_age: nanos(longestMs),
    num_replicas: replicas,
  };
  const present = await findStream(manager, wish.name);
  try {
    return await ensureStream(manager, wish, { present });
  } catch (thrown) {
    if (!present || !isCode(thrown, invalidConfig)) throw thrown;
    return makeAnew(nats, manager, { wish, present });
  }
};

const makeAnew = async (
  nats: NatsConnection,
  manager: JetStreamManager,
  { wish, present }: { readonly wish: StreamWish; readonly present: StreamInfo },
): Promise<StreamInfo> => {
  const stored = new StoredData(nats);
  const letters = await newestOf(stored, present);
  await stored.removeStream(wish.name);
  await untilItWorks(async () => ensureStream(manager, wish, { present: undefined }));
  for (const letter of letters) await untilItWorks(async () => stored.store(letter));
  return manager.streams.info(wish.name);
};

/** What a stream holds, in order: the newest of it, as much as is kept of one flow. */
const newestOf = async (stored: StoredData, { config, state }: StreamInfo): Promise<StoredMessage[]> => {
  const range = { from: Math.max(1, state.first_seq), to: state.last_seq, isLost: false };
  const letters: StoredMessage[] = [];
  let bytes = 0;
  for await (const letter of stored.messages({ name: config.name, config, ...range })) {
    bytes += letter.data.length;
    letters.push(letter);
    while (bytes > mostBytes) bytes -= letters.shift()!.data.length;
  }
  return letters;
};

/** They are in memory alone by now, and NATS takes a moment to clear away what was deleted. */
const untilItWorks = async (work: () => Promise<unknown>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (thrown) {
      if (tries >= mostTries) throw thrown;
      await sleep(againMs);
    }
  }
};
