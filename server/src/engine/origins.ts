import type { Batch, Message } from './message.ts';

/**
 * What a batch came of, where that may come again: a block of a guaranteed connection, or something that a sender repeats until
 * it is acknowledged. It goes along with all that is made of it, so that whoever keeps the results keeps them once.
 */
export interface Origin {
  /** Who it is from; the same after a restart. */
  readonly source: string;
  /** Tells apart times in which the source has counted anew; positions are compared within one. */
  readonly start: string;
  /** Rises within a start. What has the same position is the same again. */
  readonly position: number;
  /** What it began as, from the message number `first` on: results belong to the message whose id they have. */
  readonly messages: Batch;
  readonly first: number;
  /** One object for each time that it comes. */
  readonly attempt: object;
}

/** How far the results of a source have come: source, start, position, and the place of the last result within the position. */
export type Progress = readonly [source: string, start: string, position: number, place: number];

/** The results of a batch that were not there before, each with its place within the position. */
export interface Fresh {
  readonly messages: Batch;
  readonly places: readonly number[];
  readonly origin: Origin;
}

/** So many sources are remembered; the one that was silent for longest is forgotten first. */
const mostSources = 256;
/** So many starts are remembered of one source. */
const mostStarts = 4;
/** A place is the number of the message, times this, and how many results it has had. */
const mostResults = 2 ** 24;

/** How far a source has come with the first so many of its results. */
export const lastOf = ({ origin, places }: Fresh, count: number): Progress => [
  origin.source,
  origin.start,
  origin.position,
  places[count - 1]!,
];

/** What is said anew, each time by objects of their own. */
export const originOf = (source: string, start: string, position: number, messages: Batch, first = 0): Origin => ({
  source,
  start,
  position,
  messages,
  first,
  attempt: {},
});

/** The same on one of several ways, which may meet again: what came on one of them says nothing of the others. */
export const branchOf = (origin: Origin, way: string): Origin => ({ ...origin, source: `${origin.source} / ${way}` });

/** How far each source has come. */
export class ProgressTable {
  private readonly rows = new Map<string, Progress>();

  constructor(known: readonly Progress[] = []) {
    for (const row of known) this.raise(row);
  }

  get size(): number {
    return this.rows.size;
  }

  of({ source, start }: Pick<Origin, 'source' | 'start'>): Progress | undefined {
    return this.rows.get(keyOf(source, start));
  }

  /** Notes a result, unless a later one is noted. */
  raise(row: Progress): void {
    const [source, start, position, place] = row;
    const key = keyOf(source, start);
    const known = this.rows.get(key);
    if (known && (known[2] > position || (known[2] === position && known[3] >= place))) return;
    if (!known) this.makeRoom(source);
    this.rows.delete(key);
    this.rows.set(key, row);
  }

  /** All of them, the one that was silent for longest first. */
  list(): Progress[] {
    return [...this.rows.values()];
  }

  private makeRoom(source: string): void {
    const starts = [...this.rows].filter(([, [known]]) => known === source);
    if (starts.length >= mostStarts) this.rows.delete(starts[0]![0]);
    else if (this.rows.size >= mostSources) this.rows.delete(this.rows.keys().next().value!);
  }
}

const keyOf = (source: string, start: string): string => `${source}@${start}`;

/** Tells results that come again from those that are new. What is new counts as taken. */
export class Origins {
  private readonly cursors = new Map<string, Cursor>();

  constructor(private readonly taken: ProgressTable) {}

  /** How far all sources have come. */
  list(): Progress[] {
    return this.taken.list();
  }

  fresh(batch: Batch, origin: Origin): Fresh {
    const { source, start, position } = origin;
    const known = this.taken.of(origin);
    if (known && known[2] > position) return { messages: [], places: [], origin };
    const places = this.cursor(origin).placesOf(batch);
    const before = known && known[2] === position ? known[3] : -1;
    const repeated = places[0]! > before ? 0 : places.filter((place) => place <= before).length;
    this.taken.raise([source, start, position, places.at(-1) ?? -1]);
    return repeated === 0
      ? { messages: batch, places, origin }
      : { messages: batch.slice(repeated), places: places.slice(repeated), origin };
  }

  private cursor(origin: Origin): Cursor {
    const known = this.cursors.get(origin.source);
    if (known?.attempt === origin.attempt) return known;
    const cursor = new Cursor(origin);
    this.cursors.delete(origin.source);
    this.cursors.set(origin.source, cursor);
    if (this.cursors.size > mostSources) this.cursors.delete(this.cursors.keys().next().value!);
    return cursor;
  }
}

/** Goes along what an attempt began as, while its results come: in the same order, some of them missing, some several. */
class Cursor {
  readonly attempt: object;
  private at = 0;
  private results = 0;
  /** A source of results whose ids none of the messages has. */
  private foreign: string | undefined;

  constructor(private readonly origin: Origin) {
    this.attempt = origin.attempt;
  }

  placesOf(batch: Batch): number[] {
    return batch.map((message) => this.placeOf(message));
  }

  /** Of a message that was made anew nobody knows of which it was made: it counts as a result of the one before. */
  private placeOf(message: Message): number {
    const found = message.source === this.foreign ? this.at : this.find(message);
    if (found !== this.at) [this.at, this.results] = [found, 0];
    this.results += 1;
    return (this.origin.first + this.at) * mostResults + this.results;
  }

  private find({ source, sequence }: Message): number {
    const { messages } = this.origin;
    for (let index = this.at; index < messages.length; index += 1) {
      const message = messages[index]!;
      if (message.sequence === sequence && message.source === source) return index;
    }
    if (!messages.some((message) => message.source === source)) this.foreign = source;
    return this.at;
  }
}

/** Whether messages have the same id as the one before, so that results cannot be told apart when they come one by one. */
export const hasTwins = (messages: Batch): boolean =>
  messages.some(({ sequence, source }, index) => {
    const before = messages[index - 1];
    return before?.sequence === sequence && before.source === source;
  });
