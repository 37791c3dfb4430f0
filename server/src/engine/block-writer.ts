import { type Block, encodeBlock } from './block.ts';
import { type BlockLog, LogFull } from './block-log.ts';
import { sentenceOf } from './fault.ts';
import type { Batch, Message, Position } from './message.ts';
import { reachedBy } from './positions.ts';
import { backOff } from './retry.ts';

/** A block that was kept just now. */
export interface WrittenBlock extends Block {
  readonly sequence: number;
  readonly bytes: number;
  /** As it is kept. */
  readonly encoded: Uint8Array;
  readonly positions: readonly Position[];
}

export interface BlockWriterOptions {
  readonly log: BlockLog;
  /** Begins the id of every block, and names this run; differs from start to start. */
  readonly idPrefix: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when what is not kept yet has to be given up. */
  readonly signal: AbortSignal;
  /** Number of the last block that is delivered. */
  readonly done: () => number;
  readonly written: (block: WrittenBlock) => void;
  /** One message alone is larger than the log takes. */
  readonly tooLarge: (message: Message, mostBytes: number) => void | Promise<void>;
  /** So many messages that were to be kept are given up, because the flow ends. */
  readonly lost: (messages: number) => void;
  /** A message cannot be written as a line of a block. */
  readonly unkeepable: (message: Message, sentence: string) => void | Promise<void>;
  /** Why nothing can be kept at present, or undefined when it can again. */
  readonly stuck: (sentence: string | undefined) => void;
}

/** What is aimed at for one block, in bytes of JSON and in messages: large enough to be cheap, small enough to be repeated. */
const usualBytes = 256 * 1024;
const usualMessages = 2000;
/** Least and longest time between two blocks of a busy connection, in milliseconds. In between, it is as long as keeping takes. */
const shortestGapMs = 3;
const longestGapMs = 50;
/** What the first line and the fields beside the payload take at most, per block and per message, in bytes. */
const overheadBytes = 512;

interface Waiting {
  readonly batch: Batch;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Packs batches into blocks and keeps them one after the other, so that their order is the order of `append`. While one
 * block is being kept the next one grows: where keeping is slow, blocks are large and few. What waits here is what callers
 * wait for, so they are the bound.
 */
export class BlockWriter {
  private pending: Waiting[] = [];
  private isBusy = false;
  private blocks = 0;
  private lastEnd = -Infinity;
  private gapMs = shortestGapMs;
  private isStuck = false;
  /** Messages that somebody waits for, less those that are kept or refused. */
  private unkept = 0;

  constructor(
    private readonly options: BlockWriterOptions,
    /** How many messages the connection has kept before. */
    private total: number,
  ) {}

