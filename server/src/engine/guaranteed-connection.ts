import type { BufferLimits } from '@semstreams/contract';
import { type BlockLog, type FollowerMark, type LogMark, type LogState, nameless } from './block-log.ts';
import { BlockReader, type GapReason, type ReadBlock } from './block-reader.ts';
import { BlockWriter } from './block-writer.ts';
import type { Deliver } from './deliver.ts';
import { sentenceOf } from './fault.ts';
import type { Followers } from './followers.ts';
import { handOn, type HandNotes } from './hand-on.ts';
import { isAborted } from './is-aborted.ts';
import { lookInto } from './look-into.ts';
import type { Batch, Message } from './message.ts';
import { type Origin, Origins, ProgressTable } from './origins.ts';
import { Places } from './places.ts';
import { keptOfSources, Positions } from './positions.ts';
import { backOff } from './back-off.ts';

/** What waits in the buffer of a connection. `oldestAt` is when the oldest message came in, 0 where none waits. */
export interface Kept {
  readonly messages: number;
  readonly bytes: number;
  readonly oldestAt: number;
}

export interface GuaranteedConnectionOptions {
  readonly log: BlockLog;
  readonly limits: BufferLimits;
  /** The connection, as the origin of what comes out of it. */
  readonly name: string;
  /** The component that its messages come from. */
  readonly from: string;
  readonly idPrefix: string;
  /** Whether what is handed on has its number as its position. */
  readonly isNumbered?: boolean;
  /** Whether anybody may follow it. Where not, places that were kept are given up: they would hold the log for nobody. */
  readonly isFollowed: boolean;
  readonly now: () => number;
  /** Time that never jumps, in milliseconds. */
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when what is not kept yet has to be given up. */
  readonly giveUp: AbortSignal;
  readonly changed: (kept: Kept) => void;
  /** Messages that the downstream end, or one of those who follow, will never have. */
  readonly gone: (reason: GapReason | 'forgotten', messages: number) => void;
  /** Messages that one who follows has, and that the downstream end was not handed for that. */
  readonly gotElsewhere: (messages: number) => void;
  /** Whether more than one way leads here from an input: then it is not known what of a message has come. */
  readonly hasSeveralWays: boolean;
  readonly damaged: (sentence: string, bytes: Uint8Array) => void | Promise<void>;
  readonly hand: HandNotes;
  /** A message has stopped the flow so often that it does not come again. */
  readonly putAside: (message: Message, stops: number) => void | Promise<void>;
  readonly tooLarge: (message: Message, mostBytes: number) => void | Promise<void>;
  /** So many messages that were to be kept are given up, because the flow ends. */
  readonly lost: (messages: number) => void;
  /** A message cannot be written as a line of a block. */
  readonly unkeepable: (message: Message, sentence: string) => void | Promise<void>;
  /** The upstream end cannot keep, or the downstream end cannot read: why, or undefined when it can again. */
  readonly stuck: (end: 'from' | 'to', sentence: string | undefined) => void;
}

/** How soon after its delivery a block is forgotten, in milliseconds. */
const trimAfterMs = 100;
/** So much may be handed on before the first of it is finished, in bytes, if no single block is larger. */
const mostInHandBytes = 4 * 1024 ** 2;
/** How often it is looked whether a log that waits has lost something, in milliseconds. */
const noticeMs = 2000;
/** How soon it is noted outside of the log what was kept, in milliseconds. */
const markAfterMs = 250;
/** How soon it is noted what was delivered, in milliseconds, however long the log takes to forget it: what a crash repeats at most. */
const doneAfterMs = 100;

/**
 * A connection whose messages are on disk until the downstream end has finished them. Upstream appends and waits until they
 * are kept; downstream takes block by block. At least once: what was under way in a crash comes again, with the same origin,
 * so that the next one of these connections keeps what is made of it once.
 */
