import { Injectable, Logger } from '@nestjs/common';
import type { Trouble } from '@semstreams/contract';

/** How long people are shown what happened and is over, in milliseconds. */
const shownMs = 900_000;

/** What cannot be used and is left aside, and what else is wrong, for people to see; it never stops anything. */
@Injectable()
export class Quarantine {
  private readonly log = new Logger(Quarantine.name);
  private readonly troubles = new Map<string, Trouble>();
  private readonly listeners = new Set<(troubles: readonly Trouble[]) => void>();

  /** Notes that `source` cannot be used, or that it can be again where there is no sentence. */
  note(source: string, sentence: string | undefined): void {
    if (this.tell(source, sentence) && sentence !== undefined)
      this.log.warn({ msg: 'left aside, because it cannot be used', source, reason: sentence });
  }

  /** Notes what is wrong with `source`, or that nothing is. Returns whether that is news. */
  tell(source: string, sentence: string | undefined): boolean {
    if (this.troubles.get(source)?.sentence === sentence) return false;
    if (sentence === undefined) this.troubles.delete(source);
    else this.troubles.set(source, { source, sentence });
    for (const listener of this.listeners) listener(this.all());
    return true;
  }

  /** Says what happened and is over: it is logged, and shown for a while. */
  tellOnce(source: string, sentence: string): void {
    this.log.error({ msg: 'something happened to what is kept', source, reason: sentence });
    this.tell(source, sentence);
    const isOver = () => this.troubles.get(source)?.sentence === sentence && this.tell(source, undefined);
    setTimeout(isOver, shownMs).unref();
  }

  all(): Trouble[] {
    return [...this.troubles.values()];
  }

  onChange(listener: (troubles: readonly Trouble[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
