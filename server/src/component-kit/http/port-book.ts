import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startOf } from '../../machine/processes.ts';

/** What a process that has paths on a port tells the others of this server. */
const Entry = z.strictObject({
  process: z.int(),
  /** When that process began: its number may be used again. */
  started: z.string().optional(),
  port: z.int(),
  host: z.string(),
  /** Files of TLS that it listens with, or would. */
  tls: z.array(z.string()),
  /** Port of the loopback where it takes what another one hands over; none where it has the port itself. */
  inner: z.int().optional(),
  /** Whoever hands something over shows this. */
  key: z.string(),
  paths: z.array(z.string()),
});
export type Entry = z.infer<typeof Entry>;

/** How long the book is known by heart while nobody writes, in milliseconds: whoever ends by force does not. */
const knownMs = 500;
/** The clock of a file system has steps: what was written so shortly ago, in milliseconds, may have been written since. */
const stepMs = 20;

/**
 * Which processes of this server have paths on a port, in a folder that they share: flows in different lanes may share a port, which
 * one process alone can have.
 */
export class PortBook {
  private known: { readonly entries: readonly Entry[]; readonly at: number; readonly writtenAt: number } | undefined;

  constructor(
    dataDir: string,
    private readonly port: number,
    private readonly folder = join(dataDir, 'lanes', 'http'),
  ) {}

  /** Whether the disk has taken it. */
  write(given: Omit<Entry, 'process' | 'started'>): boolean {
    const entry: Entry = { ...given, process: process.pid, started: startOf(process.pid) };
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${this.ownPath}.next`, JSON.stringify(entry), { mode: 0o600 });
      renameSync(`${this.ownPath}.next`, this.ownPath);
      return true;
    } catch {
      return false;
    }
  }

  /** What the others have written is looked at anew. */
  forget(): void {
    this.known = undefined;
  }

  remove(): void {
    removeQuietly(this.ownPath);
  }

  /** Others that live; who ended without a word is forgotten. */
  others(): readonly Entry[] {
    const now = performance.now();
    const writtenAt = this.writtenAt();
    const isFresh = this.known && now - this.known.at < knownMs && this.known.writtenAt === writtenAt;
    if (isFresh && Math.abs(Date.now() - writtenAt) > stepMs) return this.known!.entries;
    const entries = this.names().flatMap((name) => {
      const entry = this.read(name);
      if (!entry || entry.process === process.pid) return [];
      if (entry.started !== undefined && startOf(entry.process) === entry.started) return [entry];
      removeQuietly(join(this.folder, name));
      return [];
    });
    this.known = { entries, at: now, writtenAt };
    return entries;
  }

  private get ownPath(): string {
    return join(this.folder, `${this.port}-${process.pid}.json`);
  }

  /** When somebody last wrote, in milliseconds since 1970. */
  private writtenAt(): number {
    try {
      return statSync(this.folder).mtimeMs;
    } catch {
      return 0;
    }
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder).filter((name) => name.startsWith(`${this.port}-`) && name.endsWith('.json'));
    } catch {
      return [];
    }
  }

  private read(name: string): Entry | undefined {
    try {
      return Entry.safeParse(JSON.parse(readFileSync(join(this.folder, name), 'utf8'))).data;
    } catch {
      return undefined;
    }
  }
}

/** One that the disk does not let go is one of a process that is gone, which counts for nothing. */
const removeQuietly = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // it is removed by whoever finds it next
  }
};