export class GuaranteedConnection {
  private writer: BlockWriter | undefined;
  private reader: BlockReader | undefined;
  private places: Places | undefined;
  /** What was kept of each source in earlier runs, and up to now. */
  private known = new Positions();
  private reached = new Positions();
  /** Which results were appended, and which are kept. */
  private origins = new Origins(new ProgressTable());
  private progress = new ProgressTable();
  private isNamelessWanted = false;
  /** Wakes the blocks that wait for one who follows. */
  private somebodyWentOn: (() => void)[] = [];
  /** How many blocks wait for that. */
  private standingBack = 0;
  private changes = 0;
  private readonly opened: Promise<void>;
  private stored = 0;
  private bytes = 0;
  private inHand = 0;
  private inHandBytes = 0;
  /** When the oldest message of each block came in that is handed on and not finished, the first block first. */
  private readonly timesInHand: number[] = [];
  private last = 0;
  private doneSequence = 0;
  private trimmed = 0;
  private oldestAt = 0;
  private trimming: NodeJS.Timeout | undefined;
  private marking: NodeJS.Timeout | undefined;
  private markingDone: NodeJS.Timeout | undefined;
  private marked: LogMark | undefined;
  private markedChanges = 0;
  private noting: Promise<void> = Promise.resolve();
  /** The last block that is or will be forgotten. */
  private forgetting = 0;
  private noticing: NodeJS.Timeout | undefined;
  private isNoticing = false;
  private isClosed = false;

  constructor(private readonly options: GuaranteedConnectionOptions) {
    this.opened = this.open();
    this.opened.catch(() => undefined);
  }

  /**
   * Resolves when the batch is kept; rejects when it had to be given up before. Of what has come of the same origin before
   * nothing is kept again.
   */
  async append(batch: Batch, origin?: Origin): Promise<void> {
    if (!this.writer) await this.opened.catch((thrown: unknown) => this.refuse(batch, thrown));
    if (origin) {
      const fresh = this.origins.fresh(batch, origin);
      return this.writer!.append(fresh.messages, fresh);
    }
    const news = this.known.isEmpty ? batch : batch.filter(({ position }) => !position || !this.known.has(position));
    if (news.length > 0) await this.writer!.append(news);
  }

  /** For an output that hands blocks to several, each at its own pace. */
  get followers(): Followers {
    return {
      from: this.options.from,
      follow: async (name, since, order) => {
        await this.opened;
        const follower = await this.places!.follow(name, { since, ...(order && { order }), trimmed: this.forgetting });
        // whoever is told that he has a place has it after a kill, too
        await this.mark();
        return follower;
      },
      forget: (name) => this.places?.forget(name) ?? 0,
      list: () => this.places?.list() ?? [],
      isNamelessServed: () => this.isNamelessWanted,
      serveNameless: (isWanted) => {
        if (isWanted === this.isNamelessWanted) return;
        this.isNamelessWanted = isWanted;
        this.placesChanged();
      },
    };
  }

  /**
   * Hands blocks on until the signal is aborted, up to `atOnce` of them before the first is finished; `full` is called before it
   * waits for that. They are finished in order. Rejects with what `deliver` rejects with; that block and those behind it come again next time.
   */
  async deliver(
    deliver: Deliver,
    signal: AbortSignal,
    { atOnce = 1, full }: { readonly atOnce?: number | undefined; readonly full?: () => void } = {},
  ): Promise<void> {
    await Promise.race([this.opened, isAborted(signal)]);
    const reading = new AbortController();
    const stop = () => {
      reading.abort();
      this.reader?.nudge();
      this.wakeWaiting();
    };
    if (signal.aborted) return;
    signal.addEventListener('abort', stop, { once: true });
    const suspect = this.options.hand.read();
    const ends: Promise<void>[] = [];
    let last: Promise<void> = Promise.resolve();
    const deliverAlone: Deliver = (batch, origin) => {
      const end = deliver(batch, origin);
      full?.();
      return end;
    };
    while (!reading.signal.aborted) {
      const block = await this.next(reading.signal);
      if (!block) break;
      // what may have stopped the flow before comes one by one, so that it is known what does so again
      const isAlone = suspect.stops > 0 && block.sequence <= suspect.sequence;
      if (isAlone) await last;
      if (isAlone && block.sequence === suspect.sequence) this.options.hand.note(suspect);
      last = this.handOver(block, { deliver: isAlone ? deliverAlone : deliver, before: last, signal: reading.signal });
      last.catch(stop);
      ends.push(last.then(() => void ends.shift()).catch(() => undefined));
      if (isAlone || ends.length >= atOnce || this.inHandBytes > mostInHandBytes) {
        full?.();
        await ends[0];
      }
    }
    await last;
  }

