import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeBlock } from '../../engine/block.ts';
import { type Batch, Message } from '../../engine/message.ts';
import { Positions } from '../../engine/positions.ts';
import { decodeFrame, encodeFrame, sourceOf } from './block-frame.ts';
import { decodeControl, encodeControl, type Control } from './frames.ts';
import { Intake } from './intake.ts';
import { LinkReceiver } from './link-receiver.ts';
import { LinkSender } from './link-sender.ts';

/**
 * Both ends of a link, with all that outlives a kill of either of them, on lines that lose, hold back and cut what is on them.
 * What is kept at A, and what B has kept, are lists; a kill takes all but these.
 */
const stepMs = 1000;

/** One way of a line: bytes, each frame behind its kind and length, as TCP would carry them. */
class Way {
  private bytes = Buffer.alloc(0);
  private arrived = Buffer.alloc(0);

  put(kind: number, frame: Buffer): void {
    const head = Buffer.alloc(5);
    head[0] = kind;
    head.writeUInt32BE(frame.length, 1);
    this.bytes = Buffer.concat([this.bytes, head, frame]);
  }

  /** So many bytes arrive; the frames that are whole by that. */
  carry(count: number): { readonly kind: number; readonly frame: Buffer }[] {
    this.arrived = Buffer.concat([this.arrived, this.bytes.subarray(0, count)]);
    this.bytes = this.bytes.subarray(count);
    const frames = [];
    while (this.arrived.length >= 5 && this.arrived.length >= 5 + this.arrived.readUInt32BE(1)) {
      const end = 5 + this.arrived.readUInt32BE(1);
      frames.push({ kind: this.arrived[0]!, frame: this.arrived.subarray(5, end) });
      this.arrived = this.arrived.subarray(end);
    }
    return frames;
  }
}
const [control, block] = [0, 1];

class Line {
  readonly toA = new Way();
  readonly toB = new Way();
}

/** A part of what B has not got: blocks from one index on, up to another unless it goes on. */
interface Part {
  /** How many messages come before it. */
  readonly part: number;
  done: number;
  until: number | undefined;
}

interface Kept {
  readonly run: string;
  readonly total: number;
  readonly count: number;
  readonly encoded: Buffer;
}

class World {
  now = 0;
  private runs = 0;
  private next = 0;
  private total = 0;
  readonly sent: number[] = [];
  // what A has on its disk: the blocks, how far B is in each part (which may be noted late)
  readonly log: Kept[] = [];
  private noted: readonly Part[] = [{ part: 0, done: 0, until: undefined }];
  // what A knows while it lives
  private run = '';
  private parts: Part[] = [];
  private serving:
    { line: Line; sender: LinkSender<{ part: Part; upTo: number }>; reads: { part: Part; read: number }[] } | undefined;
  // what B has on its disk: messages, and with them how far each source has come
  readonly kept: number[] = [];
  /** Whether something was kept behind what came after it in its source. */
  cameBack = false;
  private positions = new Positions();
  // what B knows while it lives
  private intake!: Intake;
  private life = 0;
  private stores: (() => void)[] = [];
  private taking: { line: Line; receiver: LinkReceiver; blocks: number } | undefined;
  /** Lines that B has left, and A may not know that. */
  private readonly old: Line[] = [];

  constructor() {
    this.startA();
    this.startB();
  }

  startA(): void {
    this.run = `run.${(this.runs += 1)}`;
    this.parts = this.noted.map((part) => ({ ...part }));
    this.serving = undefined;
  }

  note(): void {
    this.noted = this.parts.map((part) => ({ ...part }));
  }

  startB(): void {
    const life = (this.life += 1);
    this.stores = [];
    this.taking = undefined;
    // as the block writer does: what was kept before this start is not kept again
    const before = new Positions(this.positions.list());
    this.intake = new Intake({
      component: 'in',
      ended: () => undefined,
      emit: async (batch) =>
        new Promise<void>((resolve) =>
          this.stores.push(() => {
            if (life !== this.life) return;
            for (const { payload, position } of batch)
              if (!before.has(position!)) {
                this.kept.push(payload as number);
                this.cameBack ||= position!.sequence < (this.positions.of(position!.source) ?? 0);
                this.positions.reach(position!);
              }
            resolve();
          }),
        ),
    });
  }

