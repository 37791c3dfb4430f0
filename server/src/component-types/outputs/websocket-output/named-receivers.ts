import type { FollowerState, Followers } from '../../../engine/followers.ts';
import { CatchingUp } from './catching-up.ts';
import { closes, LinkClosed } from '../../../component-kit/link/closes.ts';
import type { Behind } from '../../../component-kit/link/behind.ts';
import type { Waiting } from '../../../component-kit/link/frames.ts';
import type { Line, LineEnd } from '../../../component-kit/link/line.ts';
import { serveLink, type ServedLink, type ServeOptions } from '../../../component-kit/link/serve-link.ts';

export interface NamedReceiversOptions {
  readonly hello: ServeOptions['hello'];
  readonly followed: readonly Followers[];
  readonly catchUp: ServeOptions['catchUp'];
  /** What may be under way to each, in bytes. */
  readonly mostBytes: number;
  /** Names that may receive; all where there are none. */
  readonly allowed: readonly string[];
  /** One that is away is given up after so long, or when so much waits for it. */
  readonly forgetAfterMs: number;
  readonly forgetBeyondBytes: number;
  /** Aborted when nothing more is sent. */
  readonly stopping: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Somebody has taken a place. */
  readonly begun: () => void;
  /** Somebody came, left, or was given up. */
  readonly changed: () => void;
}

/** One that has a place, whether it is there or not. */
export interface NamedReceiver extends FollowerState, Behind {
  /** Since when it is there, or away, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** How long it took until the last block that was sent was known to be safe there, in milliseconds. */
  readonly delayMs: number | undefined;
  readonly product: string | undefined;
  /** How long its place is kept for it from now on, in milliseconds; as long as it is there, for ever. */
  readonly forgottenInMs: number | undefined;
}

/** How long those who leave may take, in milliseconds. */
const goodbyeMs = 1500;

/** Receivers with a name: each goes on where it stopped. */
export class NamedReceivers {
  private readonly present = new Map<string, ServedLink>();
  /** When each came or left, in milliseconds since 1970. */
  private readonly turnedAt = new Map<string, number>();
  private readonly lines = new Set<Promise<void>>();
  private readonly catchingUp = new CatchingUp();
  /** What the last one was told that was turned away. */
  lastRefusal = '';
  /** Names that were given up, and how many messages waited for them. */
  readonly forgotten: Record<string, number> = {};

  constructor(private readonly options: NamedReceiversOptions) {}

  get count(): number {
    return this.present.size;
  }

  /** @param names what its certificate is for, where it had to show one */
  serve(line: Line, names: readonly string[] | undefined, whenEnded: (end: LineEnd) => void = () => undefined): void {
    const { hello, followed, catchUp, mostBytes, stopping } = this.options;
    const gone = new Promise<void>((resolve) =>
      serveLink(line, {
        hello,
        followed,
        catchUp,
        mostBytes,
        stopping,
        begun: () => this.options.begun(),
        admit: (link) => this.admit(link, names),
        waiting: (name) => this.waiting(name),
        ended: (link, end) => {
          if (link && this.present.get(link.hello.name) === link) this.leave(link.hello.name);
          if (!link) this.lastRefusal = end.sentence;
          resolve();
          whenEnded(end);
          this.options.changed();
        },
      }),
    );
    this.lines.add(gone);
    void gone.then(() => this.lines.delete(gone));
  }

  /** All that have a place. Where there are several connections, what is true of all of them together. */
  list(): NamedReceiver[] {
    const { followed, forgetAfterMs } = this.options;
    const byName = new Map<string, FollowerState>();
    for (const state of followed.flatMap((each) => each.list())) {
      const before = byName.get(state.name);
      byName.set(state.name, before ? together(before, state) : state);
    }
    return [...byName.values()].map((state) => ({
      ...state,
      behindMs: state.oldestAt === 0 ? 0 : Math.max(0, this.options.now() - state.oldestAt),
      backInMs: state.isThere && state.waiting > 0 ? this.catchingUp.backInMs(state.name) : undefined,
      sinceMs: this.sinceOf(state),
      delayMs: this.present.get(state.name)?.delayMs,
      product: this.present.get(state.name)?.hello.product,
      forgottenInMs: state.isThere ? undefined : Math.max(0, forgetAfterMs - state.awayMs),
    }));
  }

