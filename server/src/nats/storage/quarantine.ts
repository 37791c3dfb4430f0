import { Injectable, Logger } from '@nestjs/common';
import type { Trouble } from '@semstreams/contract';

/** Who may hear of a trouble: everybody, who may look at one flow, or only who may look at all of them. */
export type About = 'everybody' | 'all flows' | { readonly flow: string };
/** Tells the flows that somebody may look at; left out where these are all. */
export type SeenFlows = ((flow: string) => boolean) | undefined;

interface Kept extends Trouble {
  readonly about: About;
}

/** How long people are shown what happened and is over, in milliseconds. */
const shownMs = 900_000;

/** What cannot be used and is left aside, and what else is wrong, for people to see; it never stops anything. */
@Injectable()
export class Quarantine {
  private readonly log = new Logger(Quarantine.name);
  private readonly troubles = new Map<string, Kept>();
  private readonly listeners = new Set<() => void>();

  /** Notes that `source` cannot be used, or that it can be again where there is no sentence. */
  note(source: string, sentence: string | undefined, about: About = 'all flows'): void {
    if (this.tell(source, sentence, about) && sentence !== undefined)
      this.log.warn({ msg: 'left aside, because it cannot be used', source, reason: sentence });
  }

  /** Notes what is wrong with `source`, or that nothing is. Returns whether that is news. */
  tell(source: string, sentence: string | undefined, about: About = 'all flows'): boolean {
    if (this.troubles.get(source)?.sentence === sentence) return false;
    if (sentence === undefined) this.troubles.delete(source);
    else this.troubles.set(source, { source, sentence, about });
    for (const listener of this.listeners) listener();
    return true;
  }

  /** Says what happened and is over: it is logged, and shown for a while. */
  tellOnce(source: string, sentence: string, about: About = 'all flows'): void {
    this.log.error({ msg: 'something happened to what is kept', source, reason: sentence });
    this.tell(source, sentence, about);
    const isOver = () => this.troubles.get(source)?.sentence === sentence && this.tell(source, undefined);
    setTimeout(isOver, shownMs).unref();
  }

  /** What somebody may hear of. */
  all(seen?: SeenFlows): Trouble[] {
    return [...this.troubles.values()]
      .filter(({ about }) => seen === undefined || isHeard(about, seen))
      .map(({ source, sentence }) => ({ source, sentence }));
  }

  /** Calls back when something is told of or over. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const isHeard = (about: About, seen: (flow: string) => boolean): boolean =>
  about === 'everybody' || (about !== 'all flows' && seen(about.flow));
