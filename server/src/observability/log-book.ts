import { type LogEntry, type LogLevel, logLevels } from '@semstreams/contract';

/** Which entries are wanted; all where nothing is said. */
export interface LogQuery {
  readonly flow?: string | undefined;
  readonly component?: string | undefined;
  /** The least important level. */
  readonly level?: LogLevel | undefined;
  /** Text in the sentence or in a field. */
  readonly search?: string | undefined;
  /** Only those with a larger sequence. */
  readonly after?: number | undefined;
  /** So many at most: the newest ones, or with `after` the oldest ones. */
  readonly limit: number;
}

/** Entries that are remembered of all, and of each flow beside. */
const mostEntries = 2000;
const mostOfFlow = 500;
const mostFlows = 500;
/** A longer value is cut. */
const longestText = 1000;

type Told = Omit<LogEntry, 'sequence' | 'fields'> & { readonly fields: Readonly<Record<string, unknown>> };

/** The last lines of the log in memory: what one flow tells is not pushed out by what another one does. */
export class LogBook {
  private readonly all: LogEntry[] = [];
  private readonly ofFlows = new Map<string, LogEntry[]>();
  latest = 0;

  add(told: Told): void {
    const entry: LogEntry = { ...told, sequence: (this.latest += 1), fields: cut(told.fields) };
    push(this.all, entry, mostEntries);
    if (entry.flow === undefined) return;
    const known = this.ofFlows.get(entry.flow) ?? [];
    push(known, entry, mostOfFlow);
    // the flow that was silent longest stands first, and makes room
    this.ofFlows.delete(entry.flow);
    this.ofFlows.set(entry.flow, known);
    if (this.ofFlows.size > mostFlows) this.ofFlows.delete(this.ofFlows.keys().next().value!);
  }

  /** Oldest first. */
  find({ flow, component, level = 'debug', search = '', after, limit }: LogQuery): LogEntry[] {
    const least = logLevels.indexOf(level);
    const wanted = search.toLowerCase();
    const found = (flow === undefined ? this.all : (this.ofFlows.get(flow) ?? [])).filter(
      (entry) =>
        entry.sequence > (after ?? 0) &&
        logLevels.indexOf(entry.level) >= least &&
        (component === undefined || entry.component === component) &&
        (wanted === '' || textOf(entry).includes(wanted)),
    );
    return after === undefined ? found.slice(-limit) : found.slice(0, limit);
  }
}

/** The log of this process. The logger is there before everything else, and so is its book. */
export const logBook = new LogBook();

const push = (entries: LogEntry[], entry: LogEntry, most: number): void => {
  entries.push(entry);
  if (entries.length > most) entries.shift();
};

const textOf = ({ sentence, fields }: LogEntry): string =>
  `${sentence} ${Object.values(fields).map(String).join(' ')}`.toLowerCase();

const cut = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (value === undefined || name === 'stack') return [];
      return [[name, typeof value === 'string' ? value.slice(0, longestText) : plain(value)]];
    }),
  );

/** What JSON can say of a value, in short. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return (JSON.stringify(value) ?? String(value)).slice(0, longestText);
};
