import { type LogEntry, type LogLevel, logLevels } from '@semstreams/contract';

/** Which entries are wanted; all where nothing is said. */
export interface LogQuery {
  readonly flow?: string | undefined;
  readonly component?: string | undefined;
  /** The least important level. */
  readonly level?: LogLevel | undefined;
  /** Text in the sentence or in a field. */
  readonly search?: string | undefined;
  /** Only those that follow behind this sequence. */
  readonly after?: number | undefined;
  /** So many at most: the newest ones, or with `after` those next to it. */
  readonly limit: number;
  /** The newest first, and with `after` those with a smaller sequence. */
  readonly isNewestFirst?: boolean;
}

/** What is remembered of each level, of all and of each flow beside; and of all flows together. Sizes are in bytes, roughly. */
const mostOfAll = { entries: 2000, bytes: 1024 ** 2 } as const;
const mostOfFlow = { entries: 500, bytes: 128 * 1024 } as const;
const mostFlows = 500;
const mostBytesOfFlows = 8 * 1024 ** 2;
/** A longer value is cut, and further fields are left out. */
const longestText = 1000;
const mostFields = 20;

type Told = Omit<LogEntry, 'sequence' | 'fields'> & { readonly fields: Readonly<Record<string, unknown>> };

/**
 * The last lines of the log in memory, bounded in bytes. What one flow tells is not pushed out by what another one does, and
 * no error by however many lines that are less important.
 */
export class LogBook {
  private readonly all = new Shelf(mostOfAll);
  private readonly ofFlows = new Map<string, Shelf>();
  private bytesOfFlows = 0;
  latest = 0;

  add(told: Told): void {
    const sentence = told.sentence.slice(0, longestText);
    const entry: LogEntry = { ...told, sentence, sequence: (this.latest += 1), fields: cut(told.fields) };
    this.all.add(entry);
    if (entry.flow === undefined) return;
    const known = this.ofFlows.get(entry.flow) ?? new Shelf(mostOfFlow);
    this.bytesOfFlows += known.add(entry);
    // the flow that was silent longest stands first, and makes room
    this.ofFlows.delete(entry.flow);
    this.ofFlows.set(entry.flow, known);
    while (this.ofFlows.size > mostFlows || this.bytesOfFlows > mostBytesOfFlows) this.forgetFirst();
  }

  private forgetFirst(): void {
    const [[flow, shelf]] = this.ofFlows as unknown as [[string, Shelf]];
    this.ofFlows.delete(flow);
    this.bytesOfFlows -= shelf.bytes;
  }

  /** Roughly what it holds, in bytes. */
  get bytes(): number {
    return this.all.bytes + this.bytesOfFlows;
  }

  /** Oldest first where nobody says, with whether there are more behind the last one. */
  find(query: LogQuery): { readonly items: LogEntry[]; readonly isMore: boolean } {
    const { after, limit, isNewestFirst = false } = query;
    const found = this.matching(query);
    if (isNewestFirst) found.reverse();
    const items = after === undefined && !isNewestFirst ? found.slice(-limit) : found.slice(0, limit);
    return { items, isMore: items.at(-1) !== found.at(-1) };
  }

  private matching({ flow, component, level = 'debug', search = '', after, isNewestFirst }: LogQuery): LogEntry[] {
    const least = logLevels.indexOf(level);
    const wanted = search.toLowerCase();
    const shelf = flow === undefined ? this.all : this.ofFlows.get(flow);
    return (shelf?.entries(least) ?? []).filter(
      (entry) =>
        (after === undefined || (isNewestFirst ? entry.sequence < after : entry.sequence > after)) &&
        (component === undefined || entry.component === component) &&
        (wanted === '' || textOf(entry).includes(wanted)),
    );
  }
}

interface Bounds {
  readonly entries: number;
  readonly bytes: number;
}

/** The last entries of each level. */
class Shelf {
  private readonly levels = logLevels.map(() => ({ entries: [] as LogEntry[], bytes: 0 }));

  constructor(private readonly most: Bounds) {}

  get bytes(): number {
    return this.levels.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Returns by how many bytes it has grown. */
  add(entry: LogEntry): number {
    const level = this.levels[logLevels.indexOf(entry.level)]!;
    const before = level.bytes;
    level.entries.push(entry);
    level.bytes += sizeOf(entry);
    while (level.entries.length > this.most.entries || (level.bytes > this.most.bytes && level.entries.length > 1))
      level.bytes -= sizeOf(level.entries.shift()!);
    return level.bytes - before;
  }

  /** Oldest first, from a level on. */
  entries(least: number): LogEntry[] {
    return this.levels
      .slice(least)
      .flatMap(({ entries }) => entries)
      .sort((a, b) => a.sequence - b.sequence);
  }
}

/** About 200 bytes go to what every entry has. */
const sizeOf = (entry: LogEntry): number =>
  200 +
  2 *
    Object.entries(entry.fields).reduce(
      (sum, [name, value]) => sum + name.length + (typeof value === 'string' ? value.length : 8),
      entry.sentence.length + (entry.flow?.length ?? 0) + (entry.component?.length ?? 0),
    );

const textOf = ({ sentence, fields }: LogEntry): string =>
  `${sentence} ${Object.values(fields).map(String).join(' ')}`.toLowerCase();

const cut = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name, value]) => value !== undefined && name !== 'stack')
      .slice(0, mostFields)
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, longestText) : plain(value)]),
  );

/** What JSON can say of a value, in short. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return (JSON.stringify(value) ?? String(value)).slice(0, longestText);
};

/** The log of this process. The logger is there before everything else, and so is its book. */
export const logBook = new LogBook();
