import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockLog, LogMark, LogState } from './block-log.ts';
import { emptyHand } from './hand-on.ts';
import { GuaranteedConnection, type Kept } from './guaranteed-connection.ts';
import { MemoryLog } from './memory-log.ts';
import { type Batch, Message } from './message.ts';

let started = 0;
const limits = { maxBytes: Infinity, maxAgeMs: 1e9, whenFull: 'block' } as const;

/** One start of a guaranteed connection over a log that outlives it. */
const start = (log: BlockLog, note = emptyHand) => {
  let hand = note;
  const giveUp = new AbortController();
  const stop = new AbortController();
  const told: string[] = [];
  const gone: Record<string, number> = {};
  let kept: Kept = { messages: 0, bytes: 0, oldestAt: 0 };
  const connection = new GuaranteedConnection({
    log,
    limits,
    name: 'test',
    idPrefix: `test.${(started += 1)}`,
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0,
    wait: async (_, signal) => sleep(0, undefined, { signal }),
    giveUp: giveUp.signal,
    changed: (now) => (kept = now),
    hasSeveralWays: false,
    isFollowed: true,
    from: 'a',
    gotElsewhere: () => undefined,
    gone: (reason, messages) => (gone[reason] = (gone[reason] ?? 0) + messages),
    damaged: (sentence) => void told.push(sentence),
    tooLarge: () => void told.push('too large'),
    lost: (messages) => void told.push(`${messages} lost`),
    unkeepable: (_, sentence) => void told.push(sentence),
    hand: { read: () => hand, note: (now) => (hand = now) },
    putAside: ({ payload }, stops) => void told.push(`put aside after ${stops} stops: ${String(payload)}`),
    stuck: (end, sentence) => void told.push(`${end}: ${sentence ?? 'goes on'}`),
  });
  return {
    connection,
    told,
    gone,
    kept: () => kept,
    hand: () => hand,
    deliver: (deliver: (batch: Batch) => void | Promise<void>, atOnce?: number) =>
      connection.deliver(deliver, stop.signal, { atOnce }),
    stop: async () => {
      stop.abort();
      await connection.close();
    },
    giveUp: () => giveUp.abort(),
  };
};

const messages = (...payloads: unknown[]): Batch =>
  payloads.map((payload, sequence) => new Message(payload, 1_700_000_000_000, 'test.a.1', sequence));
const until = async (what: string, holds: () => boolean) => {
  for (let turn = 0; turn < 2000; turn += 1) {
    if (holds()) return;
    await sleep(1);
  }
  throw new Error(`waited in vain until ${what}`);
};

