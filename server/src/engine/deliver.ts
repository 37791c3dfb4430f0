import type { Batch, Message } from './message.ts';

/** Hands a batch on; a promise only where somebody downstream has to wait. */
export type Deliver = (batch: Batch) => void | Promise<void>;

/** One function for all that a port leads to. Messages are immutable, so every target gets the same ones. */
export const fanOut = (targets: readonly Deliver[]): Deliver => {
  if (targets.length === 0) return () => undefined;
  if (targets.length === 1) return targets[0]!;
  return (batch) => allOf(targets.map((deliver) => deliver(batch)));
};

/** A promise for all of them where there is at least one, nothing otherwise. */
export const allOf = (ends: readonly (void | Promise<void>)[]): void | Promise<void> => {
  const waits = ends.filter((end) => end !== undefined);
  if (waits.length === 0) return undefined;
  return waits.length === 1 ? waits[0] : Promise.all(waits).then(() => undefined);
};

/** What a processor has made so far of a batch, by port. */
export class Outbox {
  private readonly batches: Message[][];
  private count = 0;

  constructor(private readonly ports: readonly { readonly name: string; readonly deliver: Deliver }[]) {
    this.batches = ports.map(() => []);
  }

  add(outcome: Readonly<Record<string, Message | Batch | undefined>>): void {
    for (let index = 0; index < this.ports.length; index += 1) {
      const made = outcome[this.ports[index]!.name];
      if (made === undefined) continue;
      const batch = this.batches[index]!;
      if (Array.isArray(made)) {
        for (const message of made as Batch) batch.push(message);
        this.count += made.length;
      } else {
        batch.push(made as Message);
        this.count += 1;
      }
    }
  }

  /** How many messages were made. */
  get size(): number {
    return this.count;
  }

  handOn(): void | Promise<void> {
    let wait: void | Promise<void> = undefined;
    for (let index = 0; index < this.ports.length; index += 1) {
      const batch = this.batches[index]!;
      if (batch.length > 0) wait = allOf([wait, this.ports[index]!.deliver(batch)]);
    }
    return wait;
  }
}