  /** Looks how fast each catches up; gives up those who are away for too long, or for whom too much waits. */
  look(): void {
    const { followed, forgetBeyondBytes } = this.options;
    const all = this.list();
    this.catchingUp.look(performance.now(), all);
    for (const { name, isThere, forgottenInMs, waitingBytes } of all) {
      if (isThere || (forgottenInMs! > 0 && waitingBytes <= forgetBeyondBytes)) continue;
      const waited = followed.reduce((sum, each) => sum + each.forget(name), 0);
      this.forgotten[name] = (this.forgotten[name] ?? 0) + waited;
      this.turnedAt.delete(name);
      this.options.changed();
    }
  }

  /** Says good-bye to all. Resolves when they are gone. */
  async close(code: number, reason: string): Promise<void> {
    for (const link of this.present.values()) link.close(code, reason);
    const late = new Promise((resolve) => setTimeout(resolve, goodbyeMs).unref());
    await Promise.race([Promise.all(this.lines), late]);
  }

  private admit(link: ServedLink, names: readonly string[] | undefined): void {
    const { name, instance } = link.hello;
    const { allowed } = this.options;
    if (allowed.length > 0 && !allowed.includes(name))
      throw refused(`"${name}" is not one of those that may receive here`);
    if (names && !names.includes(name))
      throw refused(`"${name}" is no name in the certificate that was shown: it is for ${names.join(', ')}`);
    const before = this.present.get(name);
    if (before && before.hello.instance !== instance)
      throw new LinkClosed(closes.nameInUse, `another receiver is connected as "${name}": give it a name of its own`);
    before?.close(closes.replaced, 'the same receiver has dialled anew');
    this.present.set(name, link);
    if (!before) this.turnedAt.set(name, this.options.now());
    this.options.changed();
  }

  private leave(name: string): void {
    this.present.delete(name);
    if (this.hasPlace(name)) this.turnedAt.set(name, this.options.now());
    else this.turnedAt.delete(name);
  }

  private hasPlace(name: string): boolean {
    return this.options.followed.some((each) => each.list().some((state) => state.name === name));
  }

  /** One that was away before this run has been so for as long as its place says. */
  private sinceOf({ name, awayMs }: FollowerState): number {
    const known = this.turnedAt.get(name) ?? this.options.now() - awayMs;
    this.turnedAt.set(name, known);
    return known;
  }

  private waiting(wanted: string): Waiting | undefined {
    const found = this.list().find(({ name }) => name === wanted);
    if (!found) return undefined;
    const { waiting, waitingBytes, behindMs, backInMs, delayMs } = found;
    return {
      ...{ messages: waiting, bytes: waitingBytes, behind_ms: Math.round(behindMs) },
      ...(backInMs !== undefined && { back_in_ms: Math.round(backInMs) }),
      ...(delayMs !== undefined && { delay_ms: delayMs }),
    };
  }
}

const refused = (sentence: string): LinkClosed => new LinkClosed(closes.notAllowed, sentence);

const together = (one: FollowerState, other: FollowerState): FollowerState => ({
  name: one.name,
  isThere: one.isThere || other.isThere,
  awayMs: Math.min(one.awayMs, other.awayMs),
  waiting: one.waiting + other.waiting,
  waitingBytes: one.waitingBytes + other.waitingBytes,
  oldestAt: Math.min(one.oldestAt || other.oldestAt, other.oldestAt || one.oldestAt),
  missed: one.missed + other.missed,
});
