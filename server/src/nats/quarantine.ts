import { Injectable, Logger } from '@nestjs/common';
import type { Trouble } from '@semstreams/contract';

/** What cannot be used and is left aside, for people to see; it never stops anything else. */
@Injectable()
export class Quarantine {
  private readonly log = new Logger(Quarantine.name);
  private readonly troubles = new Map<string, Trouble>();
  private readonly listeners = new Set<(troubles: readonly Trouble[]) => void>();

  /** Notes that `source` cannot be used, or that it can be again where there is no sentence. */
  note(source: string, sentence: string | undefined): void {
    if (this.troubles.get(source)?.sentence === sentence) return;
    if (sentence === undefined) this.troubles.delete(source);
    else {
      this.troubles.set(source, { source, sentence });
      this.log.warn({ msg: 'left aside, because it cannot be used', source, reason: sentence });
    }
    for (const listener of this.listeners) listener(this.all());
  }

  all(): Trouble[] {
    return [...this.troubles.values()];
  }

  onChange(listener: (troubles: readonly Trouble[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
