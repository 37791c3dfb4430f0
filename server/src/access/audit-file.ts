import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { AuditEntry } from '@semstreams/contract';
import { z } from 'zod';
import { fairShare } from './fair-share.ts';
import { writePrivate } from './kept-file.ts';
import { networkOf } from './by-address.ts';

/** A line of the file: the entry, and a hash of it and of the line before, by which a change by hand is seen. */
const Line = AuditEntry.extend({ chain: z.string() });
/** Stands where so many lines were let go, with the hash of the last of them. */
const Gap = z.strictObject({ let_go: z.int(), chain: z.string() });

/** Nobody's name, as the audit has it. */
export const stranger = 'nobody who has logged in';

/**
 * Entries of one kind, a line each, in two files that only this user may read. When the newer one is full, both together are cut
 * to one: who wrote most loses the oldest first, so nobody pushes out what others did. What stays is never written anew.
 */
export class AuditFile {
  readonly name: string;
  private readonly older: string;
  private chain: string;
  private bytes: number;
  /** Whether a power cut has ended the last line in its midst. */
  private isTorn: boolean;

  constructor(
    private readonly path: string,
    /** Of each of the two files. */
    private readonly mostBytes: number,
  ) {
    this.name = basename(path);
    this.older = `${path}.1`;
    this.chain = lastChain(path) ?? lastChain(this.older) ?? '';
    this.bytes = sizeOf(path);
    this.isTorn = this.bytes > 0 && !textOf(path).endsWith('\n');
  }

  /** Throws where the disk does not take all of it; nothing of it stays then. */
  append(entry: AuditEntry): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    if (this.bytes > this.mostBytes) this.cut();
    const chain = chainOf(this.chain, entry);
    const line = `${this.isTorn ? '\n' : ''}${JSON.stringify({ ...entry, chain })}\n`;
    try {
      appendFileSync(this.path, line, { mode: 0o600 });
    } catch (thrown) {
      if (sizeOf(this.path) > this.bytes) truncateSync(this.path, this.bytes);
      throw thrown;
    }
    this.chain = chain;
    this.isTorn = false;
    this.bytes += Buffer.byteLength(line);
  }

  /** The newest first; what is no entry is left out. */
  *newest(): Generator<AuditEntry> {
    const lines = this.lines();
    for (let index = lines.length - 1; index >= 0; index -= 1) {
      const parsed = parsedAs(Line, lines[index]!);
      if (parsed) yield withoutChain(parsed);
    }
  }

  /** Numbers of the lines, from 1 in the older file, that do not follow from the line before them: somebody changed them. */
  changed(): number[] {
    let before: string | undefined;
    return this.lines().flatMap((line, index) => {
      const gap = parsedAs(Gap, line);
      const parsed = gap ?? parsedAs(Line, line);
      const isWhole =
        gap !== undefined ||
        (parsed !== undefined &&
          (before === undefined || chainOf(before, withoutChain(parsed as z.infer<typeof Line>)) === parsed.chain));
      before = parsed?.chain;
      return isWhole ? [] : [index + 1];
    });
  }

  private lines(): string[] {
    return [...linesOf(this.older), ...linesOf(this.path)];
  }

  private cut(): void {
    const lines = this.lines();
    const stays = fairShare(lines.map(claimOf), this.mostBytes);
    writePrivate(this.older, withGaps(lines, stays));
    rmSync(this.path, { force: true });
    this.bytes = 0;
    this.isTorn = false;
  }
}

/** Whose a line is, and how much room it takes with the gap that may come to stand before it. */
const claimOf = (line: string): { readonly whose: string; readonly size: number } => {
  const { who = '', from = '' } = (parsedLoosely(line) ?? {}) as Partial<AuditEntry>;
  return { whose: who === '' ? '' : roomOf({ who, from }), size: Buffer.byteLength(line) + mostGapBytes };
};

const mostGapBytes = 100;

/** Who shares room: a user with all of that user's tokens, and strangers with all that come from the same network. */
export const roomOf = ({ who, from }: Pick<AuditEntry, 'who' | 'from'>): string =>
  who === stranger ? `from ${networkOf(from)}` : who.replace(/^token .* of (?=\S+$)/s, '');

/** What stays, word by word, with a line for each run of those that do not. */
const withGaps = (lines: readonly string[], stays: readonly boolean[]): string => {
  let gap: z.infer<typeof Gap> | undefined;
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    const earlier = parsedLoosely(line) as { readonly let_go?: number; readonly chain?: string } | undefined;
    if (stays[index] && earlier?.let_go === undefined) {
      if (gap) kept.push(JSON.stringify(gap));
      gap = undefined;
      kept.push(line);
    } else gap = { let_go: (gap?.let_go ?? 0) + (earlier?.let_go ?? 1), chain: earlier?.chain ?? gap?.chain ?? '' };
  }
  if (gap) kept.push(JSON.stringify(gap));
  return kept.map((line) => `${line}\n`).join('');
};

const chainOf = (before: string, entry: AuditEntry): string =>
  createHash('sha256')
    .update(`${before}\n${JSON.stringify(entry)}`)
    .digest('base64url');

const withoutChain = ({ chain: _, ...entry }: z.infer<typeof Line>): AuditEntry => entry;

const linesOf = (path: string): string[] =>
  textOf(path)
    .split('\n')
    .filter((line) => line !== '');

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const parsedLoosely = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const parsedAs = <Value>(schema: z.ZodType<Value>, line: string): Value | undefined =>
  schema.safeParse(parsedLoosely(line)).data;

const lastChain = (path: string): string | undefined => {
  const lines = linesOf(path);
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const parsed = parsedAs(Line, lines[index]!) ?? parsedAs(Gap, lines[index]!);
    if (parsed) return parsed.chain;
  }
  return undefined;
};
