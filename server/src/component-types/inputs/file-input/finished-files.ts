import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { whyNoFile } from '../../../component-kit/files/data-files.ts';
import { nothingYet, Place } from '../../../component-kit/files/place.ts';
import { placesFolder } from '../../../component-kit/files/places-folder.ts';

/** Files that are remembered; the one that was read first is forgotten first. */
const mostRemembered = 20_000;
/** When it is tried again to write down what the disk did not take, in milliseconds. */
const tryAgainMs = 1000;

/** Which of several files were read and how far: by device and inode, one line each, the last one of a file counts. */
export class FinishedFiles {
  private places = new Map<string, Place>();
  private readonly byHead = new Map<string, Set<string>>();
  private handle: FileHandle | undefined;
  private readonly path: string;
  private lines = 0;
  /** Why what is known is not in the file, and when that was tried last, by the monotonic clock in milliseconds. */
  private unkept: { readonly sentence: string; readonly at: number } | undefined;

  constructor(given: { readonly dataDir: string; readonly flow: string; readonly component: string }) {
    this.path = join(given.dataDir, placesFolder, given.flow, `${given.component}.files`);
  }

  /** Takes up what was noted under these settings. A line that a power cut has torn is left out. */
  async open(key: string): Promise<void> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const place = placeIn(line);
      if (place?.key === key) this.remember(place);
    }
    await this.keep(async () => this.writeAnew());
  }

  /** Why the disk does not take what is noted; undefined where it does. What is known is known until the next start all the same. */
  get problem(): string | undefined {
    return this.unkept?.sentence;
  }

  get isEmpty(): boolean {
    return this.places.size === 0;
  }

  placeOf(id: string): Place | undefined {
    return this.places.get(id);
  }

  /** Places of files that began with the same bytes. */
  alike(head: string): readonly Place[] {
    return [...(this.byHead.get(head) ?? [])].flatMap((id) => this.places.get(id) ?? []);
  }

  /** Resolves when a kill of the process does no harm to it any more, unless there is a `problem`. */
  async note(place: Place): Promise<void> {
    this.remember(place);
    this.lines += 1;
    if (this.unkept) return this.keepAgain();
    const isAnew = this.lines > 2 * mostRemembered;
    await this.keep(async () => (isAnew ? this.writeAnew() : this.append(lineOf(place))));
  }

  /** Writes what the disk did not take, where that was not tried a moment ago. */
  async keepAgain(): Promise<void> {
    if (this.unkept && performance.now() - this.unkept.at >= tryAgainMs) await this.keep(async () => this.writeAnew());
  }

  /** A file was removed: another one with its number is read from its beginning. */
  async noteRemoved(id: string): Promise<void> {
    const place = this.places.get(id);
    if (place) await this.note({ ...nothingYet(place.key), file: id });
  }

  forget(id: string): void {
    const place = this.places.get(id);
    if (!place) return;
    this.places.delete(id);
    const alike = this.byHead.get(place.head);
    alike?.delete(id);
    if (alike?.size === 0) this.byHead.delete(place.head);
  }

  async close(): Promise<void> {
    if (this.unkept) await this.keep(async () => this.writeAnew());
    await this.handle?.datasync().catch(() => undefined);
    await this.letGo();
  }

  /** The next start begins as if it were the first. */
  async remove(): Promise<void> {
    await this.letGo();
    await rm(this.path, { force: true });
  }

  private remember(place: Place): void {
    this.forget(place.file);
    this.places.set(place.file, place);
    const alike = this.byHead.get(place.head) ?? new Set();
    this.byHead.set(place.head, alike.add(place.file));
    if (this.places.size > mostRemembered) this.forget(this.places.keys().next().value!);
  }

  private async letGo(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  /** After a failure the file may end in half a line: what comes next is written anew as a whole. */
  private async keep(write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.unkept = undefined;
    } catch (thrown) {
      this.unkept = { sentence: whyNoFile(thrown, this.path), at: performance.now() };
    }
  }

  private async append(line: string): Promise<void> {
    const bytes = Buffer.from(line);
    // a disk that is nearly full takes a part
    for (let at = 0; at < bytes.length;) at += (await this.handle!.write(bytes, at)).bytesWritten;
  }

  private async writeAnew(): Promise<void> {
    await this.letGo();
    await mkdir(dirname(this.path), { recursive: true });
    const part = `${this.path}.part`;
    const handle = await open(part, 'w');
    await handle
      .writeFile([...this.places.values()].map(lineOf).join(''))
      .then(async () => handle.datasync())
      .finally(async () => handle.close());
    await rename(part, this.path);
    this.lines = this.places.size;
    this.handle = await open(this.path, 'a');
  }
}

const lineOf = (place: Place): string => {
  const text = JSON.stringify(place);
  return `${hash(text)} ${text}\n`;
};

const placeIn = (line: string): Place | undefined => {
  const at = line.indexOf(' ');
  const text = line.slice(at + 1);
  if (at < 0 || line.slice(0, at) !== hash(text)) return undefined;
  const parsed = Place.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
};

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
