import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockLog, LogMark } from './block-log.ts';
import { BlockReader } from './block-reader.ts';
import { BlockWriter } from './block-writer.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';

/** A log whose answers take some turns of the event loop, as many as the numbers that it is given say. */
class SlowLog implements BlockLog {
  readonly mostBytes = 1024 ** 2;
  private asked = 0;

  constructor(
    readonly log: MemoryLog,
    private readonly delays: readonly number[],
  ) {}

  open = (after?: number) => this.log.open(after);
  state = () => this.slowly(() => this.log.state());
  read = (sequence: number) => this.slowly(() => this.log.read(sequence));
  next = (sequence: number) => this.slowly(() => this.log.next(sequence));
  append = (bytes: Uint8Array, id: string) => this.slowly(() => this.log.append(bytes, id));
  trim = (sequence: number) => this.log.trim(sequence);
  mark = () => this.log.mark();
  note = (mark: LogMark) => this.log.note(mark);

  /** The answer is that of the moment of asking, or of the moment of answering. */
  private async slowly<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const delay = this.delays[(this.asked += 1) % this.delays.length]!;
    const early = delay % 2 === 0 ? await ask() : undefined;
    for (let turn = 0; turn < delay; turn += 1) await turns();
    return early ?? ask();
  }
}

const turns = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

const pipe = (log: SlowLog, windowBytes: number) => {
  const gone: Record<string, number> = {};
  const got: number[] = [];
  let kept = 0;
  let held: Promise<void> | undefined;
  let letGo: () => void = () => undefined;
  const reader = new BlockReader(
    {
      log,
      maxAgeMs: 1e9,
      windowBytes,
      now: Date.now,
      gone: (reason, messages) => (gone[reason] = (gone[reason] ?? 0) + messages),
      damaged: () => undefined,
    },
    { position: 1, last: 0, stored: 0, passed: 0, goneAhead: 0 },
  );
  const writer = new BlockWriter(
    {
      log,
      idPrefix: 'test',
      now: () => 0,
      random: () => 0,
      wait: turns,
      signal: never,
      done: () => 0,
      written: (block) => reader.offer(block),
      tooLarge: () => undefined,
      lost: () => undefined,
      unkeepable: () => undefined,
      stuck: () => undefined,
    },
    0,
  );
  const stop = new AbortController();
  const reading = (async () => {
    for (let block = await reader.next(stop.signal); block; block = await reader.next(stop.signal)) {
      got.push(...block.messages.map(({ payload }) => payload as number));
      await held;
    }
  })();
  return {
    gone,
    got,
    kept: () => kept,
    passed: () => reader.passed,
    notice: () => reader.notice(),
    append: async () => {
      const number = (kept += 1);
      await writer.append([new Message(number, 1, 'test', number)]);
    },
    hold: () => (held ??= new Promise((resolve) => (letGo = resolve))),
    goOn: () => {
      letGo();
      held = undefined;
    },
    end: async () => {
      stop.abort();
      reader.nudge();
      await reading;
    },
  };
};

/** Looks as the connection does every two seconds, until nothing is left to come. */
const settled = async (pipe: { notice: () => Promise<unknown>; passed: () => number; kept: () => number }) => {
  for (let turn = 0; turn < 500 && pipe.passed() < pipe.kept(); turn += 1) {
    await pipe.notice();
    await turns();
  }
};

const trouble = fc.record({
  kind: fc.constantFrom(
    ...(['append', 'append', 'append', 'append', 'notice', 'hold', 'go_on'] as const),
    ...(['remove', 'damage', 'forget', 'cut', 'strange'] as const),
  ),
  /** Where in the log, from its first to its last block. */
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  /** How long it takes until the next step. */
  turns: fc.constantFrom(0, 1, 2, 5, 12),
});

describe('a reader beside its writer', () => {
  it('hands on in order or counts, once, every message that was kept, whatever happens to the log meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0, 150, 1e6),
        async (steps, delays, windowBytes) => {
          const memory = new MemoryLog();
          const run = pipe(new SlowLog(memory, delays), windowBytes);
          const appends: Promise<void>[] = [];
          for (const step of steps) {
            // a store that is cut has no answer on its way
            if (step.kind === 'cut') await Promise.all(appends);
            const { first, last } = await memory.state();
            const at = first + Math.floor(step.part * (last - first + 1));
            if (step.kind === 'append') appends.push(run.append());
            else if (step.kind === 'notice') void run.notice();
            else if (step.kind === 'hold') void run.hold();
            else if (step.kind === 'go_on') run.goOn();
            else if (step.kind === 'remove') memory.remove(at);
            else if (step.kind === 'damage') (await memory.read(at))?.fill(0x20);
            else if (step.kind === 'forget') await memory.trim(at);
            else if (step.kind === 'cut') memory.cut(at);
            else if (step.kind === 'strange') await memory.append(Buffer.from('by hand'), `by hand ${Math.random()}`);
            for (let turn = 0; turn < step.turns; turn += 1) await turns();
          }
          await Promise.all(appends);
          run.goOn();
          await settled(run);
          await run.end();
          const firsts = [...new Set(run.got)];
          const counted = Object.values(run.gone).reduce((sum, messages) => sum + messages, 0);
          expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
          expect({ delivered: firsts.length, counted }).toEqual({
            delivered: firsts.length,
            counted: run.kept() - firsts.length,
          });
        },
      ),
      { numRuns: 800, seed: 7 },
    );
  });
});