  /** Hands one block on; finishes it when that is done and the one before it is finished. */
  private async handOver(
    block: ReadBlock,
    {
      deliver,
      before,
      signal,
    }: { readonly deliver: Deliver; readonly before: Promise<void>; readonly signal: AbortSignal },
  ): Promise<void> {
    const { hand: notes, putAside } = this.options;
    this.timesInHand.push(block.messages[0]?.time ?? 0);
    this.oldestAt = this.timesInHand[0]!;
    this.inHand += block.count;
    this.inHandBytes += block.bytes;
    this.tell();
    const { name, isNumbered = false } = this.options;
    const handOnNow = async (): Promise<void> => handOn(block, { deliver, notes, putAside, name, isNumbered });
    const end = this.isServedToPort ? handOnNow() : this.unlessGotElsewhere(block, handOnNow, signal);
    end.catch(() => undefined);
    await before;
    await end;
    this.finish(block);
  }

  /** Forgets what is done. Call it when `deliver` has ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.places?.end();
    clearTimeout(this.trimming);
    clearInterval(this.noticing);
    await this.mark();
    if (this.done > this.trimmed) await this.options.log.trim(this.done).catch(() => undefined);
  }

  /** Whether the downstream end is handed what there is, whoever follows. Those before it that still wait go first. */
  private get isServedToPort(): boolean {
    return (this.isNamelessWanted || this.places!.isEmpty) && this.standingBack === 0;
  }

  /** Hands a block on as soon as somebody without a name wants it, and not at all where one who follows has it before that. */
  private async unlessGotElsewhere(
    { sequence, count }: ReadBlock,
    handOnNow: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    this.standingBack += 1;
    try {
      while (!this.isNamelessWanted && !this.places!.isEmpty) {
        if (this.places!.furthest >= sequence) return this.options.gotElsewhere(count);
        signal.throwIfAborted();
        await new Promise<void>((resolve) => this.somebodyWentOn.push(resolve));
      }
    } finally {
      this.standingBack -= 1;
    }
    return handOnNow();
  }

  /** The last block that everybody has. */
  private get done(): number {
    return Math.min(this.doneSequence, this.places?.lowest ?? Infinity);
  }

  private wakeWaiting(): void {
    for (const wake of this.somebodyWentOn.splice(0)) wake();
  }

  private placesChanged(): void {
    this.changes += 1;
    this.wakeWaiting();
    if (this.done > this.trimmed) this.trimming ??= setTimeout(() => void this.trim(), trimAfterMs);
    this.marking ??= setTimeout(() => void this.mark(), markAfterMs).unref();
    this.tell();
  }

  /** The log could not be opened before the flow ended. */
  private refuse(batch: Batch, thrown: unknown): never {
    this.options.lost(batch.length);
    throw thrown;
  }