describe('a guaranteed connection', () => {
  it('hands on what was appended, in order, and forgets it', async () => {
    const log = new MemoryLog();
    const run = start(log);
    const got: unknown[] = [];
    const delivered = run.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await run.connection.append(messages(1, 2));
    await run.connection.append(messages(3));
    await until('all are there', () => got.length === 3);
    await run.stop();
    await delivered;
    expect(got).toEqual([1, 2, 3]);
    expect(await log.state()).toEqual({ first: 3, last: 2, bytes: 0, forgotten: 0, hasHoles: false });
    expect(run.kept()).toEqual({ messages: 0, bytes: 0, oldestAt: 0 });
  });

  describe('whose downstream end takes several blocks at once', () => {
    /** Ends of blocks that the test lets happen. */
    const begin = async (count: number, atOnce: number) => {
      const log = new MemoryLog();
      const run = start(log);
      for (let n = 0; n < count; n += 1) await run.connection.append(messages(n));
      const ends: { done: () => void; fail: (reason: Error) => void }[] = [];
      const delivered = run.deliver(
        async () => new Promise<void>((done, fail) => void ends.push({ done, fail })),
        atOnce,
      );
      await until('it is busy', () => ends.length === Math.min(count, atOnce));
      return { log, run, ends, delivered };
    };

    it('hands on no more than that, and counts all of it as waiting', async () => {
      const { run, ends, delivered } = await begin(5, 3);
      await sleep(5);
      expect([ends.length, run.kept().messages]).toEqual([3, 5]);
      ends[0]!.done();
      await until('the next one follows', () => ends.length === 4);
      expect(run.kept().messages).toBe(4);
      ends.forEach(({ done }) => done());
      await until('the last one follows', () => ends.length === 5);
      ends[4]!.done();
      await until('nothing waits', () => run.kept().messages === 0);
      expect(run.hand()).toEqual(emptyHand);
      await run.stop();
      await delivered;
    });

    it('finishes them in order, whichever is done first', async () => {
      const { log, run, ends, delivered } = await begin(3, 3);
      ends[2]!.done();
      ends[1]!.done();
      await sleep(5);
      expect(run.kept().messages).toBe(3);
      ends[0]!.done();
      await until('nothing waits', () => run.kept().messages === 0);
      await run.stop();
      await delivered;
      expect(await log.state()).toMatchObject({ first: 4, last: 3, bytes: 0 });
    });

    it('gives all those back that lie behind one that failed', async () => {
      const { log, run, ends, delivered } = await begin(4, 3);
      ends[1]!.fail(new Error('broken'));
      ends[2]!.done();
      ends[0]!.done();
      await expect(delivered).rejects.toThrow('broken');
      await run.stop();
      const again = start(log);
      const got: unknown[] = [];
      void again.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
      await until('they are there again', () => got.length === 3);
      expect(got).toEqual([1, 2, 3]);
      await again.stop();
    });

    it('hands on one that is under suspicion by itself', async () => {
      const log = new MemoryLog();
      const before = start(log);
      for (const n of [1, 2, 3]) await before.connection.append(messages(n));
      await before.stop();
      const run = start(log, { sequence: 2, index: -1, stops: 1 });
      const seen: string[] = [];
      const delivered = run.deliver(async ([first]) => {
        seen.push(`${String(first!.payload)} begins, stops ${run.hand().stops}`);
        await sleep(2);
        seen.push(`${String(first!.payload)} ends`);
      }, 8);
      await until('all are there', () => seen.length === 6);
      await run.stop();
      await delivered;
      expect(seen).toEqual([
        '1 begins, stops 1',
        '1 ends',
        '2 begins, stops 2',
        '2 ends',
        '3 begins, stops 1',
        '3 ends',
      ]);
    });
  });

  it('says what waits while nobody takes it, and after a restart', async () => {
    const log = new MemoryLog();
    const first = start(log);
    await first.connection.append(messages(1, 2, 3));
    expect(first.kept()).toMatchObject({ messages: 3, oldestAt: 1_700_000_000_000 });
    await first.stop();
    const second = start(log);
    await until('it is open', () => second.kept().messages === 3);
    const got: unknown[] = [];
    const delivered = second.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await until('all are there', () => got.length === 3);
    await second.stop();
    await delivered;
    expect(got).toEqual([1, 2, 3]);
  });

  it('hands a block on again that was under way when downstream failed', async () => {
    const log = new MemoryLog();
    const first = start(log);
    await first.connection.append(messages(1));
    await expect(first.deliver(() => Promise.reject(new Error('the far side broke')))).rejects.toThrow('broke');
    await first.stop();
    const second = start(log);
    const got: unknown[] = [];
    const delivered = second.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await until('it comes again', () => got.length === 1);
    await second.stop();
    await delivered;
    expect(got).toEqual([1]);
  });

  it('counts what a full log has forgotten', async () => {
    const log = new MemoryLog({ maxBytes: 4096, whenFull: 'drop_oldest' });
    const run = start(log);
    const total = 400;
    for (let n = 0; n < total; n += 1) await run.connection.append(messages({ n, text: 'x'.repeat(100) }));
    await run.stop();
    const again = start(log);
    const got: Batch[number][] = [];
    const delivered = again.deliver((batch) => void got.push(...batch));
    await until('the rest is there', () => got.length > 0 && again.kept().messages === 0);
    await again.stop();
    await delivered;
    const first = (got[0]!.payload as { n: number }).n;
    expect(got.map(({ payload }) => (payload as { n: number }).n)).toEqual(
      Array.from({ length: total - first }, (_, index) => first + index),
    );
  });

  it('counts what was forgotten while it was in the middle', async () => {
    const log = new MemoryLog({ maxBytes: 4096, whenFull: 'drop_oldest' });
    const run = start(log);
    const got: number[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const delivered = run.deliver(async (batch) => {
      await gate;
      got.push(...batch.map(({ payload }) => (payload as { n: number }).n));
    });
    const total = 400;
    for (let n = 0; n < total; n += 1) await run.connection.append(messages({ n, text: 'x'.repeat(100) }));
    open();
    await until('nothing waits', () => got.at(-1) === total - 1);
    await run.stop();
    await delivered;
    expect(got.length + (run.gone['buffer_full'] ?? 0)).toBe(total);
    expect([...got].sort((a, b) => a - b)).toEqual(got);
  });

  it('says after a start, too, that what was in hand and never finished had to go for want of room', async () => {
    const log = new MemoryLog({ maxBytes: 4096, whenFull: 'drop_oldest' });
    const run = start(log);
    void run.deliver(async () => new Promise<void>(() => undefined));
    await run.connection.append(messages('in hand'));
    await until('it is in hand', () => run.hand().sequence === 1);
    const total = 100;
    for (let n = 0; n < total; n += 1) await run.connection.append(messages({ n, text: 'x'.repeat(100) }));
    await run.stop();
    const again = start(log);
    let count = 0;
    const delivered = again.deliver((batch) => void (count += batch.length));
    await until('nothing waits', () => count > 0 && again.kept().messages === 0);
    await again.stop();
    await delivered;
    expect(Object.keys({ ...run.gone, ...again.gone })).toEqual(['buffer_full']);
    expect((run.gone['buffer_full'] ?? 0) + (again.gone['buffer_full'] ?? 0) + count).toBe(total + 1);
  });

  it('puts a damaged block aside, counts what was in it, and goes on', async () => {
    const log = new MemoryLog();
    const first = start(log);
    await first.connection.append(messages(1, 2));
    await first.connection.append(messages(3, 4, 5));
    await first.connection.append(messages(6));
    await first.stop();
    const bytes = (await log.read(2))!;
    bytes[bytes.length - 3] = bytes[bytes.length - 3]! ^ 1;
    const second = start(log);
    const got: unknown[] = [];
    const delivered = second.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await until('the last one is there', () => got.includes(6));
    await second.stop();
    await delivered;
    expect(got).toEqual([1, 2, 6]);
    expect(second.gone).toEqual({ damaged: 3 });
    expect(second.told).toEqual(['a block of its buffer is damaged: its checksum is wrong']);
  });

  it('goes on where the oldest and the newest block are damaged beyond reading', async () => {
    const log = new MemoryLog();
    const first = start(log);
    for (const each of [1, 2, 3]) await first.connection.append(messages(each));
    await first.stop();
    for (const sequence of [1, 3]) (await log.read(sequence))!.fill(0);
    const second = start(log);
    const got: unknown[] = [];
    const delivered = second.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await second.connection.append(messages(4));
    await until('the last one is there', () => got.includes(4));
    await second.stop();
    await delivered;
    expect(got).toEqual([2, 4]);
    expect(second.told).toEqual(
      Array.from({ length: 2 }, () => 'a block of its buffer is damaged: it does not begin like a block'),
    );
  });

  it('hands nothing on again that a disk remembers after it was told to forget it', async () => {
    const log = new ForgetfulLog();
    const first = start(log);
    const got: unknown[] = [];
    const taken = first.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    for (const each of [1, 2, 3]) {
      await first.connection.append(messages(each));
      await until(`${each} is there`, () => got.includes(each));
    }
    await first.connection.append(messages(4));
    await first.stop();
    await taken;
    const second = start(log);
    const again: unknown[] = [];
    const delivered = second.deliver((batch) => void again.push(...batch.map(({ payload }) => payload)));
    await until('the last block is there', () => again.includes(4));
    await second.stop();
    await delivered;
    expect(again).toEqual([4]);
  });

  it('loses nothing behind blocks of an earlier time that came back', async () => {
    const log = new ForgetfulLog();
    const first = start(log);
    const taken = first.deliver(() => undefined);
    await first.connection.append(messages(...Array.from({ length: 50 }, (_, index) => index)));
    await first.stop();
    await taken;
    log.hides = true;
    const second = start(log);
    await second.connection.append(messages('new'));
    await second.stop();
    log.hides = false;
    const third = start(log);
    const got: unknown[] = [];
    const delivered = third.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await until('the new one is there', () => got.includes('new'));
    await third.stop();
    await delivered;
    expect(got).toEqual(['new']);
  });

  it('finds the one message of a block that stops the flow, and puts it aside after three times', async () => {
    const log = new MemoryLog();
    const first = start(log);
    await first.connection.append(messages(1, 'poison', 3, 'another', 5));
    await first.stop();
    const got: unknown[] = [];
    const told: string[] = [];
    let note = emptyHand;
    for (let starts = 1; starts < 20 && !got.includes(5); starts += 1) {
      const run = start(log, note);
      let isDead = false;
      void run.deliver((batch) => {
        const payloads = batch.map(({ payload }) => payload);
        if (!payloads.some((payload) => typeof payload === 'string')) return void got.push(...payloads);
        isDead = true;
        return new Promise(() => undefined);
      });
      await until('it is dead or done', () => isDead || got.includes(5));
      note = run.hand();
      told.push(...run.told);
    }
    expect(got).toEqual([1, 3, 5]);
    expect(told).toEqual(['put aside after 3 stops: poison', 'put aside after 3 stops: another']);
  });

  it('never loses what was kept, whatever breaks in between', async () => {
    const step = fc.constantFrom('append', 'append', 'append', 'restart', 'fail', 'die', 'away', 'lost_answer');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, remembers) => {
        const log = remembers ? new ForgetfulLog() : new MemoryLog();
        const troubled = new TroubledLog(log);
        const kept: number[] = [];
        const got: number[] = [];
        let next = 0;
        let isFailing = false;
        let run = start(troubled);
        let life = 0;
        const begin = () => {
          const mine = (life += 1);
          return run
            .deliver((batch) => {
              if (mine !== life) return new Promise(() => undefined);
              if (isFailing) {
                isFailing = false;
                throw new Error('downstream failed');
              }
              got.push(...batch.map(({ payload }) => payload as number));
            })
            .catch(() => 'failed');
        };
        let delivered = begin();
        for (const each of steps) {
          if (each === 'append') {
            const numbers = [next, next + 1];
            next += 2;
            await run.connection.append(messages(...numbers));
            kept.push(...numbers);
          } else if (each === 'away') troubled.failures = 3;
          else if (each === 'lost_answer') troubled.lostAnswers = 1;
          else if (each === 'die') {
            // nobody stops it: a thread that died comes back with what it had noted
            run = start(troubled, run.hand());
            delivered = begin();
          } else {
            isFailing = each === 'fail';
            await run.stop();
            await delivered;
            run = start(troubled);
            delivered = begin();
          }
        }
        isFailing = false;
        if ((await Promise.race([delivered, sleep(5)])) === 'failed') {
          await run.stop();
          run = start(troubled);
          delivered = begin();
        }
        await until('all have arrived', () => kept.every((number) => got.includes(number)));
        await run.stop();
        await delivered;
        const firsts = got.filter((number, index) => got.indexOf(number) === index);
        expect(firsts).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });
});

/** Forgets nothing on its disk, and hides it only as long as it runs: like a server whose kill undoes its last deletions. */
class ForgetfulLog extends MemoryLog {
  hides = false;
  override async trim(): Promise<void> {
    // it is still on the disk
  }

  override async open(): Promise<LogState> {
    const state = await super.open();
    return this.hides ? { ...state, first: state.last + 1 } : state;
  }
}

/** A log that is away for a while, or keeps a block without being able to say so. */
class TroubledLog implements BlockLog {
  failures = 0;
  lostAnswers = 0;
  readonly mostBytes = 1024 ** 2;

  constructor(private readonly log: BlockLog) {}

  open = () => this.tried(async () => this.log.open());
  state = () => this.tried(async () => this.log.state());
  read = (sequence: number) => this.tried(async () => this.log.read(sequence));
  trim = (sequence: number) => this.tried(async () => this.log.trim(sequence));
  next = (sequence: number) => this.tried(async () => this.log.next(sequence));
  mark = async () => this.log.mark();
  note = async (mark: LogMark) => this.log.note(mark);
  append = (bytes: Uint8Array, id: string) =>
    this.tried(async () => {
      const sequence = await this.log.append(bytes, id);
      if (this.lostAnswers > 0) {
        this.lostAnswers -= 1;
        throw new Error('the answer was lost');
      }
      return sequence;
    });

  private async tried<Result>(work: () => Promise<Result>): Promise<Result> {
    await sleep(0);
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('it is away');
    }
    return work();
  }
}
