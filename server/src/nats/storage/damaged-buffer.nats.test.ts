import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { managerOf } from '../connection/jet-stream.ts';
import { ForeignServer } from '../own-server/foreign-server.ts';
import { answerRestartRequests } from '../connection/restart-request.ts';
import { bufferStream } from './stream-names.ts';
import { StoredData, type StoredMessage } from './stored-data.ts';
import { tryBuffer } from './tried-buffer.ts';

const place = { flow: 'orders', from: 'in', fromPort: 'out', to: 'far', toPort: 'in' };
/** So many messages wait, each in a block of its own; JetStream puts about eighty of them into one file. */
const waiting = 100;
const text = 'x'.repeat(100_000);

const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
  for (let turn = 0; !(await holds()); turn += 1) {
    if (turn > 1500) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
};

/** Starts the server again where somebody asks for it, as the product does with its own nats-server. */
const watched = async (server: ForeignServer): Promise<NatsConnection> => {
  const nats = await connect({ servers: server.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
  answerRestartRequests(nats, async () => {
    await server.end();
    await server.start();
  });
  return nats;
};

/** One start of the connection under test. */
const start = (nats: NatsConnection, dataDir: string) => tryBuffer(nats, { dataDir, place, text });

interface Files {
  /** The folder of the stream, and its files of messages from the oldest to the newest. */
  readonly stream: string;
  readonly oldest: string;
  readonly newest: string;
}

const filesIn = (folder: string): Files => {
  const stream = join(folder, 'jetstream/$G/streams', bufferStream(place));
  const files = readdirSync(join(stream, 'msgs')).filter((name) => name.endsWith('.blk'));
  const [oldest, newest] = [files.sort((a, b) => parseInt(a) - parseInt(b))[0]!, files.at(-1)!];
  return { stream, oldest: join(stream, 'msgs', oldest), newest: join(stream, 'msgs', newest) };
};

const turnBits = (path: string, ...parts: number[]) => {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  for (const part of parts) {
    const at = Math.floor(statSync(path).size * part);
    readSync(file, byte, 0, 1, at);
    byte[0]! ^= 0x15;
    writeSync(file, byte, 0, 1, at);
  }
  closeSync(file);
};
const overwrite = (path: string, at: number, bytes: number) => {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes), 0, bytes, at);
  closeSync(file);
};

/** A server that runs has not written it yet. */
const turnIndex = ({ stream }: Files) => {
  const index = join(stream, 'msgs/index.db');
  if (existsSync(index)) turnBits(index, 0.5);
};

/** What is done to the files, and how many of the hundred messages may be lost by it at most. */
const damages: readonly (readonly [string, number, (files: Files) => void])[] = [
  ['three bits of its newest file are turned', 18, ({ newest }) => turnBits(newest, 0.3, 0.5, 0.7)],
  ['three bits of its oldest file are turned', 3, ({ oldest }) => turnBits(oldest, 0.3, 0.5, 0.7)],
  ['the header of its oldest file is damaged', 84, ({ oldest }) => overwrite(oldest, 0, 4)],
  ['the header of its newest file is damaged', 18, ({ newest }) => overwrite(newest, 0, 4)],
  ['a part of its newest file is zero', 18, ({ newest }) => overwrite(newest, 100_000, 400_000)],
  ['its newest file is cut to half', 12, ({ newest }) => truncateSync(newest, Math.floor(statSync(newest).size / 2))],
  ['its newest file is empty', 18, ({ newest }) => truncateSync(newest, 0)],
  ['its newest file is gone', 18, ({ newest }) => rmSync(newest)],
  ['its oldest file is gone', 84, ({ oldest }) => rmSync(oldest)],
  ['the index is damaged', 0, (files) => turnIndex(files)],
  [
    'the index and the newest file are gone',
    18,
    ({ stream, newest }) => (rmSync(join(stream, 'msgs/index.db'), { force: true }), rmSync(newest)),
  ],
  [
    'an older copy of its newest file lies beside it',
    0,
    ({ stream, oldest }) => copyFileSync(oldest, join(stream, 'msgs/9.blk')),
  ],
  ['its folder of consumers is gone', 0, ({ stream }) => rmSync(join(stream, 'obs'), { recursive: true, force: true })],
  ['the description of the stream is damaged', 100, ({ stream }) => turnBits(join(stream, 'meta.inf'), 0.5)],
  ['the checksum of the description is gone', 100, ({ stream }) => rmSync(join(stream, 'meta.sum'))],
  ['the description is gone', 100, ({ stream }) => rmSync(join(stream, 'meta.inf'))],
  ['its messages are gone', 100, ({ stream }) => rmSync(join(stream, 'msgs'), { recursive: true })],
  ['its folder is gone', 100, ({ stream }) => rmSync(stream, { recursive: true })],
];

