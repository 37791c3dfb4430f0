import { FatalFault } from '../../../engine/fault.ts';
import { whyNoFile } from '../../../component-kit/files/data-files.ts';
import { headBytes, unpackedChunks } from '../../../component-kit/files/unpack.ts';
import { type Place, tellsCopies } from '../../../component-kit/files/place.ts';
import type { FinishedFiles } from './finished-files.ts';
import type { FoundFile, FoundFiles } from './find-files.ts';
import type { Progress } from './progress.ts';
import { type Reading, readThrough } from './read-file.ts';
import { type Encoding, holds, openSource, type SourceFile } from './source-file.ts';

/** How often is looked for further files, in milliseconds; a look that takes long is followed by ten times that. */
const lookMs = 500;
const restTimes = 10;
/** When a file that could not be read is tried again, though nothing of it has changed. */
const tryAgainMs = 60_000;

export interface Several {
  readonly encoding: Encoding;
  readonly signal: AbortSignal;
  readonly finished: FinishedFiles;
  readonly order: 'name' | 'time';
  readonly isWaiting: boolean;
  readonly settleMs: number;
  /** Where files are looked for. */
  readonly folder: string;
  readonly find: () => Promise<FoundFiles>;
  /** How the file is read; its records have its name. Rejects with a FatalFault where it must not be. */
  readonly readingOf: (file: FoundFile, known: Place | undefined) => Promise<Reading>;
  /** Whether a file that holds what another one held is that one, copied or packed by a rotation. */
  readonly knowsCopies: boolean;
  /** What becomes of a file that was read wholly. Resolves with whether it is away. */
  readonly putAway: ((file: FoundFile) => Promise<boolean>) | undefined;
  readonly report: (state: 'running' | 'waiting', sentence: string) => void;
  readonly records: () => number;
  readonly monotonic: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Counts of what was done since the start. */
export interface SeveralFacts {
  readonly files: number;
  /** Files that cannot be read as they are. */
  readonly unreadable: number;
}

/**
 * Reads the files that are found, one after the other, each from the place up to which it was handed on; then those that come, and
 * what is added. A file that cannot be read harms no other one: it is named, and tried again when it changes.
 */
export class SeveralFiles {
  /** What a file was like when it was seen first like that, by its id. */
  private seen = new Map<string, { readonly shape: string; readonly since: number }>();
  /** Why a file cannot be read, by its id, and what it was like then. */
  private problems = new Map<string, { readonly shape: string; readonly since: number; readonly sentence: string }>();
  private done = new Map<string, string>();
  private present: ReadonlySet<string> = new Set();
  private read = 0;

  constructor(private readonly several: Several) {}

  facts(): SeveralFacts {
    return { files: this.read, unreadable: this.problems.size };
  }

  /** Resolves when all are read and none is waited for, or the component has to stop. */
  async run(): Promise<void> {
    const { signal, isWaiting, monotonic, wait } = this.several;
    while (!signal.aborted) {
      const begun = monotonic();
      const looked = await this.look();
      await this.several.finished.keepAgain();
      if (looked) this.tell(looked.isMore, looked.isSettling);
      if (!isWaiting && !looked?.isSettling) return;
      await wait(Math.max(lookMs, (monotonic() - begun) * restTimes)).catch(() => undefined);
    }
  }

  private async look(): Promise<{ readonly isMore: boolean; readonly isSettling: boolean } | undefined> {
    const { find, order, signal, monotonic, settleMs } = this.several;
    const found = await find().catch((thrown: unknown) => {
      if (thrown instanceof FatalFault || !this.several.isWaiting) throw thrown;
      this.several.report('waiting', `${whyNoFile(thrown, this.several.folder)} yet`);
      return undefined;
    });
    if (!found) return undefined;
    const { files, isMore } = found;
    this.forgetGone(files);
    const now = monotonic();
    const due: FoundFile[] = [];
    let isSettling = false;
    for (const file of [...files].sort(order === 'name' ? byName : byTime)) {
      const shape = shapeOf(file);
      if (this.done.get(file.id) === shape || this.isLeft(file, shape, now)) continue;
      const seen = this.seen.get(file.id);
      const since = seen?.shape === shape ? seen.since : now;
      this.seen.set(file.id, { shape, since });
      if (now - since < settleMs) isSettling = true;
      else due.push(file);
    }
    // before the first of them is read: a file that was emptied and filled again is no more what its copy was
    await this.adoptCopies(due);
    for (const file of due) {
      if (signal.aborted) break;
      await this.take(file, shapeOf(file));
    }
    return { isMore, isSettling };
  }

  private async take(file: FoundFile, shape: string): Promise<void> {
    try {
      if (!(await this.readOne(file))) return;
      this.problems.delete(file.id);
      if (this.several.putAway && (await this.several.putAway(file))) return;
      this.done.set(file.id, shape);
    } catch (thrown) {
      const isOfFile = thrown instanceof FatalFault || (thrown as NodeJS.ErrnoException).syscall !== undefined;
      if (this.several.signal.aborted || !isOfFile) throw thrown;
      const sentence = thrown instanceof FatalFault ? thrown.message : whyNoFile(thrown, file.path);
      this.problems.set(file.id, { shape, since: this.several.monotonic(), sentence });
    }
  }

  /** Whether a file could not be read as it is, a short time ago. */
  private isLeft(file: FoundFile, shape: string, now: number): boolean {
    const problem = this.problems.get(file.id);
    return problem?.shape === shape && now - problem.since < tryAgainMs;
  }

