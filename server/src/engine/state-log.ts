import type { BlockLog } from './block-log.ts';
import { sentenceOf } from './fault.ts';
import { decodeRecord, encodeRecord, partsOfRecord, readPart, type StateRecord } from './state-record.ts';

/** How many blocks are asked for at once at the start. */
const aheadBlocks = 16;
/** When changes are so many bytes, or records, or twice what all takes, all is written anew and they are forgotten. */
const mostChangesBytes = 1024 ** 2;
const mostRecords = 1000;

/** What was found at the start: all records from the last whole one on, and what could not be read. */
export interface FoundState {
  readonly records: readonly StateRecord[];
  readonly damages: readonly string[];
}

/** The records of one component on disk. What is kept is the last whole one with all that have followed it. */
export class StateLog {
  private wholeBytes = 0;
  private changesBytes = 0;
  private records = 0;

  constructor(
    private readonly log: BlockLog,
    /** Begins the ids of blocks; differs from start to start. */
    private readonly start: string,
  ) {}

  /** Whether the next record should be whole. */
  get isLong(): boolean {
    const { wholeBytes, changesBytes, records } = this;
    return records === 0 || records >= mostRecords || changesBytes > Math.max(mostChangesBytes, 2 * wholeBytes);
  }

  async open(): Promise<FoundState> {
    const { first, last } = await this.log.open();
    const damages: string[] = [];
    let records: StateRecord[] = [];
    let parts: Buffer[] = [];
    for (let from = first; from <= last; from += aheadBlocks) {
      const until = Math.min(last, from + aheadBlocks - 1);
      const reads = Array.from({ length: until - from + 1 }, async (_, n) => this.log.read(from + n));
      for (const [index, bytes] of (await Promise.all(reads)).entries()) {
        try {
          if (!bytes) throw new Error('it is gone');
          const { part, parts: count, rest } = readPart(bytes);
          if (part === 1) parts = [];
          if (part === parts.length + 1) parts.push(rest);
          if (part !== count || parts.length !== count) continue;
          const record = decodeRecord(Buffer.concat(parts));
          if (record.isWhole) records = [];
          records.push(record);
        } catch (thrown) {
          damages.push(`block ${from + index} of what it keeps cannot be read: ${sentenceOf(thrown)}`);
        }
      }
    }
    if (records[0]?.isWhole === false) damages.push('what it kept is not there from the beginning');
    // what was not whole from the beginning is written anew before anything else
    this.records = 0;
    return { records, damages };
  }

  /** Resolves when the record is on disk; may be tried again when it rejects. */
  async append(record: StateRecord): Promise<void> {
    const bytes = encodeRecord(record);
    let first: number | undefined;
    for (const [index, part] of partsOfRecord(bytes, this.log.mostBytes).entries()) {
      const sequence = await this.log.append(part, `${this.start}.${record.number.toString(36)}.${index}`);
      first ??= sequence;
    }
    this.records = record.isWhole ? 1 : this.records + 1;
    this.changesBytes = record.isWhole ? 0 : this.changesBytes + bytes.length;
    if (!record.isWhole) return;
    this.wholeBytes = bytes.length;
    // older records that stay there for once change nothing
    if (first !== undefined && first > 1) await this.log.trim(first - 1).catch(() => undefined);
  }
}
