import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readAnswer, Refused, saysNobody } from '../../../component-kit/nats/jet-stream.ts';
import { NoAnswer, type NatsLine } from '../../../component-kit/nats/nats-line.ts';
import type { NatsMessage } from '../../../component-kit/nats/protocol-reader.ts';
import { sentenceOfViolation, type Violation } from '../../../component-kit/nats/refusals.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../engine/fault.ts';
import type { Batch } from '../../../engine/message.ts';
import { bytesOf, type Parcel, parcelOf, type Writing } from './parcel.ts';

type Failed = Map<number, InvalidMessage | TransientFault>;

/** So much is under way at most that a stream has not acknowledged: messages, and bytes. */
const mostUnderWay = 1000;
const mostBytesUnderWay = 4 * 1024 ** 2;
/** How often a message is tried whose own subject is not taken by any stream. */
const mostTries = 5;
/** JetStream refuses these for what the message is. */
const forGood: ReadonlySet<number> = new Set([10_054]);

const Acknowledged = z.object({ stream: z.string(), duplicate: z.boolean().default(false) });

interface OutboxOptions {
  readonly writing: Writing;
  /** Whether a stream has to keep each message. */
  readonly isKept: boolean;
  /** Whether all go by one subject: then what is wrong with it is not wrong with a message. */
  readonly isFixed: boolean;
  readonly timeoutMs: number;
}

/** Publishes a batch at a time, in order, and knows what of it the server, or a stream there, has. */
export class Outbox {
  /** Messages that a stream had already. */
  repeated = 0;
  private line: NatsLine | undefined;
  private lineIsUp: (() => void) | undefined;
  private readonly refused = new Map<string, string>();
  private readonly answers = new Map<string, (answer: NatsMessage) => void>();
  private readonly done = new WeakSet<Parcel>();
  /** Ends what is under way, and looks again at what is refused. */
  private broken: ((reason: Error) => void) | undefined;
  private violated: (() => void) | undefined;
  private last = 0;

  constructor(private readonly options: OutboxOptions) {}

  /** How many messages are published and not acknowledged. */
  get count(): number {
    return this.answers.size;
  }

