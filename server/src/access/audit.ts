import { join } from 'node:path';
import { AuditEntry, type AuditPage } from '@semstreams/contract';
import { AuditFile, roomOf, stranger } from './audit-file.ts';
import { accessFolder } from './kept-file.ts';
import { RefusalGate } from './refusal-gate.ts';

const mega = 1024 ** 2;
const mostDetail = 500;

/** What an entry is about: who may do what, and what holds all flows; or the work with flows. */
export type AuditSubject = 'access' | 'flows';
export type AuditNote = Omit<AuditEntry, 'time'>;

/** Which entries are wanted, and how many of them. */
export interface AuditChoice {
  readonly limit: number;
  /** Only what was done before this time, or after that one. */
  readonly before?: string | undefined;
  readonly since?: string | undefined;
  readonly isOldestFirst?: boolean;
  readonly isMeant?: (entry: AuditEntry) => boolean;
}

/**
 * Who did what. What is about access, the work with flows, and what was refused are kept in files of their own, so that none of
 * them pushes out another, and in each file all have the same share of the room.
 */
export class Audit {
  private readonly files: Readonly<Record<AuditSubject | 'refused', AuditFile>>;
  private readonly gate: RefusalGate;
  private readonly listeners = new Set<(note: AuditNote) => void>();

  constructor(
    dataDir: string,
    private readonly now: () => number = Date.now,
  ) {
    const file = (name: string, mostBytes: number) => new AuditFile(join(accessFolder(dataDir), name), mostBytes);
    this.files = {
      access: file('audit-of-access.ndjson', mega),
      flows: file('audit.ndjson', 2 * mega),
      refused: file('audit-of-refusals.ndjson', mega),
    };
    this.gate = new RefusalGate(now);
  }

  /** Notes who did what. Of refusals of one asker beyond sixty in a minute, their number is noted when the minute is over. Throws where nothing can be written. */
  note(note: AuditNote, subject: AuditSubject): void {
    if (note.outcome !== 'refused') {
      for (const listener of this.listeners) listener(note);
      return this.write(note, this.files[subject]);
    }
    this.noteHeldBack();
    const { who, from } = note;
    if (!this.gate.admit(roomOf(note), { asker: { who, from }, isStranger: who === stranger })) return;
    this.write(note, this.files.refused);
  }

  /** Calls back for each deed that was not refused, until the call that it returns. */
  onDeed(listener: (note: AuditNote) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The newest first, or the oldest; with the last one come those of the same moment. */
  page({ limit, before, since, isOldestFirst = false, isMeant = () => true }: AuditChoice): AuditPage {
    this.noteHeldBack();
    const newest = newestOf(Object.values(this.files));
    const items: AuditEntry[] = [];
    for (const entry of isOldestFirst ? [...newest].reverse() : newest) {
      if (before !== undefined && entry.time >= before) continue;
      if (since !== undefined && entry.time <= since) continue;
      if (!isMeant(entry)) continue;
      if (items.length >= limit && entry.time !== items.at(-1)!.time) return { items, more: true };
      items.push(entry);
    }
    return { items, more: false };
  }

  /** Lines that somebody changed by hand, each as its file and number. */
  changed(): string[] {
    return Object.values(this.files).flatMap((file) => file.changed().map((line) => `${file.name}, line ${line}`));
  }

  private noteHeldBack(): void {
    for (const { who, from, count } of this.gate.heldBack()) {
      const detail = `${count} more were refused within a minute`;
      this.write({ who, from, what: 'refused', outcome: 'refused', detail }, this.files.refused);
    }
  }

  private write({ detail, ...rest }: AuditNote, file: AuditFile): void {
    // in the order of the schema, as it is read: the chain goes by the text
    const entry = AuditEntry.parse({
      time: new Date(this.now()).toISOString(),
      ...rest,
      ...(detail === undefined ? {} : { detail: detail.slice(0, mostDetail) }),
    });
    file.append(entry);
  }
}

/** Entries of all files in the order of their times. */
function* newestOf(files: readonly AuditFile[]): Generator<AuditEntry> {
  const streams = files.map((file) => file.newest());
  const heads = streams.map((stream) => next(stream));
  for (;;) {
    let newest = 0;
    for (const [index, head] of heads.entries())
      if (head && (!heads[newest] || head.time > heads[newest]!.time)) newest = index;
    const entry = heads[newest];
    if (!entry) return;
    yield entry;
    heads[newest] = next(streams[newest]!);
  }
}

const next = (stream: Generator<AuditEntry>): AuditEntry | undefined => {
  const { done, value } = stream.next();
  return done ? undefined : value;
};