  append(count: number): void {
    const messages: Batch = Array.from({ length: count }, () => new Message((this.next += 1), 1, 'a.in.1', this.next));
    this.sent.push(...messages.map(({ payload }) => payload as number));
    const encoded = encodeBlock(messages, { total: this.total, done: 0, run: this.run });
    this.total += count;
    this.log.push({ run: this.run, total: this.total, count, encoded });
  }

  /** With `isNewestFirst` what B has not got yet is a part of its own, and is sent behind what comes from now on. */
  dial(isNewestFirst = false): void {
    if (this.taking) this.old.push(this.taking.line);
    const line = new Line();
    const who = { name: 'b', instance: 'b', product: 'test', heartbeat_ms: 5 * stepMs };
    const hello = { ...who, since: 'missed', known: this.intake.known, compression: 'none' } as const;
    const receiver = new LinkReceiver(hello, { blocks: 3, bytes: 400 }, this.now);
    this.taking = { line, receiver, blocks: 0 };
    line.toA.put(control, Buffer.from(encodeControl(receiver.greeting(this.now))));
    // A takes the newest line under a name, whatever it thinks of the one before
    const newest = this.parts.at(-1)!;
    if (isNewestFirst && newest.done < this.log.length && this.parts.length < 4) {
      newest.until = this.log.length;
      this.parts.push({ part: this.total, done: this.log.length, until: undefined });
      // where a part begins is on disk before anything of it is sent
      this.note();
    }
    const sender = new LinkSender<{ part: Part; upTo: number }>(
      { name: 'a', instance: 'a', product: 'test', heartbeat_ms: 5 * stepMs },
      1e6,
      this.now,
    );
    this.serving = { line, sender, reads: this.parts.map((part) => ({ part, read: part.done })).reverse() };
  }

  /** The line is gone for one end, or for both. */
  cut(isSeenByA: boolean): void {
    if (isSeenByA) this.serving = undefined;
    if (this.taking) this.old.push(this.taking.line);
    this.taking = undefined;
  }

  private pump(): void {
    const { serving } = this;
    if (!serving) return;
    const { sender, line, reads } = serving;
    for (const at of reads)
      for (let next = this.nextOf(at); next; next = this.nextOf(at)) {
        const { part } = at;
        const sent = { ...next, run: sourceOf(next.run, part.part) };
        if (sender.has(sent)) {
          at.read += 1;
          part.done = Math.max(part.done, at.read);
          continue;
        }
        const frame = encodeFrame(sent, 'none');
        const isBehind = part.until !== undefined;
        if (!(isBehind ? sender.hasRoomBehind(frame.length, this.now) : sender.hasRoom(frame.length))) break;
        line.toB.put(block, frame);
        at.read += 1;
        sender.sent({ part, upTo: at.read }, frame.length, isBehind);
      }
  }

  private nextOf({ part, read }: { readonly part: Part; readonly read: number }): Kept | undefined {
    return read < (part.until ?? Infinity) ? this.log[read] : undefined;
  }

  carryToA(count: number, line = this.serving?.line): void {
    if (!line) return;
    for (const { frame } of line.toA.carry(count)) {
      const { serving } = this;
      if (serving?.line !== line) continue;
      const heard = serving.sender.hear(decodeControl(frame.toString()), this.now);
      if (heard.kind === 'greeted') line.toB.put(control, Buffer.from(encodeControl(serving.sender.answer(this.now))));
      if (heard.kind === 'safe') for (const { part, upTo } of heard.blocks) part.done = Math.max(part.done, upTo);
    }
    this.pump();
  }

