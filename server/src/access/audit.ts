import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AuditEntry, type AuditPage } from '@semstreams/contract';
import { z } from 'zod';
import { accessFolder } from './kept-file.ts';

/** A file grows to this and becomes the older one; the one before that goes. */
const mostBytes = 4 * 1024 ** 2;
const mostDetail = 500;
/** So many refusals are noted in a minute: a flood of them pushes out nothing that was done. */
const mostRefused = 60;
const minuteMs = 60_000;

/** A line of the file: the entry, and a hash of it and of the line before, by which a change by hand is seen. */
const Line = AuditEntry.extend({ chain: z.string() });

/** Who did what: an entry a line, in two files of bounded size that only this user may read. Nothing changes what stands there. */
export class Audit {
  private readonly path: string;
  private readonly older: string;
  private chain = '';
  private refused = { since: -Infinity, count: 0 };

  constructor(
    dataDir: string,
    private readonly now: () => number = Date.now,
  ) {
    this.path = join(accessFolder(dataDir), 'audit.ndjson');
    this.older = `${this.path}.1`;
    this.chain = lastChain(this.path) ?? lastChain(this.older) ?? '';
  }

  /** Notes who did what. Of refusals beyond sixty in a minute the next one says how many there were. */
  note(given: Omit<AuditEntry, 'time'>): void {
    const entry = given.outcome === 'refused' ? this.amongRefused(given) : given;
    if (!entry) return;
    const { detail, ...rest } = entry;
    // in the order of the schema, as it is read: the chain goes by the text
    const whole = AuditEntry.parse({
      time: new Date(this.now()).toISOString(),
      ...rest,
      ...(detail === undefined ? {} : { detail: detail.slice(0, mostDetail) }),
    });
    this.chain = chainOf(this.chain, whole);
    mkdirSync(join(this.path, '..'), { recursive: true, mode: 0o700 });
    if (existsSync(this.path) && statSync(this.path).size > mostBytes) renameSync(this.path, this.older);
    appendFileSync(this.path, `${JSON.stringify({ ...whole, chain: this.chain })}\n`, { mode: 0o600 });
  }

  private amongRefused(entry: Omit<AuditEntry, 'time'>): Omit<AuditEntry, 'time'> | undefined {
    const now = this.now();
    const left = this.refused.count - mostRefused;
    if (Math.abs(now - this.refused.since) >= minuteMs) this.refused = { since: now, count: 0 };
    else if (left >= 0) {
      this.refused.count += 1;
      return undefined;
    }
    this.refused.count += 1;
    if (this.refused.count > 1 || left <= 0) return entry;
    return { ...entry, detail: [`${left} more were refused before`, entry.detail].filter(Boolean).join('; ') };
  }

  /** The newest first, those before a time alone. */
  page(limit: number, before?: string): AuditPage {
    const all = [...linesOf(this.older), ...linesOf(this.path)].reverse();
    const items = all
      .map((line) => entryOf(line))
      .filter((entry) => entry !== undefined)
      .filter(({ time }) => before === undefined || time < before);
    return { items: items.slice(0, limit), more: items.length > limit };
  }

  /** Numbers of the lines, from 1 in the older file, that do not follow from the line before them: somebody changed them. */
  changed(): number[] {
    const lines = [...linesOf(this.older), ...linesOf(this.path)];
    let before: string | undefined;
    return lines.flatMap((line, index) => {
      const parsed = parsedLine(line);
      const isWhole =
        parsed !== undefined && (before === undefined || chainOf(before, withoutChain(parsed)) === parsed.chain);
      before = parsed?.chain;
      return isWhole ? [] : [index + 1];
    });
  }
}

const chainOf = (before: string, entry: AuditEntry): string =>
  createHash('sha256')
    .update(`${before}\n${JSON.stringify(entry)}`)
    .digest('base64url');

const withoutChain = ({ chain: _, ...entry }: z.infer<typeof Line>): AuditEntry => entry;

const linesOf = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
};

const parsedLine = (line: string): z.infer<typeof Line> | undefined => {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
};

const entryOf = (line: string): AuditEntry | undefined => {
  const parsed = parsedLine(line);
  return parsed && withoutChain(parsed);
};

const lastChain = (path: string): string | undefined => {
  const line = linesOf(path).at(-1);
  return line === undefined ? undefined : parsedLine(line)?.chain;
};
