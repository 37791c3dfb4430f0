import { type Block, encodeBlock } from './block.ts';
import { type BlockLog, LogFull } from './block-log.ts';
import { sentenceOf } from './fault.ts';
import type { Batch, Message, Position } from './message.ts';
import { type Fresh, lastOf, type Progress, ProgressTable } from './origins.ts';
import { reachedBy } from './positions.ts';
import { backOff } from './back-off.ts';

/** A block that was kept just now. */
export interface WrittenBlock extends Block {
  readonly sequence: number;
  readonly bytes: number;
  /** As it is kept. */
  readonly encoded: Uint8Array;
  readonly positions: readonly Position[];
  readonly progress: readonly Progress[];
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
  readonly fresh: Fresh | undefined;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** What goes into one block: its messages, and how far their origins have come with them. */
interface Part {
  readonly messages: Batch;
  readonly progress: readonly Progress[];
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

  /**
   * Resolves when the batch is kept; rejects when the signal is aborted before. Of a batch that may come again, `fresh` tells
   * where it stands.
   */
  append(batch: Batch, fresh?: Fresh): Promise<void> {
    this.unkept += batch.length;
    return new Promise((resolve, reject) => {
      this.pending.push({ batch, fresh, resolve, reject });
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
        for (const part of await this.partsOf(taken)) await this.keep(part);
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

  private async partsOf(taken: readonly Waiting[]): Promise<Part[]> {
    const parts: Part[] = [];
    let messages: Message[] = [];
    let progress: Progress[] = [];
    let bytes = 0;
    const end = (): void => {
      if (messages.length > 0) parts.push({ messages, progress: new ProgressTable(progress).list() });
      [messages, progress, bytes] = [[], [], 0];
    };
    const mostInPart = Math.min(usualBytes, this.options.log.mostBytes / 4);
    for (const { batch, fresh } of taken) {
      for (let index = 0; index < batch.length; index += 1) {
        const message = batch[index]!;
        const size = roughSizeOf(message);
        if (typeof size !== 'number' || this.isTooLarge(message, size)) {
          await this.refuse(message, size);
          continue;
        }
        if (messages.length >= usualMessages || (messages.length > 0 && bytes + size > mostInPart)) {
          if (fresh && index > 0) progress.push(lastOf(fresh, index));
          end();
        }
        messages.push(message);
        bytes += size;
      }
      if (fresh && batch.length > 0) progress.push(lastOf(fresh, batch.length));
    }
    end();
    return parts;
  }

  private isTooLarge(message: Message, roughSize: number): boolean {
    const most = this.options.log.mostBytes - overheadBytes;
    return roughSize > most / 4 && sizeOf(message) > most;
  }

  private async refuse(message: Message, size: number | Error): Promise<void> {
    this.unkept -= 1;
    await (typeof size === 'number'
      ? this.options.tooLarge(message, this.options.log.mostBytes)
      : this.options.unkeepable(message, size.message));
  }

  private async keep({ messages, progress }: Part): Promise<void> {
    const { idPrefix: run, done } = this.options;
    const origin = { positions: reachedBy(messages), progress };
    const bytes = encoded(messages, { total: this.total, done: done(), run, ...origin });
    if (!(bytes instanceof Error)) return this.store(messages, bytes, origin);
    if (messages.length === 1) {
      this.unkept -= 1;
      return this.options.unkeepable(messages[0]!, bytes.message);
    }
    const last = messages.length - 1;
    for (const [index, message] of messages.entries())
      await this.keep({ messages: [message], progress: index === last ? progress : [] });
  }

  private async store(
    messages: Batch,
    bytes: Buffer,
    origin: Pick<WrittenBlock, 'positions' | 'progress'>,
  ): Promise<void> {
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
    written({ sequence, messages, count, total, run: idPrefix, bytes: bytes.length, encoded: bytes, ...origin });
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
