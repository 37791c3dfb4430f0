import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { placesFolder } from './places-folder.ts';
import { Place } from './place.ts';

/** A place is written into one half of the file and the next one into the other: one of them is always whole. */
const halfBytes = 64 * 1024;
/** How often what was written is made to outlive a power cut, in milliseconds. */
const syncMs = 1000;

/** Where an input notes how far it has read: after each batch, so that a kill repeats one batch at most. */
export class PlaceKeeper {
  private readonly path: string;
  private handle: FileHandle | undefined;
  private isOpen = false;
  private count = 0;
  private syncedAt = 0;

  constructor(
    given: { readonly dataDir: string; readonly flow: string; readonly component: string },
    private readonly now: () => number = () => performance.now(),
  ) {
    this.path = join(given.dataDir, placesFolder, given.flow, given.component);
  }

  /** The last place that was noted; undefined where there is none that can be read. */
  async open(): Promise<Place | undefined> {
    this.isOpen = true;
    this.handle = await this.made();
    const halves = await Promise.all([this.read(0), this.read(1)]);
    const newest = halves.sort((a, b) => (b?.count ?? 0) - (a?.count ?? 0))[0];
    this.count = newest?.count ?? 0;
    return newest?.place;
  }

  /**
   * Resolves when a kill of the process does no harm to it any more; a power cut may cost the last second. Rejects where the disk
   * does not take it: the place before is still there.
   */
  async note(place: Place): Promise<void> {
    const count = this.count + 1;
    const names = JSON.stringify(place.names ?? []).length < halfBytes / 2 ? place.names : undefined;
    const text = JSON.stringify({ count, place: { ...place, names } });
    const bytes = Buffer.from(`${hash(text)}\n${text}\n`);
    if (!this.isOpen) throw new Error('nothing is noted any more');
    this.handle ??= await this.made();
    const start = (count % 2) * halfBytes;
    // a disk that is nearly full takes a part
    for (let at = 0; at < bytes.length;)
      at += (await this.handle.write(bytes, at, bytes.length - at, start + at)).bytesWritten;
    this.count = count;
    if (this.now() - this.syncedAt < syncMs) return;
    await this.handle.datasync();
    this.syncedAt = this.now();
  }

  /** What a disk does not take in the end is read twice after the next start. */
  async close(): Promise<void> {
    await this.handle?.datasync().catch(() => undefined);
    await this.letGo();
  }

  /** The next start begins as if it were the first. */
  async forget(): Promise<void> {
    await this.letGo();
    await rm(this.path, { force: true });
  }

  private async letGo(): Promise<void> {
    const { handle } = this;
    this.isOpen = false;
    this.handle = undefined;
    await handle?.close();
  }

  private async made(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true });
    const made = await open(this.path, 'a');
    await made.close();
    return open(this.path, 'r+');
  }

  private async read(half: number): Promise<{ readonly count: number; readonly place: Place } | undefined> {
    const { buffer, bytesRead } = await this.handle!.read(Buffer.alloc(halfBytes), 0, halfBytes, half * halfBytes);
    const [sum, text = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 2);
    if (sum !== hash(text)) return undefined;
    const { count, place } = JSON.parse(text) as { count: number; place: unknown };
    const parsed = Place.safeParse(place);
    return parsed.success ? { count, place: parsed.data } : undefined;
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