  carryToB(count: number): void {
    const { taking } = this;
    if (!taking) return;
    const { line, receiver } = taking;
    for (const { kind, frame } of line.toB.carry(count)) {
      if (kind === control) {
        receiver.hear(decodeControl(frame.toString()), this.now);
        continue;
      }
      receiver.came(frame.length, this.now);
      const number = (taking.blocks += 1);
      this.intake.take(decodeFrame(frame, 1e6), () => {
        const safe = receiver.safe(number, this.now);
        if (safe) line.toA.put(control, Buffer.from(encodeControl(safe as Control)));
      });
    }
  }

  /** What lies on lines that B has left may still arrive at A. */
  carryOld(count: number): void {
    for (const line of this.old) this.carryToA(count, line);
  }

  async store(): Promise<void> {
    this.stores.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  look(): void {
    this.now += stepMs;
    const { serving, taking } = this;
    for (const [end, way] of [
      [serving?.sender, serving?.line.toB],
      [taking?.receiver, taking?.line.toA],
    ] as const) {
      try {
        if (end?.look(this.now)) way!.put(control, Buffer.from(encodeControl({ kind: 'beat' })));
      } catch {
        if (end === serving?.sender) this.serving = undefined;
        else this.cut(false);
      }
    }
  }

  async settle(): Promise<void> {
    this.dial();
    for (let round = 0; round < 500 && this.kept.length < this.sent.length; round += 1) {
      this.carryToA(1e6);
      this.carryToB(1e6);
      await this.store();
    }
    this.carryToA(1e6);
  }
}

/** Enough for a frame now and then, so that some are cut in the middle and others get through. */
const someBytes = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 3000 }));
const action = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }).map((n) => ['append', n] as const) },
  { weight: 4, arbitrary: fc.constant(['dial', 0] as const) },
  { weight: 30, arbitrary: someBytes.map((n) => ['to A', n] as const) },
  { weight: 30, arbitrary: someBytes.map((n) => ['to B', n] as const) },
  { weight: 16, arbitrary: fc.constant(['store', 0] as const) },
  { weight: 4, arbitrary: fc.constant(['note', 0] as const) },
  { weight: 2, arbitrary: fc.nat(1).map((n) => ['cut', n] as const) },
  { weight: 3, arbitrary: someBytes.map((n) => ['old', n] as const) },
  { weight: 2, arbitrary: fc.constant(['A killed', 0] as const) },
  { weight: 2, arbitrary: fc.constant(['B killed', 0] as const) },
  { weight: 2, arbitrary: fc.constant(['time', 0] as const) },
);

const play = async (world: World, actions: readonly (readonly [string, number])[], isNewestFirst: boolean) => {
  for (const [name, size] of actions) {
    if (name === 'append') world.append(size);
    if (name === 'dial') world.dial(isNewestFirst);
    if (name === 'to A') world.carryToA(size);
    if (name === 'to B') world.carryToB(size);
    if (name === 'store') await world.store();
    if (name === 'note') world.note();
    if (name === 'cut') world.cut(size === 1);
    if (name === 'old') world.carryOld(size);
    if (name === 'A killed') world.startA();
    if (name === 'B killed') world.startB();
    if (name === 'time') world.look();
  }
};
const courses = fc.array(action, { minLength: 50, maxLength: 400, size: 'max' });

it('gets everything across, in order and once, whatever happens to lines and to both ends', async () => {
  await fc.assert(
    fc.asyncProperty(courses, async (actions) => {
      const world = new World();
      await play(world, actions, false);
      expect(world.kept).toEqual(world.sent.slice(0, world.kept.length));
      await world.settle();
      expect(world.kept).toEqual(world.sent);
    }),
    { numRuns: 400 },
  );
});

it('gets everything across once, and each part in order, where the newest comes first', async () => {
  await fc.assert(
    fc.asyncProperty(courses, async (actions) => {
      const world = new World();
      await play(world, actions, true);
      await world.settle();
      expect(world.kept.toSorted((one, other) => one - other)).toEqual(world.sent);
      expect(world.cameBack).toBe(false);
    }),
    { numRuns: 400 },
  );
});