  private async open(): Promise<void> {
    const { options } = this;
    const { log } = options;
    const mark = await log.mark();
    const found = await this.untilItWorks('from', async () => {
      const state = await log.open(mark?.last);
      const { positions, progress } = await keptOfSources(log, state, mark);
      return { ...(await lookInto(log, state, mark)), positions, progress, trimmed: state.first - 1 };
    });
    const { first, last, stored, passed, goneAhead, oldestAt } = found;
    if (!options.hasSeveralWays) this.known = found.positions;
    this.reached = new Positions(this.known.list());
    this.progress = found.progress;
    this.origins = new Origins(new ProgressTable(found.progress.list()));
    this.forgetting = found.trimmed;
    this.openPlaces(found, mark);
    this.stored = stored;
    this.bytes = found.bytes;
    this.oldestAt = oldestAt;
    this.doneSequence = first - 1;
    this.last = last;
    await this.mark();
    if (found.lost > 0) options.gone(reasonOfEnd(found, mark), found.lost);
    this.reader = new BlockReader(
      {
        log,
        maxAgeMs: options.limits.maxAgeMs,
        now: options.now,
        gone: (reason, messages) => {
          options.gone(reason, messages);
          // the last of what waited may be gone, with nothing to come that would tell
          this.tell();
        },
        damaged: options.damaged,
      },
      { position: first, last, stored, passed, goneAhead, forgotten: found.forgotten },
    );
    this.writer = new BlockWriter(
      {
        ...options,
        now: options.monotonic,
        signal: options.giveUp,
        stuck: (sentence) => options.stuck('from', sentence),
        done: () => this.doneSequence,
        written: (block) => {
          this.stored = block.total;
          this.bytes += block.bytes;
          if (block.sequence <= this.doneSequence) this.doneSequence = this.trimmed = this.forgetting = 0;
          if (!options.hasSeveralWays) for (const position of block.positions) this.reached.reach(position);
          for (const row of block.progress) this.progress.raise(row);
          this.places!.offer(block);
          if (this.oldestAt === 0) this.oldestAt = block.messages[0]?.time ?? 0;
          this.last = block.sequence;
          this.reader!.offer(block);
          this.marking ??= setTimeout(() => void this.mark(), markAfterMs).unref();
          this.tell();
        },
      },
      this.stored,
    );
    this.noticing = setInterval(() => void this.notice(), noticeMs);
    this.noticing.unref();
    this.tell();
  }

  private openPlaces(
    found: { readonly last: number; readonly stored: number; readonly bytes: number },
    mark: LogMark | undefined,
  ): void {
    const { log, limits, now, monotonic, gone, isFollowed } = this.options;
    const known = mark?.followers ?? [];
    const marks = isFollowed ? known : [];
    if (!isFollowed)
      for (const { name, passed } of known)
        if (name !== nameless) gone('forgotten', Math.max(0, found.stored - passed));
    this.isNamelessWanted = marks.some(({ name }) => name === nameless);
    this.places = new Places(
      {
        log,
        maxAgeMs: limits.maxAgeMs,
        now,
        monotonic,
        gone,
        read: async (attempt, signal) =>
          this.untilItWorks('to', attempt, signal).catch((thrown: unknown) => {
            if (signal.aborted) return undefined;
            throw thrown;
          }),
        changed: () => this.placesChanged(),
      },
      marks.filter(({ name }) => name !== nameless),
      { ...found, isCut: found.last < (mark?.last ?? 0) },
    );
  }

  private async next(signal: AbortSignal): Promise<ReadBlock | undefined> {
    try {
      return await this.untilItWorks('to', async () => this.reader!.next(signal), signal);
    } catch (thrown) {
      if (signal.aborted) return undefined;
      throw thrown;
    }
  }

  private finish(block: ReadBlock): void {
    this.timesInHand.shift();
    this.oldestAt = this.timesInHand[0] ?? this.oldestAt;
    this.inHand -= block.count;
    this.inHandBytes -= block.bytes;
    this.doneSequence = block.sequence;
    this.bytes = Math.max(0, this.bytes - block.bytes);
    this.trimming ??= setTimeout(() => void this.trim(), trimAfterMs);
    this.markingDone ??= setTimeout(() => void this.mark(), doneAfterMs).unref();
    this.tell();
  }

