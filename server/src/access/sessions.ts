import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { OpenSession } from '@semstreams/contract';
import { z } from 'zod';
import { accessFolder, KeptFile } from './kept-file.ts';

const KeptSession = z.strictObject({
  /** Hash of what the browser shows. */
  hash: z.string(),
  user: z.string(),
  /** The record of the user that it was begun with; of another one it is worth nothing. */
  record: z.string().default(''),
  from: z.string(),
  started_at: z.number(),
  seen_at: z.number(),
});
type KeptSession = z.infer<typeof KeptSession>;

const hourMs = 60 * 60_000;
/** A browser that has not asked for so long has to log in again. */
const idleMs = 12 * hourMs;
/** And so has one that has been logged in for so long. */
const longestMs = 7 * 24 * hourMs;
/** When somebody was last seen is kept this exactly. */
const seenMs = 5 * 60_000;
const mostPerUser = 20;
const most = 2000;

export interface FoundSession {
  readonly id: string;
  readonly user: string;
  readonly record: string;
  readonly expiresAt: number;
}

/** Browsers that are logged in, over restarts. What they show is kept as a hash. */
export class Sessions {
  private readonly file: KeptFile<KeptSession[]>;
  private open: KeptSession[];
  private readonly listeners = new Set<(session: string) => void>();

  constructor(
    dataDir: string,
    private readonly now: () => number = Date.now,
  ) {
    this.file = new KeptFile(join(accessFolder(dataDir), 'sessions.json'), z.array(KeptSession));
    this.open = this.file.read() ?? [];
  }

  /** A new one, and what the browser has to show from now on. The oldest of a user ends where there are too many. */
  start(
    { user, record }: { readonly user: string; readonly record: string },
    from: string,
  ): { readonly id: string; readonly key: string; readonly expiresAt: number } {
    const key = randomBytes(32).toString('base64url');
    const now = this.now();
    const begun: KeptSession = { hash: hashOf(key), user, record, from, started_at: now, seen_at: now };
    const present = this.open.filter((session) => this.isOpen(session));
    const own = present.filter((session) => session.user === user);
    const tooMany = new Set([
      ...own.slice(0, Math.max(0, own.length + 1 - mostPerUser)),
      ...present.slice(0, Math.max(0, present.length + 1 - most)),
    ]);
    this.note([...present.filter((session) => !tooMany.has(session)), begun]);
    for (const ended of tooMany) this.tell(idOf(ended));
    return { id: idOf(begun), key, expiresAt: now + longestMs };
  }

  /** Whose session it is, while it is open. */
  find(key: string): FoundSession | undefined {
    const hash = hashOf(key);
    const session = this.open.find((each) => each.hash === hash);
    if (!session || !this.isOpen(session)) return undefined;
    const now = this.now();
    // one that was begun by a clock that has been set back since begins anew, and does not last until that time is there again
    const used = { ...session, started_at: Math.min(session.started_at, now), seen_at: now };
    if (Math.abs(now - session.seen_at) > seenMs) this.note(this.open.map((each) => (each === session ? used : each)));
    return foundAs(used);
  }

  /** One that is open, without noting that it was used. */
  byId(id: string): FoundSession | undefined {
    const session = this.open.find((each) => idOf(each) === id && this.isOpen(each));
    return session && foundAs(session);
  }

  list(own?: string): OpenSession[] {
    return this.open
      .filter((session) => this.isOpen(session))
      .map((session) => ({
        id: idOf(session),
        user: session.user,
        from: session.from,
        started_at: new Date(session.started_at).toISOString(),
        seen_at: new Date(session.seen_at).toISOString(),
        is_own: idOf(session) === own,
      }));
  }

  /** Whether it was there. */
  end(id: string): boolean {
    return this.endThose((session) => idOf(session) === id) > 0;
  }

  /** All of a user but one, whose browser has just shown the password: it goes on with the record as it is now. */
  endAllOf(user: string, except?: { readonly session: string; readonly record: string }): void {
    this.endThose((session) => session.user === user && idOf(session) !== except?.session);
    if (except === undefined) return;
    const { session: id, record } = except;
    const isOther = (session: KeptSession) => idOf(session) === id && session.record !== record;
    if (this.open.some(isOther))
      this.note(this.open.map((session) => (isOther(session) ? { ...session, record } : session)));
  }

  /** Ends those that were begun with a record that is no more, such as what was changed while nothing ran. */
  keepThoseOf(recordOf: (user: string) => string | undefined): void {
    this.endThose(({ user, record }) => recordOf(user) !== record);
  }

  /** Calls back with the id of each session that ends before its time. */
  onEnd(listener: (session: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private endThose(ends: (session: KeptSession) => boolean): number {
    const ended = this.open.filter(ends);
    if (ended.length === 0) return 0;
    try {
      this.keep(this.open.filter((session) => !ended.includes(session)));
    } finally {
      for (const session of ended) this.tell(idOf(session));
    }
    return ended.length;
  }

  private isOpen({ started_at, seen_at }: KeptSession): boolean {
    const now = this.now();
    return now - started_at < longestMs && Math.abs(now - seen_at) < longestMs && now - seen_at < idleMs;
  }

  /** A disk that takes nothing keeps nobody out: what is so is known as long as this process lives. */
  private note(open: KeptSession[]): void {
    this.open = open;
    try {
      this.file.write(open);
    } catch {
      // what is kept is older, and nobody in it has ended since
    }
  }

  /**
   * Holds at once. A disk that takes nothing loses what it has, so that the next start brings back none that has ended, and all
   * log in again. Throws where not even that works.
   */
  private keep(open: KeptSession[]): void {
    this.open = open;
    try {
      this.file.write(open);
    } catch {
      this.file.remove();
    }
  }

  private tell(session: string): void {
    for (const listener of this.listeners) listener(session);
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');
const foundAs = (session: KeptSession): FoundSession => ({
  id: idOf(session),
  user: session.user,
  record: session.record,
  expiresAt: session.started_at + longestMs,
});
const idOf = ({ hash }: KeptSession): string => hash.slice(0, 16);