  /** Resolves with whether it was read to its end. */
  private async readOne(file: FoundFile): Promise<boolean> {
    const { encoding, finished, signal } = this.several;
    const source = await openSource(file.path, encoding);
    try {
      const known = finished.placeOf(file.id);
      const reading = await this.several.readingOf(file, known);
      const { progress } = reading;
      const isAny = await readThrough(source, known, {
        ...reading,
        take: async (records) => progress.take(records),
      }).catch(async (thrown: unknown) => {
        // what was handed on of it stays so, whatever is read before it is tried again
        if (progress.present.file === source.id) await finished.note(progress.present);
        throw thrown;
      });
      if (signal.aborted) return false;
      if (isAny) this.read += 1;
      await finished.note(placeAtEnd(progress, source, known, isAny));
      return true;
    } finally {
      await source.handle.close();
    }
  }

  /** Files that are new by their number only go on where the file was that they are copies of. */
  private async adoptCopies(files: readonly FoundFile[]): Promise<void> {
    const { finished, encoding, knowsCopies, signal } = this.several;
    if (!knowsCopies) return;
    for (const file of files) {
      if (signal.aborted || finished.isEmpty) return;
      if (finished.placeOf(file.id)) continue;
      // what cannot be opened is said when it is read
      const source = await openSource(file.path, encoding).catch(() => undefined);
      const place = source && (await this.copied(source).finally(async () => source.handle.close()));
      if (place) await finished.note(place);
    }
  }

  /** The place of the file of which this is a copy, where that one is no longer what it was: rotations copy and pack. */
  private async copied(source: SourceFile): Promise<Place | undefined> {
    const { finished } = this.several;
    const head = source.isPacked ? await unpackedHeadOf(source) : source.head;
    for (const place of [
      ...finished.alike(head.toString('base64')),
      ...finished.alike(source.head.toString('base64')),
    ]) {
      if (!tellsCopies(place) || this.isStill(place)) continue;
      if (!(await holdsAll(source, place))) continue;
      finished.forget(place.file);
      const isSame = place.readToEnd !== undefined;
      return { ...place, file: source.id, ...(isSame && { readToEnd: source.stats.size }) };
    }
    return undefined;
  }

  /** Whether a file is there as it was read: then another one that holds the same is another one. */
  private isStill(place: Place): boolean {
    return this.present.has(`${place.file} ${place.readToEnd}`);
  }

  private forgetGone(files: readonly FoundFile[]): void {
    const ids = new Set(files.map(({ id }) => id));
    this.present = new Set(files.map(({ id, stats }) => `${id} ${stats.size}`));
    for (const map of [this.seen, this.problems, this.done])
      for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
  }

  private tell(isMore: boolean, isSettling: boolean): void {
    const { report, records, isWaiting, finished } = this.several;
    const [first] = this.problems.values();
    const bad = first === undefined ? '' : `; ${this.problems.size} cannot be read: ${first.sentence}`;
    const more = isMore ? '; there are more than are looked at: put away what is read' : '';
    const then = isSettling ? 'one is left alone until it does not grow any more' : 'waiting for further ones';
    const unkept = finished.problem === undefined ? '' : `; how far it has read cannot be kept: ${finished.problem}`;
    const read = `Read ${this.read} files with ${records()} records`;
    report('running', `${read}${isWaiting ? `, ${then}` : ''}${bad}${more}${unkept}`);
  }
}

const byName = (a: FoundFile, b: FoundFile): number => (a.below < b.below ? -1 : 1);
const byTime = (a: FoundFile, b: FoundFile): number => a.stats.mtimeMs - b.stats.mtimeMs || byName(a, b);

/** What changes when somebody writes to a file, or gives rights to it. */
const shapeOf = ({ stats, path }: FoundFile): string =>
  `${stats.size} ${stats.mtimeMs} ${stats.mode} ${stats.uid} ${path}`;

/** What was read before to the end keeps its place. */
const placeAtEnd = (progress: Progress, source: SourceFile, known: Place | undefined, isAny: boolean): Place =>
  isAny || !known ? progress.present : { ...known, file: source.id, readToEnd: source.stats.size };

/** Whether a file holds all that was read of a place, also where it was packed since. */
const holdsAll = async (source: SourceFile, place: Place): Promise<boolean> => {
  const before = Buffer.from(place.before, 'base64');
  if (!source.isPacked) return before.length > 0 && (await holds(source, place));
  if (before.length === 0) return place.readToEnd === source.stats.size && (await holds(source, place));
  let [end, at] = [Buffer.alloc(0), 0];
  try {
    for await (const chunk of unpackedChunks(source.handle, source.path)) {
      const taken = chunk.subarray(0, Math.max(0, place.offset - at));
      end = Buffer.concat([end, taken]).subarray(-before.length);
      at += chunk.length;
      if (at >= place.offset) break;
    }
  } catch {
    // what cannot be unpacked is no copy
    return false;
  }
  return at >= place.offset && end.equals(before);
};

const unpackedHeadOf = async ({ handle, path }: SourceFile): Promise<Buffer> => {
  try {
    for await (const chunk of unpackedChunks(handle, path)) return Buffer.from(chunk.subarray(0, headBytes));
  } catch {
    // a damaged one is said when it is read
  }
  return Buffer.alloc(0);
};