  private async trim(): Promise<void> {
    const sequence = this.done;
    this.forgetting = Math.max(this.forgetting, sequence);
    // what is trimmed is noted before, or it would be taken for lost after a crash
    await this.mark();
    try {
      if (sequence > this.trimmed) await this.options.log.trim(sequence);
      this.trimmed = sequence;
    } catch {
      // what is not forgotten now is forgotten with the next block, or comes again after a crash
    }
    this.trimming = undefined;
    // once it is closed the log belongs to whoever comes next
    if (this.done > this.trimmed && !this.isClosed) this.trimming = setTimeout(() => void this.trim(), trimAfterMs);
  }

  private async mark(): Promise<void> {
    clearTimeout(this.marking);
    clearTimeout(this.markingDone);
    this.marking = this.markingDone = undefined;
    const { last, doneSequence: done, stored, marked, reader, changes } = this;
    if (!reader) return;
    const passed = reader.passed - this.inHand;
    const isNews =
      marked?.last !== last || marked.done !== done || marked.stored !== stored || marked.passed !== passed;
    if (!isNews && changes === this.markedChanges) return this.noting;
    this.markedChanges = changes;
    const positions = this.reached.list();
    const progress = this.progress.list();
    const followers = this.followerMarks();
    this.marked = {
      last,
      done,
      stored,
      passed,
      ...(positions.length > 0 && { positions }),
      ...(progress.length > 0 && { progress }),
      ...(followers.length > 0 && { followers }),
    };
    this.noting = this.options.log.note(this.marked);
    await this.noting;
  }

  private followerMarks(): readonly FollowerMark[] {
    const { marks } = this.places!;
    if (!this.isNamelessWanted || marks.length === 0) return marks;
    return [...marks, { name: nameless, done: this.doneSequence, passed: 0, missed: 0, awayMs: 0 }];
  }

  private async notice(): Promise<void> {
    if (this.waiting === 0 || this.isNoticing) return;
    this.isNoticing = true;
    try {
      const { passed } = this.reader!;
      const state = await this.reader!.notice();
      this.bytes = state.bytes;
      await this.places!.notice(state);
      if (this.inHand === 0 && this.reader!.passed > passed) this.oldestAt = this.reader!.oldestAt;
      this.tell();
    } catch {
      // the log is away at this moment; whoever has to read it says so
    } finally {
      this.isNoticing = false;
    }
  }

  private get waiting(): number {
    if (!this.reader) return 0;
    return Math.max(this.stored - this.reader.passed + this.inHand, this.places!.mostWaiting);
  }

  private tell(): void {
    const messages = this.waiting;
    if (messages === 0) this.oldestAt = 0;
    const oldest = [this.oldestAt, this.places?.oldestAt ?? 0].filter((at) => at > 0);
    this.options.changed({
      messages,
      bytes: messages === 0 ? 0 : Math.max(this.bytes, this.places?.mostBytes ?? 0),
      oldestAt: messages === 0 || oldest.length === 0 ? 0 : Math.min(...oldest),
    });
  }

  private async untilItWorks<Result>(
    end: 'from' | 'to',
    attempt: () => Promise<Result>,
    signal = this.options.giveUp,
  ): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        const result = await attempt();
        if (tries > 1) this.options.stuck(end, undefined);
        return result;
      } catch (thrown) {
        signal.throwIfAborted();
        this.options.stuck(end, `its buffer cannot be read: ${sentenceOf(thrown)}`);
        await this.options.wait(backOff(tries, this.options.random(), 2000), signal);
      }
    }
  }
}

/** Why the newest blocks that were noted are not in the log. */
const reasonOfEnd = ({ last, forgotten }: LogState, mark: LogMark | undefined): GapReason => {
  if (last < (mark?.last ?? 0)) return 'damaged';
  return forgotten >= last ? 'buffer_full' : 'removed';
};
