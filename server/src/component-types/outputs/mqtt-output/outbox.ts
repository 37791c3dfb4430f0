import type { Packet } from 'mqtt-packet';
import type { BrokerLine } from '../../../component-kit/mqtt/broker-line.ts';
import { InvalidMessage, SomeFailed, type TransientFault } from '../../../engine/fault.ts';
import type { Batch, Message } from '../../../engine/message.ts';
import { brokenTooOften, type Parcel, type Published, refusedMessage, tooLarge } from './parcel.ts';

/** What a broker has said when it let us in. */
export interface BrokerLimits {
  readonly qos: 0 | 1 | 2;
  /** How many messages may be under way. */
  readonly window: number;
  /** The largest packet, in bytes. */
  readonly mostBytes: number;
  /** Whether it still knows what was under way on the line before. */
  readonly hasKept: boolean;
}

/** Numbers of packets are from 1 to this one. */
const lastNumber = 65_535;
/** A line that ends so soon after something was heard of it, in milliseconds, may have ended for what was under way. */
const soonMs = 1000;
/** How often in the time that an answer may take it is looked whether there was one. */
const looks = 4;
const firstFailure = 0x80;

/**
 * Publishes a batch at a time, in order, and knows what of it the broker has. What it does not have when a line ends is published
 * again on the next one, before all that comes after it.
 */
export class Outbox {
  private queue: Parcel[] = [];
  /** Index in the queue of the next one to be sent. */
  private next = 0;
  private readonly underWay = new Map<number, Parcel>();
  private readonly failed = new Map<number, InvalidMessage | TransientFault>();
  private settle: ((reason?: unknown) => void) | undefined;
  private line: BrokerLine | undefined;
  private limits: BrokerLimits | undefined;
  private lastId = 0;
  /** Messages go one by one while these are among them, so that it is known for which of them the broker ends its lines. */
  private suspects = 0;
  private isFull = false;
  private progressAt = 0;

  /** @param write throws an InvalidMessage where nothing can be published of a message */
  constructor(
    private readonly write: (message: Message) => Published,
    private readonly timeoutMs: number,
  ) {}

  /** How many messages are published and not finished. */
  get count(): number {
    return this.underWay.size;
  }

  /** Resolves when the broker has all of it; rejects with what it does not take, and with its reason when the signal is aborted. */
  async deliver(batch: Batch, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.queue = batch.map((message, at) => ({
      ...{ at, message, state: 'fresh', messageId: 0, isSuspect: false, broken: 0 },
    }));
    this.next = this.suspects = 0;
    this.failed.clear();
    const looking = setInterval(() => this.look(), this.timeoutMs / looks);
    const abort = (): void => this.settle?.(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = (reason) => (reason === undefined ? resolve() : reject(reason as Error));
        this.progressAt = performance.now();
        this.pump();
      });
    } finally {
      this.settle = undefined;
      this.queue = [];
      this.underWay.clear();
      clearInterval(looking);
      signal.removeEventListener('abort', abort);
    }
  }

  up(line: BrokerLine, limits: BrokerLimits): void {
    this.line = line;
    this.limits = limits;
    this.isFull = false;
    this.progressAt = performance.now();
    this.pump();
  }

  /** The line is gone. @param byThem whether it was not this side that has ended it */
  down(byThem: boolean): void {
    const open = [...this.underWay.values()];
    const isSoon = performance.now() - this.progressAt < soonMs;
    if (byThem && isSoon) {
      if (open.length === 1) open[0]!.broken += 1;
      for (const parcel of open) parcel.isSuspect = true;
    }
    this.line = this.limits = undefined;
    this.underWay.clear();
    this.queue = [...open, ...this.queue.slice(this.next)];
    this.next = 0;
    this.suspects = this.queue.filter(({ isSuspect }) => isSuspect).length;
  }

  heard(packet: Packet): void {
    if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec' && packet.cmd !== 'pubcomp') return;
    const { messageId = 0, reasonCode = 0 } = packet;
    const parcel = this.underWay.get(messageId);
    const isRefused = reasonCode >= firstFailure && packet.cmd !== 'pubcomp';
    if (packet.cmd === 'pubrec' && !isRefused) {
      if (parcel) parcel.state = 'received';
      this.progressAt = performance.now();
      // a number that is not known here is let go as well, so that the broker has it free
      this.line?.send({ cmd: 'pubrel', messageId, reasonCode: 0 });
    } else if (parcel) {
      if (isRefused) this.failed.set(parcel.at, refusedMessage(reasonCode, packet.properties));
      this.finished(parcel);
    }
  }

  private finished(parcel: Parcel): void {
    this.underWay.delete(parcel.messageId);
    if (parcel.isSuspect) this.suspects -= 1;
    this.progressAt = performance.now();
    this.pump();
  }

  private pump(): void {
    const { line, limits } = this;
    if (!this.settle) return;
    while (line && limits && !this.isFull && this.next < this.queue.length && this.hasRoom(limits)) {
      const parcel = this.queue[this.next]!;
      this.next += 1;
      const problem = this.send(parcel, line, limits);
      if (!problem) continue;
      this.failed.set(parcel.at, problem);
      if (parcel.isSuspect) this.suspects -= 1;
    }
    if (this.next < this.queue.length || this.underWay.size > 0) return;
    this.settle(this.failed.size > 0 ? new SomeFailed(new Map(this.failed)) : undefined);
  }

  private hasRoom({ window }: BrokerLimits): boolean {
    return this.underWay.size < (this.suspects > 0 ? 1 : window);
  }

  /** Sends it on, and returns why it cannot be sent at all. */
  private send(
    parcel: Parcel,
    line: BrokerLine,
    { qos, hasKept, mostBytes }: BrokerLimits,
  ): InvalidMessage | undefined {
    if (parcel.state !== 'fresh' && !hasKept) parcel.state = 'fresh';
    const isAgain = parcel.state !== 'fresh';
    if (!isAgain) parcel.messageId = this.freeId();
    const { messageId } = parcel;
    if (parcel.state === 'received') {
      this.underWay.set(messageId, parcel);
      this.keepUp(line, line.send({ cmd: 'pubrel', messageId, reasonCode: 0 }));
      return undefined;
    }
    const published = this.written(parcel);
    const problem =
      published instanceof InvalidMessage ? published : (brokenTooOften(parcel) ?? tooLarge(published, mostBytes));
    if (problem) return problem;
    this.underWay.set(messageId, parcel);
    parcel.state = 'published';
    const sent = qos > 0 ? undefined : () => this.underWay.get(messageId) === parcel && this.finished(parcel);
    const packet = { ...(published as Published), cmd: 'publish', qos, dup: isAgain, messageId } as const;
    this.keepUp(line, line.send(packet, sent));
    return undefined;
  }

  private written({ message }: Parcel): Published | InvalidMessage {
    try {
      return this.write(message);
    } catch (thrown) {
      if (thrown instanceof InvalidMessage) return thrown;
      throw thrown;
    }
  }

  /** What does not leave this process waits in the batch, and not in the socket. */
  private keepUp(line: BrokerLine, isTaken: boolean): void {
    if (isTaken || this.isFull) return;
    this.isFull = true;
    line.drained(() => {
      if (line !== this.line) return;
      this.isFull = false;
      this.pump();
    });
  }

  private freeId(): number {
    do this.lastId = (this.lastId % lastNumber) + 1;
    while (this.underWay.has(this.lastId));
    return this.lastId;
  }

  private look(): void {
    const isLate = performance.now() - this.progressAt > this.timeoutMs;
    if (isLate && this.underWay.size > 0) this.line?.cut('it does not acknowledge what is published');
  }
}