  /** Resolves when all of it is there; rejects with what is not taken, and with its reason when the signal is aborted. */
  async deliver(batch: Batch, signal: AbortSignal): Promise<void> {
    const failed: Failed = new Map();
    let open = this.write(batch, failed);
    while (open.length > 0) {
      const line = await this.until(signal);
      try {
        await this.race(this.publish(line, open, failed), signal);
        open = [];
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof NoAnswer)) throw thrown;
        open = open.filter((parcel) => !this.done.has(parcel) && !failed.has(parcel.at));
        // the line says that it ends in a turn of its own
        await sleep(1);
      } finally {
        this.broken?.(new NoAnswer('nobody waits for it any more'));
        this.answers.clear();
      }
    }
    if (failed.size > 0) throw new SomeFailed(failed);
  }

  up(line: NatsLine): void {
    this.line = line;
    this.lineIsUp?.();
  }

  down(): void {
    this.line = undefined;
    this.broken?.(new NoAnswer('the line broke'));
  }

  violation(violation: Violation): void {
    if (violation.what === 'publish' && this.refused.size < mostUnderWay)
      this.refused.set(violation.subject, sentenceOfViolation(violation));
    // a publication that is not allowed is not answered
    if (violation.what === 'publish') this.violated?.();
  }

  /** An answer of a stream. */
  heard(answer: NatsMessage): void {
    this.answers.get(answer.subject)?.(answer);
  }

  private write(batch: Batch, failed: Failed): Parcel[] {
    return batch.flatMap((message, at) => {
      try {
        return [parcelOf(message, at, this.options.writing)];
      } catch (thrown) {
        if (!(thrown instanceof InvalidMessage)) throw thrown;
        failed.set(at, thrown);
        return [];
      }
    });
  }

  private async until(signal: AbortSignal): Promise<NatsLine> {
    while (!this.line) {
      await this.race(new Promise<void>((resolve) => (this.lineIsUp = resolve)), signal);
      this.lineIsUp = undefined;
    }
    signal.throwIfAborted();
    return this.line;
  }

  private async race<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
    let abort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
    });
    return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort!));
  }

  private async publish(line: NatsLine, parcels: readonly Parcel[], failed: Failed): Promise<void> {
    this.refused.clear();
    if (this.options.isKept) await this.publishToStream(line, parcels, failed);
    else await this.publishPlainly(line, parcels, failed);
  }

  /** The server reads in order: when it answers to a question behind them, it has them all. */
  private async publishPlainly(line: NatsLine, parcels: readonly Parcel[], failed: Failed): Promise<void> {
    for (const parcel of parcels) {
      const bytes = this.bytesFor(parcel, line, failed);
      if (bytes && !line.send(bytes)) await this.drained(line);
    }
    await line.flush();
    for (const { at, subject } of parcels) {
      const sentence = this.refused.get(subject);
      if (sentence !== undefined && !failed.has(at)) failed.set(at, this.refusal(sentence));
    }
  }

  private async publishToStream(line: NatsLine, parcels: readonly Parcel[], failed: Failed): Promise<void> {
    let [next, bytesUnderWay] = [0, 0];
    let isHeld = false;
    let progressAt = performance.now();
    const underWay = new Map<string, Parcel>();
    const settle = (parcel: Parcel, reply: string): void => {
      underWay.delete(reply);
      this.answers.delete(reply);
      bytesUnderWay -= parcel.payload.length;
      progressAt = performance.now();
    };
    const fail = (parcel: Parcel, fault: InvalidMessage | TransientFault): void => {
      failed.set(parcel.at, fault);
      // what comes after waits with it, so that the order stays
      if (fault instanceof TransientFault) isHeld = true;
    };
    await new Promise<void>((resolve, reject) => {
      const end = (act: () => void): void => {
        clearInterval(looking);
        this.broken = this.violated = undefined;
        act();
      };
      const look = (): void => {
        if (underWay.size === 0 || performance.now() - progressAt <= this.options.timeoutMs) return;
        line.cut('it does not acknowledge what is published');
      };
      const looking = setInterval(look, this.options.timeoutMs / 4);
      this.broken = (reason) => end(() => reject(reason));
      this.violated = () => {
        for (const [reply, parcel] of [...underWay]) {
          const sentence = this.refused.get(parcel.subject);
          if (sentence === undefined) continue;
          settle(parcel, reply);
          fail(parcel, this.refusal(sentence));
        }
        pump();
      };
      const take = (parcel: Parcel, reply: string) => (answer: NatsMessage) => {
        settle(parcel, reply);
        const fault = this.faultIn(answer, parcel);
        if (fault) fail(parcel, fault);
        else this.done.add(parcel);
        pump();
      };
      let isFull = false;
      const pump = (): void => {
        while (
          next < parcels.length &&
          !isFull &&
          !isHeld &&
          underWay.size < mostUnderWay &&
          bytesUnderWay < mostBytesUnderWay
        ) {
          const parcel = parcels[next]!;
          next += 1;
          const reply = `${line.inbox}p${(this.last += 1)}`;
          const bytes = this.bytesFor(parcel, line, failed, reply);
          if (!bytes) continue;
          underWay.set(reply, parcel);
          bytesUnderWay += parcel.payload.length;
          this.answers.set(reply, take(parcel, reply));
          if (line.send(bytes)) continue;
          isFull = true;
          line.drained(() => {
            isFull = false;
            pump();
          });
        }
        if (underWay.size > 0 || (next < parcels.length && !isHeld)) return;
        end(resolve);
      };
      pump();
    });
    const first = [...failed.values()].find((fault) => fault instanceof TransientFault);
    if (first) for (const { at } of parcels.slice(next)) failed.set(at, first);
  }

  private bytesFor(parcel: Parcel, line: NatsLine, failed: Failed, reply?: string): Buffer | undefined {
    try {
      return bytesOf(parcel, line.info, reply);
    } catch (thrown) {
      if (!(thrown instanceof InvalidMessage)) throw thrown;
      failed.set(parcel.at, thrown);
      return undefined;
    }
  }

  private async drained(line: NatsLine): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.broken = reject;
      line.drained(resolve);
    });
    this.broken = undefined;
  }

  /** What is not allowed to one subject of all is said of it; where messages choose theirs, it is those messages that fail. */
  private refusal(sentence: string): InvalidMessage | TransientFault {
    return this.options.isFixed ? new TransientFault(sentence) : new InvalidMessage(sentence);
  }

  private faultIn(answer: NatsMessage, { subject }: Parcel): InvalidMessage | TransientFault | undefined {
    if (saysNobody(answer))
      return new TransientFault(
        `no stream there takes "${subject}": make one for it at the server, or switch "jetstream" off`,
        this.options.isFixed ? {} : { tries: mostTries },
      );
    try {
      if (readAnswer(answer, Acknowledged).duplicate) this.repeated += 1;
      return undefined;
    } catch (thrown) {
      if (thrown instanceof Refused && forGood.has(thrown.code)) return new InvalidMessage(thrown.message);
      return new TransientFault(`the stream does not take it: ${(thrown as Error).message}`);
    }
  }
}
