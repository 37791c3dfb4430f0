import { expect, it } from 'vitest';
import { encodeBlock } from './block.ts';
import { BlockReader } from './block-reader.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';

const now = 1_700_000_000_000;
const blocks = 6;
/** The one message of the number `total`. */
const block = (total: number) => {
  const messages = [new Message({ n: total }, now, 'test.a.1', total)];
  const encoded = encodeBlock(messages, { total: total - 1, done: 0, run: 'r1' });
  return { messages, count: 1, total, run: 'r1', bytes: encoded.length, encoded, positions: [], progress: [] };
};
const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How the log is when a reader begins with it. */
const before = {
  'a whole log': () => undefined,
  'a hole': (log) => log.remove(3),
  'two holes': (log) => [3, 5].forEach((at) => log.remove(at)),
  'a long hole': (log) => [2, 3, 4].forEach((at) => log.remove(at)),
  'a damaged block': async (log) => void (await log.read(3))?.fill(0x20),
  'a beginning that is gone': async (log) => log.trim(2),
  'an end that is gone': (log) => log.cut(4),
} satisfies Record<string, (log: MemoryLog) => unknown>;

interface Meanwhile {
  readonly log: MemoryLog;
  /** Keeps one more as the writer does. */
  write(): Promise<void>;
}
/** What happens while the reader waits for an answer. */
const meanwhile = {
  nothing: () => undefined,
  'more is written': async ({ write }) => write(),
  'it is cut and goes on': async ({ log, write }) => {
    log.cut(3);
    await write();
    await write();
  },
  'it is cut to its first block, and goes on': async ({ log, write }) => {
    log.cut(1);
    await write();
  },
  'it is cut by one, and goes on': async ({ log, write }) => {
    log.cut(blocks - 1);
    await write();
  },
  'it is cut': ({ log }) => log.cut(4),
  'the oldest are taken out': async ({ log }) => log.trim(4),
  'all is taken out': async ({ log }) => log.trim(blocks),
  'one is taken out': ({ log }) => log.remove(4),
} satisfies Record<string, (given: Meanwhile) => unknown>;

/** Reads all of a log, of which the answer of that number comes when something has happened; `isOld` is one of before. */
const readAll = async (
  given: { readonly at: number; readonly isOld: boolean; readonly looks: boolean },
  prepare: (log: MemoryLog) => unknown,
  happens: (given: Meanwhile) => unknown,
) => {
  const log = new MemoryLog();
  let kept = 0;
  for (; kept < blocks; kept += 1) await log.append(block(kept + 1).encoded, String(kept));
  await prepare(log);
  let answers = 0;
  const answering = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const old = given.isOld ? await ask() : undefined;
    if ((answers += 1) === given.at) await happens({ log, write });
    return old ?? ask();
  };
  let counted = 0;
  const reader = new BlockReader(
    {
      log: {
        read: async (sequence) => answering(async () => log.read(sequence)),
        next: async (sequence) => answering(async () => log.next(sequence)),
        state: async () => answering(async () => log.state()),
      },
      maxAgeMs: 1e9,
      now: () => now,
      gone: (_, messages) => (counted += messages),
      damaged: turn,
    },
    { position: 1, last: blocks, stored: blocks, passed: 0, goneAhead: 0 },
  );
  const write = async (): Promise<void> => {
    kept += 1;
    const one = block(kept);
    reader.offer({ ...one, sequence: await log.append(one.encoded, String(kept)) });
  };
  const end = new AbortController();
  const got: number[] = [];
  const reading = (async () => {
    for (let next = await reader.next(end.signal); next; next = await reader.next(end.signal))
      got.push(...next.messages.map(({ payload }) => (payload as { n: number }).n));
  })();
  if (given.looks) void reader.notice();
  for (let looks = 0; looks < 30; looks += 1) {
    await turn();
    if (looks > 5) await reader.notice();
  }
  end.abort();
  reader.nudge();
  await reading;
  return { got, counted, kept, passed: reader.passed };
};

it.each(Object.keys(before).flatMap((state) => Object.keys(meanwhile).map((event) => [state, event] as const)))(
  '%s: while it is read %s, and each message is handed on or counted, once',
  async (state, event) => {
    for (const isOld of [false, true])
      for (const looks of [false, true])
        for (let at = 1; at <= 14; at += 1) {
          const { got, counted, kept, passed } = await readAll(
            { at, isOld, looks },
            before[state as keyof typeof before],
            meanwhile[event as keyof typeof meanwhile],
          );
          const place = `answer ${at}${isOld ? ', an old one' : ''}${looks ? ', with a look' : ''}`;
          expect(got, place).toEqual([...new Set(got)].sort((a, b) => a - b));
          expect([got.length + counted, passed], `${place}: ${got.join()} of ${kept}, ${counted} counted`).toEqual([
            kept,
            kept,
          ]);
        }
  },
);
