import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, type NatsLine } from '../../../component-kit/nats/nats-line.ts';
import type { LongMessage, NatsMessage } from '../../../component-kit/nats/protocol-reader.ts';
import { Refused } from '../../../component-kit/nats/jet-stream.ts';
import {
  againInMs,
  consumerInfo,
  type ConsumerInfo,
  ensureConsumer,
  isSameConsumer,
  NotReadable,
  sourceOf,
} from './consumer.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import type { NatsInputConfig } from './nats-input.definition.ts';
import { Pulls } from './pulls.ts';
import { Taken } from './taken.ts';

interface ReaderOptions {
  readonly config: NatsInputConfig;
  /** Name of the consumer where none is named. */
  readonly usualName: string;
  /**
   * Takes a message, in the order of the stream but for a late one; `settle` is called when it is safe. `source` tells what its
   * number counts in; undefined for a late one, and where nobody can know.
   */
  readonly take: (delivery: Delivery, source: string | undefined, settle: () => void) => void;
  readonly report: (state: 'running' | 'waiting', sentence: string) => void;
  /** Resolves when all that was taken is safe. */
  readonly drained: () => Promise<void>;
}

/** How long a pull lasts that waits for what is new, and one for what comes again, in milliseconds. */
const longPullMs = 30_000;
const shortPullMs = 1000;
/** How often it is looked whether what was under way has come again, in milliseconds. */
const lookMs = 1000;
/** How long what waits at the end may take, in milliseconds. */
const farewellMs = 1000;
/** Where it comes again, it is put in order in memory: so many bytes more than may be under way. */
const mostMore = 64 * 1024 ** 2;

/**
 * Reads a stream by a durable consumer, in order. On each line it first gathers what the server has handed over before and not
 * seen acknowledged, which comes again whenever it is due, and puts it in order; only then it reads on.
 */
export class StreamReader {
  /** How many messages of the stream wait for this consumer, as it was when it was looked last. */
  behind = 0;
  private line: NatsLine | undefined;
  private pulls: Pulls | undefined;
  private source: string | undefined;
  private known: ConsumerInfo | undefined;
  private taken: Taken;
  private gathered: Map<number, Delivery> | undefined;
  private gatheredBytes = 0;
  private isStopping = false;
  private wantsOne = false;
  private acks: string[] = [];

  constructor(private readonly options: ReaderOptions) {
    this.taken = new Taken(2 * options.config.under_way);
  }

  up(line: NatsLine): void {
    this.line = line;
    void this.begin(line);
  }

  down(): void {
    this.line = undefined;
    this.pulls?.forget();
    this.pulls = this.gathered = undefined;
    this.acks = [];
  }

  message(message: NatsMessage | LongMessage): void {
    const delivery = deliveryOf(message);
    if (delivery) return this.came(delivery);
    const heard = 'payload' in message ? this.pulls?.heard(message) : undefined;
    if (!heard || heard.news === 'alive' || heard.news === 'ended') return;
    if (heard.news === 'too_large') {
      // what is larger than all that may be under way comes alone
      this.wantsOne ||= heard.isFirst;
      this.pump();
    } else if (this.line) this.startAgain(this.line, heard.news.problem);
  }

  /** Reads no more; what comes all the same goes back. Resolves when nothing more comes. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const { line } = this;
    this.pulls?.forget();
    for (const { reply } of this.gathered?.values() ?? []) this.answer(reply, '-NAK');
    this.gathered = undefined;
    line?.send('UNSUB 1\r\n');
    await this.flushed(line);
  }

  /** Resolves when all acknowledgements are there, or soon. */
  async end(): Promise<void> {
    this.sendAcks();
    await this.flushed(this.line);
  }

  private async flushed(line: NatsLine | undefined): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      line?.flush().catch(() => undefined),
      sleep(farewellMs, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
  }

  private isGone(line: NatsLine): boolean {
    return line !== this.line || this.isStopping;
  }

  private async begin(line: NatsLine): Promise<void> {
    const { options } = this;
    try {
      await options.drained();
      if (this.isGone(line)) return;
      // what was acknowledged on the line before may not have come there
      for (const reply of this.taken.replies) this.acknowledge(reply);
      this.sendAcks();
      await line.flush();
      const info = await ensureConsumer(line, options.config, options.usualName);
      if (this.isGone(line)) return;
      this.meet(info, line);
      await this.gather(line, info);
      if (this.isGone(line)) return;
      options.report('running', `Reads the stream "${info.stream_name}"`);
      this.pump();
    } catch (thrown) {
      if (this.isGone(line)) return;
      if (thrown instanceof Refused || thrown instanceof NotReadable || thrown instanceof NoAnswer)
        return this.startAgain(line, thrown.message);
      line.cut((thrown as Error).message);
    }
  }