const inOrder = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const newOnes = (numbers: readonly number[]) => numbers.filter((number) => number > waiting);
const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const whileRunning = new Set([
  'three bits of its newest file are turned',
  'three bits of its oldest file are turned',
  'the header of its newest file is damaged',
  'its newest file is cut to half',
  'its newest file is empty',
  'its oldest file is gone',
  'its folder is gone',
]);

describe('a buffer whose store is damaged', () => {
  it.each(damages)(
    'while it stands still, and %s, loses no more than that, counts it and goes on',
    async (_, most, damage) => {
      const server = await (await ForeignServer.of()).start();
      try {
        const before = await watched(server);
        const first = start(before, server.folder);
        await first.append(1, waiting);
        await first.stop();
        await before.close();
        await server.end();
        damage(filesIn(server.folder));
        await server.start();
        const nats = await watched(server);
        const second = start(nats, server.folder);
        await second.append(waiting + 1, waiting + 5);
        second.take();
        second.letGo();
        await until('nothing waits', () => second.kept().messages === 0 && newOnes(second.got).length === 5);
        await second.stop();
        await nats.close();
        expect(second.got).toEqual(inOrder([...new Set(second.got)]));
        expect(sum(second.gone)).toBe(waiting + 5 - second.got.length);
        expect(sum(second.gone)).toBeLessThanOrEqual(most);
      } finally {
        await server.remove();
      }
    },
    30_000,
  );

  it.each(damages.filter(([what]) => whileRunning.has(what)))(
    'while it runs, and %s, loses no more than that, counts it and goes on',
    async (_, most, damage) => {
      const server = await (await ForeignServer.of()).start();
      try {
        const nats = await watched(server);
        const run = start(nats, server.folder);
        run.take();
        await run.append(1, waiting);
        damage(filesIn(server.folder));
        run.letGo();
        await run.append(waiting + 1, waiting + 5);
        await until('nothing waits', () => run.kept().messages === 0);
        await run.append(waiting + 6, waiting + 8);
        await until('nothing waits', () => run.kept().messages === 0 && run.got.includes(waiting + 8));
        await run.stop();
        await nats.close();
        const firsts = [...new Set(run.got)];
        expect(firsts).toEqual(inOrder(firsts));
        expect(sum(run.gone)).toBe(waiting + 8 - firsts.length);
        // what was written into the damaged file before anybody noticed is lost with it
        expect(sum(run.gone)).toBeLessThanOrEqual(most + 5);
      } finally {
        await server.remove();
      }
    },
    30_000,
  );

  it('is in a backup with all that can be read of it, or in none', async () => {
    const server = await (await ForeignServer.of()).start();
    try {
      const before = await watched(server);
      const run = start(before, server.folder);
      await run.append(1, waiting);
      await run.stop();
      await before.close();
      await server.end();
      turnBits(filesIn(server.folder).oldest, 0.3, 0.5, 0.7);
      await server.start();
      const nats = await watched(server);
      const stored = async () => {
        const data = new StoredData(nats);
        const [stream] = await data.streams();
        const messages: StoredMessage[] = [];
        for await (const message of data.messages(stream!)) messages.push(message);
        return messages;
      };
      let messages: StoredMessage[] | undefined;
      await until('it is read', async () => (messages = await stored().catch(() => undefined)) !== undefined);
      expect(messages!.length).toBeGreaterThanOrEqual(waiting - 3);
      await nats.close();
    } finally {
      await server.remove();
    }
  }, 30_000);

  it('and was made again under new numbers, is there after each new start of NATS', async () => {
    const server = await (await ForeignServer.of()).start();
    try {
      const nats = await watched(server);
      const run = start(nats, server.folder);
      await run.append(1, 5);
      await (await managerOf(nats)).streams.delete(bufferStream(place));
      await run.append(6, 20);
      await run.stop();
      for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
        await server.stop(signal);
        await server.start();
      }
      const again = start(nats, server.folder);
      again.take();
      again.letGo();
      await until('they are there', () => again.got.length === 15);
      await again.stop();
      await nats.close();
      expect(again.got).toEqual(Array.from({ length: 15 }, (_, n) => n + 6));
    } finally {
      await server.remove();
    }
  }, 30_000);
});