  /** Resolves when the batch is kept; rejects when the signal is aborted before. */
  append(batch: Batch): Promise<void> {
    this.unkept += batch.length;
    return new Promise((resolve, reject) => {
      this.pending.push({ batch, resolve, reject });
      if (!this.isBusy) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.isBusy = true;
    let taken: Waiting[] = [];
    try {
      while (this.pending.length > 0) {
        await this.pause();
        taken = this.pending;
        this.pending = [];
        const messages = taken.length === 1 ? taken[0]!.batch : taken.flatMap(({ batch }) => batch);
        for (const part of await this.partsOf(messages)) await this.keep(part);
        for (const { resolve } of taken) resolve();
      }
    } catch (thrown) {
      if (this.unkept > 0) this.options.lost(this.unkept);
      this.unkept = 0;
      for (const { reject } of [...taken, ...this.pending]) reject(thrown);
      this.pending = [];
    } finally {
      this.isBusy = false;
    }
  }

  /** A quiet connection goes on at once; a busy one waits for more to come. */
  private async pause(): Promise<void> {
    const restMs = this.gapMs - (this.options.now() - this.lastEnd);
    if (restMs > 0) await this.options.wait(restMs, this.options.signal);
  }

  private async partsOf(messages: Batch): Promise<Batch[]> {
    const { mostBytes } = this.options.log;
    const parts: Message[][] = [];
    let part: Message[] = [];
    let bytes = 0;
    for (const message of messages) {
      const size = roughSizeOf(message);
      if (size instanceof Error) {
        this.unkept -= 1;
        await this.options.unkeepable(message, size.message);
        continue;
      }
      if (size > (mostBytes - overheadBytes) / 4 && sizeOf(message) > mostBytes - overheadBytes) {
        this.unkept -= 1;
        await this.options.tooLarge(message, mostBytes);
        continue;
      }
      if (part.length >= usualMessages || (part.length > 0 && bytes + size > Math.min(usualBytes, mostBytes / 4))) {
        parts.push(part);
        [part, bytes] = [[], 0];
      }
      part.push(message);
      bytes += size;
    }
    return part.length > 0 ? [...parts, part] : parts;
  }

  private async keep(messages: Batch): Promise<void> {
    const { idPrefix: run, done } = this.options;
    const positions = reachedBy(messages);
    const bytes = encoded(messages, { total: this.total, done: done(), run, positions });
    if (!(bytes instanceof Error)) return this.store(messages, bytes, positions);
    if (messages.length === 1) {
      this.unkept -= 1;
      return this.options.unkeepable(messages[0]!, bytes.message);
    }
    for (const message of messages) await this.keep([message]);
  }

  private async store(messages: Batch, bytes: Buffer, positions: readonly Position[]): Promise<void> {
    const { log, idPrefix, now, written } = this.options;
    const id = `${idPrefix}.${(this.blocks += 1)}`;
    const start = now();
    const sequence = await this.persist(async () => log.append(bytes, id));
    this.lastEnd = now();
    const tookMs = this.lastEnd - start;
    this.gapMs = Math.min(longestGapMs, Math.max(shortestGapMs, this.gapMs * 0.8 + tookMs * 0.2));
    this.total += messages.length;
    this.unkept -= messages.length;
    const { total } = this;
    const count = messages.length;
    written({ sequence, messages, count, total, run: idPrefix, bytes: bytes.length, encoded: bytes, positions });
  }

  /** Tries until it works: a far disk comes back, a full one is emptied. */
  private async persist(attempt: () => Promise<number>): Promise<number> {
    const { stuck, wait, random, signal } = this.options;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        const sequence = await attempt();
        if (this.isStuck) stuck(undefined);
        this.isStuck = false;
        return sequence;
      } catch (thrown) {
        this.isStuck = true;
        const isFull = thrown instanceof LogFull;
        const reason = sentenceOf(thrown);
        stuck(isFull ? `${reason}, so nothing more is taken in` : `its buffer cannot be written: ${reason}`);
        await wait(isFull ? 50 : backOff(tries, random(), 2000), signal);
      }
    }
  }
}

/** Writing a payload may fail in any way: it may be nested too deep, or have a size or values that JSON does not know. */
const roughSizeOf = (message: Message): number | Error => {
  try {
    return (message.bytes?.length ?? message.json.length) + message.source.length + headersSize(message);
  } catch (thrown) {
    return unkeepable(thrown);
  }
};

const encoded = (...given: Parameters<typeof encodeBlock>): Buffer | Error => {
  try {
    return encodeBlock(...given);
  } catch (thrown) {
    return unkeepable(thrown);
  }
};

const unkeepable = (thrown: unknown): Error =>
  new Error(`it cannot be written to disk: ${sentenceOf(thrown)}`, { cause: thrown });

const headersSize = ({ headers }: Message): number => {
  let size = 0;
  for (const name in headers) size += name.length + headers[name]!.length;
  return size;
};

/** At most so many bytes as a line of a block. */
const sizeOf = (message: Message): number =>
  message.bytes
    ? Math.ceil(message.bytes.length / 3) * 4
    : Buffer.byteLength(message.json) + JSON.stringify(message.headers).length;
