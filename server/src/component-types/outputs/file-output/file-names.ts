import { opendir, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { exists, realParent } from '../../../component-kit/files/data-files.ts';
import { InvalidMessage } from '../../../engine/fault.ts';

/** How long nobody looks again whether files were removed, in milliseconds. */
const lookAgainMs = 10_000;
/** Entries of folders that are looked at to count the files that are there. */
const mostLookedAt = 100_000;

/** The files that messages have chosen: how many there may be, and where they lie. */
export class FileNames {
  private names = new Set<string>();
  private lookedAt = -Infinity;

  /** `folder` is where all of them lie, `patterns` what each name below it looks like. */
  constructor(
    private readonly given: {
      readonly folder: string;
      readonly patterns: readonly RegExp[];
      readonly most: number;
      readonly monotonic: () => number;
    },
  ) {}

  get count(): number {
    return this.names.size;
  }

  /** Counts what is there. */
  async look(): Promise<void> {
    const found = new Set<string>();
    const { folder, patterns, most } = this.given;
    let looks = 0;
    const walk = async (place: string, depth: number): Promise<void> => {
      const entries = await opendir(place).catch(() => undefined);
      if (!entries) return;
      for await (const entry of entries) {
        if (found.size >= most || (looks += 1) > mostLookedAt) return;
        if (!patterns[depth]!.test(entry.name) || isAside(entry.name)) continue;
        const path = join(place, entry.name);
        if (depth + 1 < patterns.length) await (entry.isDirectory() ? walk(path, depth + 1) : undefined);
        else if (entry.isFile()) found.add(path);
      }
    };
    await walk(folder, 0);
    this.names = found;
    this.lookedAt = this.given.monotonic();
  }

  /** Takes a place for a file. Rejects with an InvalidMessage where there are too many, or a link leads out of the folder. */
  async take(path: string): Promise<void> {
    await this.refuseWayOut(path);
    if (this.names.has(path)) return;
    if (this.isFull && this.given.monotonic() - this.lookedAt > lookAgainMs) await this.look();
    if (this.isFull && !(await exists(path)))
      throw new InvalidMessage(
        `no file is begun for it: there are ${this.given.most} files already; remove some, or raise "max_files"`,
      );
    if (!this.isFull) this.names.add(path);
  }

  private get isFull(): boolean {
    return this.names.size >= this.given.most;
  }

  private async refuseWayOut(path: string): Promise<void> {
    const folder = await realpath(this.given.folder).catch(() => undefined);
    if (folder === undefined) return;
    const real = (await realParent(path)) ?? path;
    if (relative(folder, real).startsWith('..'))
      throw new InvalidMessage(`"${path}" leads out of "${this.given.folder}" by a link, and no message chooses that`);
  }
}

/** What was put aside counts with its file. */
const isAside = (name: string): boolean => /\.\d{8}T\d{6}Z/.test(name) || name.endsWith('.part');
