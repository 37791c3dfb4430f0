import type { BlockLog } from './block-log.ts';
import { sentenceOf } from './fault.ts';
import { type KeptMap, type KeptMapOptions, RecordedMap } from './kept-map.ts';
import type { Batch } from './message.ts';
import { type Origin, Origins, ProgressTable } from './origins.ts';
import { Positions, reachedBy } from './positions.ts';
import { backOff } from './back-off.ts';
import { StateLog } from './state-log.ts';
import type { StateRecord } from './state-record.ts';

/** What was handed on for a record, and the number by which it is known when it comes again. */
export interface Made {
  readonly start: string;
  readonly number: number;
  readonly ports: ReadonlyMap<string, Batch>;
}

export interface KeeperOptions {
  readonly log: BlockLog;
  readonly type: string;
  /** Differs from start to start. */
  readonly start: string;
  /** Whether more than one way leads here from an input: then it is not known what of a message has come. */
  readonly hasSeveralWays: boolean;
  readonly random: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when what is not kept yet has to be given up. */
  readonly giveUp: AbortSignal;
  /** Why nothing can be kept at present, or undefined when it can again. */
  readonly stuck: (sentence: string | undefined) => void;
  /** A part of what was kept is lost. */
  readonly damaged: (sentence: string) => void;
}

const nothing: ReadonlyMap<string, Batch> = new Map();

/** What one component keeps: in memory, and on disk as of the last record. */
export class Keeper {
  private readonly maps = new Map<string, RecordedMap<unknown>>();
  private readonly log: StateLog;
  private start: string;
  private number = 0;
  private hasPending = false;
  private origins = new Origins(new ProgressTable());
  /** What was taken of each source that sends again, in earlier runs and up to now. */
  private known = new Positions();
  private reached = new Positions();

  constructor(private readonly options: KeeperOptions) {
    this.log = new StateLog(options.log, options.start);
    this.start = options.start;
  }

  /** A map of the component; made before `open`, which fills it. */
  map<Value>(name: string, options: KeptMapOptions<Value>): KeptMap<Value> {
    const map = new RecordedMap<Value>(options);
    this.maps.set(name, map as RecordedMap<unknown>);
    return map;
  }

  /** Whether something is kept in memory alone. */
  get hasChanged(): boolean {
    for (const map of this.maps.values()) if (map.hasChanged) return true;
    return false;
  }

  /** Whether the last record does not say that all that was made has been handed on. */
  get isUnsure(): boolean {
    return this.hasPending;
  }

  /** What of a batch has not come before; it counts as taken. */
  fresh(batch: Batch, origin: Origin | undefined): Batch {
    if (origin) return this.origins.fresh(batch, origin).messages;
    const { known, reached, options } = this;
    if (options.hasSeveralWays) return batch;
    for (const position of reachedBy(batch)) reached.reach(position);
    return known.isEmpty ? batch : batch.filter(({ position }) => !position || !known.has(position));
  }

  /** Reads what was kept. Resolves with what may not have been handed on before the end, to be handed on again. */
  async open(): Promise<Made | undefined> {
    const { records, damages } = await this.untilItWorks(async () => this.log.open());
    for (const damage of damages) this.options.damaged(damage);
    const mine = records.filter(({ type }) => type === this.options.type);
    for (const { changes, isWhole } of mine) {
      if (isWhole) for (const map of this.maps.values()) map.clear();
      for (const [name, some] of Object.entries(changes)) this.maps.get(name)?.apply(some);
    }
    const last = mine.at(-1);
    if (!last) return undefined;
    this.origins = new Origins(new ProgressTable(last.progress));
    this.known = new Positions(last.positions);
    this.reached = new Positions(last.positions);
    this.start = last.start;
    this.number = last.number;
    this.hasPending = last.made.size > 0;
    return this.hasPending ? this.made(last.made) : undefined;
  }

  /** Keeps all changes together with what is handed on for them. Resolves when both are on disk; nothing was done if it rejects. */
  async keep(ports: ReadonlyMap<string, Batch> = nothing): Promise<Made> {
    this.number += 1;
    const isWhole = this.log.isLong;
    const record: StateRecord = {
      type: this.options.type,
      start: this.start,
      number: this.number,
      isWhole,
      changes: Object.fromEntries(
        [...this.maps].map(([name, map]) => [name, isWhole ? map.takeAll() : map.takeChanges()]),
      ),
      progress: this.origins.list(),
      positions: this.reached.list(),
      made: ports,
    };
    await this.untilItWorks(async () => this.log.append(record));
    this.hasPending = ports.size > 0;
    return this.made(ports);
  }

  private made(ports: ReadonlyMap<string, Batch>): Made {
    return { start: this.start, number: this.number, ports };
  }

  private async untilItWorks<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { stuck, wait, random, giveUp } = this.options;
    for (let tries = 1; ; tries += 1) {
      giveUp.throwIfAborted();
      try {
        const result = await attempt();
        if (tries > 1) stuck(undefined);
        return result;
      } catch (thrown) {
        stuck(`what it keeps cannot be written: ${sentenceOf(thrown)}`);
        await wait(backOff(tries, random(), 2000), giveUp);
      }
    }
  }
}
