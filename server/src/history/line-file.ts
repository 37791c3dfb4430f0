import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How long what is new may wait until it goes to disk, in milliseconds. */
const restMs = 1000;

/**
 * Values as lines of JSON in a file, each under a number; the last line of a number counts. What is damaged, such as a line that a
 * power cut has ended in its midst, costs itself alone.
 */
export class LineFile {
  private readonly unwritten = new Map<number, unknown>();
  private lines = 0;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private all: () => readonly unknown[] = () => [];

  constructor(
    private readonly path: string,
    private readonly given: {
      /** The file is written anew with what counts when it has more lines. */
      readonly mostLines: number;
      readonly mayGrow: () => boolean;
      readonly onFailure: (thrown: unknown) => void;
    },
  ) {}

  /** What each line holds, as far as it is JSON. */
  async read(): Promise<unknown[]> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    this.lines = lines.length;
    return lines.flatMap((line) => parsed(line));
  }

  /** Writes a value soon. `all` tells what counts, should the file be written anew. */
  put(number: number, value: unknown, all: () => readonly unknown[]): void {
    this.unwritten.set(number, value);
    this.all = all;
    this.timer ??= setTimeout(() => void this.save(), restMs).unref();
  }

  /** Brings what is new to disk. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.work = this.work.then(async () => this.write()).catch((thrown: unknown) => this.given.onFailure(thrown));
    return this.work;
  }

  private async write(): Promise<void> {
    if (this.unwritten.size === 0 || !this.given.mayGrow()) return;
    const batch = [...this.unwritten];
    this.unwritten.clear();
    try {
      await this.append(batch.map(([, value]) => value));
    } catch (thrown) {
      for (const [number, value] of batch) if (!this.unwritten.has(number)) this.unwritten.set(number, value);
      throw thrown;
    }
  }

  private async append(news: readonly unknown[]): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const isWhole = this.lines + news.length > this.given.mostLines;
    const values = isWhole ? this.all() : news;
    // after a line that was ended in its midst, a new one begins
    const text = `${isWhole ? '' : '\n'}${values.map((value) => `${JSON.stringify(value)}\n`).join('')}`;
    const path = isWhole ? `${this.path}.new` : this.path;
    const file = await open(path, isWhole ? 'w' : 'a', 0o600);
    try {
      await file.appendFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (isWhole) await rename(path, this.path);
    this.lines = isWhole ? values.length : this.lines + values.length;
  }
}

const parsed = (line: string): unknown[] => {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
};
