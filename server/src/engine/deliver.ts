import { limits, messageOverhead } from './limits.ts';
import { type Batch, Message } from './message.ts';
import type { Origin } from './origins.ts';
import { checkOutcome, type Returned } from './outcome.ts';
import { madeOfOne } from './positions.ts';

/**
 * Hands a batch on; a promise only where somebody downstream has to wait. What may come again has an origin, which goes along
 * with all that is made of it.
 */
export type Deliver = (batch: Batch, origin?: Origin) => void | Promise<void>;

/** Where a port leads that has no connection. */
export const nowhere: Deliver = () => undefined;

/** One function for all that a port leads to. Messages are immutable, so every target gets the same ones. */
export const fanOut = (targets: readonly Deliver[]): Deliver => {
  if (targets.length === 0) return nowhere;
  if (targets.length === 1) return targets[0]!;
  return (batch, origin) => {
    let waits: Promise<void>[] | undefined;
    for (const deliver of targets) {
      const end = deliver(batch, origin);
      if (end !== undefined) (waits ??= []).push(end);
    }
    return waits && allOf(waits);
  };
};

/** A promise for all of them where there is at least one, nothing otherwise. Rejects when the last one has ended. */
export const allOf = (ends: readonly (void | Promise<void>)[]): void | Promise<void> => {
  const waits = ends.filter((end) => end !== undefined);
  if (waits.length === 0) return undefined;
  return waits.length === 1 ? waits[0] : allEnded(waits);
};

const allEnded = async (waits: readonly Promise<void>[]): Promise<void> => {
  for (const end of await Promise.allSettled(waits)) if (end.status === 'rejected') throw end.reason;
};

/** Whether a batch may be handed on at once, as nearly every one may. */
export const isSmall = (batch: Batch): boolean => {
  let bytes = 0;
  for (let at = 0; at < batch.length; at += 1) bytes += batch[at]!.size + messageOverhead;
  return bytes <= limits.batch || batch.length === 1;
};

/** A batch in parts that may be handed on at once. */
export const partsOf = (batch: Batch): readonly Batch[] => {
  const parts: Batch[] = [];
  let start = 0;
  let bytes = 0;
  for (let at = 0; at < batch.length; at += 1) {
    const size = batch[at]!.size + messageOverhead;
    if (bytes + size > limits.batch && at > start) {
      parts.push(batch.slice(start, at));
      [start, bytes] = [at, 0];
    }
    bytes += size;
  }
  return start === 0 ? [batch] : [...parts, batch.slice(start)];
};

/** What a processor has made so far of a batch, by port. What leads nowhere is not handed on, so it does not count as out. */
export class Outbox {
  private batches: (Message[] | undefined)[] | undefined;
  private count = 0;
  private bytes = 0;

  constructor(private readonly ports: readonly { readonly name: string; readonly deliver: Deliver }[]) {}

  /** Takes all of it, or throws an InvalidMessage and takes nothing where it is no messages for these ports. */
  add(outcome: Returned): void {
    const { ports } = this;
    checkOutcome(outcome, ports);
    for (let index = 0; index < ports.length; index += 1) {
      const { name, deliver } = ports[index]!;
      const made = outcome[name];
      if (made === undefined || deliver === nowhere) continue;
      const isBatch = Array.isArray(made);
      this.count += isBatch ? made.length : 1;
      const batch = this.batchOf(index);
      if (isBatch)
        for (const message of madeOfOne(made as Batch)) {
          batch.push(message);
          this.bytes += message.size + messageOverhead;
        }
      else {
        batch.push(made as Message);
        this.bytes += (made as Message).size + messageOverhead;
      }
    }
  }

  /** Whether so much was made that it should be handed on before more is. */
  get isFull(): boolean {
    return this.bytes > limits.made;
  }

  /** How many messages were made. */
  get size(): number {
    return this.count;
  }

  handOn(origin?: Origin): void | Promise<void> {
    const { batches } = this;
    if (batches === undefined) return undefined;
    let wait: void | Promise<void> = undefined;
    for (let index = 0; index < batches.length; index += 1) {
      const batch = batches[index];
      if (batch === undefined || batch.length === 0) continue;
      const end = this.ports[index]!.deliver(batch, origin);
      if (end !== undefined) wait = wait === undefined ? end : allOf([wait, end]);
    }
    return wait;
  }

  private batchOf(index: number): Message[] {
    const batches = (this.batches ??= new Array<Message[] | undefined>(this.ports.length));
    return (batches[index] ??= []);
  }
}