  private startAgain(line: NatsLine, sentence: string): void {
    const { longest_wait: waitMs } = this.options.config;
    this.pulls?.forget();
    this.pulls = this.gathered = undefined;
    this.options.report('waiting', `${sentence}; tried again in ${Math.ceil(waitMs / 1000)} s`);
    const timer = setTimeout(() => void (this.isGone(line) || this.begin(line)), waitMs);
    timer.unref();
  }

  private meet(info: ConsumerInfo, line: NatsLine): void {
    const { config } = this.options;
    if (!this.known || !isSameConsumer(this.known, info)) this.taken = new Taken(2 * config.under_way);
    this.known = info;
    this.source = sourceOf(info);
    this.behind = info.num_pending;
    this.pulls = new Pulls(line, config.domain, { stream: info.stream_name, consumer: info.name });
  }

  /** Gathers all that the server counts as handed over and not acknowledged, and hands it on in order. */
  private async gather(line: NatsLine, first: ConsumerInfo): Promise<void> {
    const { config, report } = this.options;
    const place = { stream: first.stream_name, consumer: first.name };
    const gathered = (this.gathered = new Map<number, Delivery>());
    this.gatheredBytes = 0;
    const dueAt = performance.now() + againInMs(first);
    for (let round = 0, info = first; info.num_ack_pending > gathered.size; round += 1) {
      const missing = info.num_ack_pending - gathered.size;
      if (round > 0) {
        report('waiting', `${missing} messages that were under way come again, and the others wait for them`);
        await sleep(Math.max(lookMs, dueAt - performance.now()));
      }
      if (this.isGone(line) || this.gathered !== gathered) return;
      const batch = round === 0 ? missing : info.num_ack_pending;
      await new Promise<void>((resolve) => this.pulls?.ask({ batch, withinMs: shortPullMs }, resolve));
      if (this.isGone(line)) return;
      info = await consumerInfo(line, config.domain, place);
    }
    this.gathered = undefined;
    for (const delivery of [...gathered.values()].sort((a, b) => a.sequence - b.sequence)) this.take(delivery);
  }

  private came(delivery: Delivery): void {
    this.pulls?.came();
    if (this.isStopping) return this.answer(delivery.reply, '-NAK');
    if (!this.gathered) {
      this.wantsOne = false;
      this.take(delivery);
      return this.pump();
    }
    if (this.taken.isSafe(delivery)) return this.acknowledge(delivery.reply);
    if (!this.gathered.has(delivery.sequence)) this.gatheredBytes += delivery.bytes;
    this.gathered.set(delivery.sequence, delivery);
    const most = 4 * this.options.config.under_way_size + mostMore;
    if (this.gatheredBytes > most)
      this.line?.cut(
        'more is under way at the consumer than may be in memory: raise "under_way_size", or remove the consumer',
      );
  }

  private take(delivery: Delivery): void {
    const how = this.taken.take(delivery);
    if (how === 'held') return;
    if (how === 'safe') return this.acknowledge(delivery.reply);
    this.options.take(delivery, how === 'new' ? this.source : undefined, () => {
      this.taken.settle(delivery);
      this.acknowledge(delivery.reply);
      this.pump();
    });
  }

  /** Asks for as much as there is room for, before the last of it has come. */
  private pump(): void {
    const { config } = this.options;
    const { pulls, taken } = this;
    if (!pulls || !this.line || this.gathered || this.isStopping) return;
    const underWay = taken.count + pulls.wanted;
    if (this.wantsOne) {
      if (underWay === 0) pulls.ask({ batch: 1, withinMs: longPullMs }, () => this.pump());
    } else if (underWay <= config.under_way / 2 && taken.bytes <= config.under_way_size / 2) {
      const what = { batch: config.under_way - underWay, bytes: config.under_way_size - taken.bytes };
      pulls.ask({ ...what, withinMs: longPullMs }, () => this.pump());
    }
  }

  private acknowledge(reply: string): void {
    if (this.acks.length === 0) setImmediate(() => this.sendAcks());
    this.acks.push(reply);
  }

  private sendAcks(): void {
    const replies = this.acks.splice(0);
    if (replies.length > 0) this.line?.send(replies.map((reply) => `PUB ${reply} 4\r\n+ACK\r\n`).join(''));
  }

  private answer(reply: string, word: '-NAK'): void {
    this.line?.send(`PUB ${reply} ${word.length}\r\n${word}\r\n`);
  }
}
