import { setTimeout as sleep } from 'node:timers/promises';
import type { Follower, FollowedBlock } from '../../engine/follower.ts';
import type { Followers, Order } from '../../engine/followers.ts';
import { sentenceOf } from '../../engine/fault.ts';
import { encodeFrame, encodeRest, sourceOf } from './block-frame.ts';
import { closes, LinkClosed } from './closes.ts';
import type { Control, ReceiverHello, SenderHello, Waiting } from './frames.ts';
import { type Line, type LineEnd, speakLink } from './line.ts';
import { LinkSender } from './link-sender.ts';
import { Pace } from './pace.ts';
import { Turns } from './turns.ts';

/** A receiver that is connected. */
export interface ServedLink {
  readonly hello: ReceiverHello;
  /** How long it took until the last block that was sent was known to be safe, in milliseconds; undefined before the first. */
  readonly delayMs: number | undefined;
  close(code: number, reason: string): void;
}

export interface ServeOptions {
  readonly hello: Omit<SenderHello, 'kind' | 'role' | 'compression'>;
  /** What may be under way to it, in bytes. */
  readonly mostBytes: number;
  /** The connections whose messages it gets. */
  readonly followed: readonly Followers[];
  readonly catchUp: CatchUp;
  /** Aborted when nothing more is sent; what is under way may still become safe. */
  readonly stopping: AbortSignal;
  /** Throws a LinkClosed where it may not receive. */
  readonly admit: (link: ServedLink) => void;
  /** It has its place, and gets what it has not got yet. */
  readonly begun: () => void;
  /** How far the one of this name is behind. */
  readonly waiting: (name: string) => Waiting | undefined;
  readonly ended: (link: ServedLink | undefined, end: LineEnd) => void;
}

/** What goes first. */
export interface CatchUp {
  readonly order: Order;
  /** How much of what lay behind when it was greeted is sent to a receiver, in messages a second. */
  readonly mostPerSecond: number | undefined;
  /** The components whose messages go before those of others. */
  readonly urgent: readonly string[];
}

interface Part {
  readonly follower: Follower;
  /** Those of a lower rank go first. */
  readonly rank: number;
  readonly yields: boolean;
}

interface UnderWay {
  readonly follower: Follower;
  readonly block: FollowedBlock;
  readonly sentAt: number;
}

/** The sending side on a line: hands a receiver what it follows, as fast as it says that it is safe. */
export const serveLink = (line: Line, options: ServeOptions): void => {
  const now = (): number => performance.now();
  const sender = new LinkSender<UnderWay>(options.hello, options.mostBytes, now());
  const ending = new AbortController();
  const stopping = AbortSignal.any([options.stopping, ending.signal]);
  let link: ServedLink | undefined;
  let parts: readonly Part[] = [];
  let wake: (() => void)[] = [];
  let delayMs: number | undefined;

  const wakeAll = (): void => {
    const woken = wake;
    wake = [];
    for (const resume of woken) resume();
  };
  stopping.addEventListener('abort', wakeAll, { once: true });
  const turns = new Turns();
  const pace = new Pace(options.catchUp.mostPerSecond);
  const maySend = (bytes: number, { rank, yields }: Part): boolean =>
    turns.isNext(rank) && (yields ? sender.hasRoomBehind(bytes, now()) : sender.hasRoom(bytes));
  const turn = async (bytes: number, part: Part): Promise<void> => {
    const leave = turns.enter(part.rank);
    while (!maySend(bytes, part) && !stopping.aborted) await new Promise<void>((resume) => wake.push(resume));
    leave();
  };

  const frameOf = (block: FollowedBlock, since: number): Buffer =>
    since > block.total - block.count
      ? encodeRest(block, since, sender.compression)
      : encodeFrame(block, sender.compression);

  const pump = async (part: Part): Promise<void> => {
    const { follower } = part;
    for (;;) {
      const kept = await follower.next(stopping);
      if (!kept) return;
      const block = { ...kept, run: sourceOf(kept.run, follower.part) };
      if (sender.has(block) || block.total <= follower.since) {
        follower.finish(block);
        continue;
      }
      const isBehind = block.total <= follower.behind;
      if (isBehind) await waitFor(pace.waitMs(now()), stopping);
      const frame = frameOf(block, follower.since);
      await turn(frame.length, part);
      if (stopping.aborted) return;
      sender.sent({ follower, block, sentAt: now() }, frame.length, part.yields);
      if (isBehind) pace.sent(block.count, now());
      speaking.sendBlock(frame);
      wakeAll();
    }
  };

  const greeted = async (hello: ReceiverHello): Promise<void> => {
    const served: ServedLink = {
      hello,
      get delayMs() {
        return delayMs;
      },
      close: (code, reason) => speaking.close(code, reason),
    };
    options.admit(served);
    link = served;
    const { order, urgent } = options.catchUp;
    const begun = await Promise.all(
      options.followed.map(async (each) => {
        const rank = urgent.length === 0 || urgent.includes(each.from) ? 0 : 1;
        return partsOf(await each.follow(hello.name, hello.since, order), rank);
      }),
    );
    parts = begun.flat();
    if (ending.signal.aborted) return leave();
    speaking.say(sender.answer(now()));
    options.begun();
    speaking.say(beat(hello.name));
    await Promise.all(parts.map(pump));
    // another line has taken its place, or the connection has ended
    if (!options.stopping.aborted) speaking.close(closes.replaced, 'the same receiver has dialled anew');
  };
  const beat = (name: string): Control => {
    const waiting = options.waiting(name);
    return { kind: 'beat', ...(waiting && { waiting }) };
  };
  const leave = (): void => {
    for (const { follower } of parts) follower.leave();
  };
  const fail = (thrown: unknown): void => {
    if (thrown instanceof LinkClosed) return speaking.close(thrown.code, thrown.message);
    speaking.close(thrown instanceof RangeError ? closes.noPlace : closes.later, sentenceOf(thrown));
  };

  const speaking = speakLink(line, {
    control(control) {
      const heard = sender.hear(control, now());
      if (heard.kind === 'greeted') greeted(heard.hello).catch(fail);
      if (heard.kind === 'nothing') return;
      if (heard.kind === 'safe') {
        for (const { follower, block } of heard.blocks) follower.finish(block);
        delayMs = Math.round(now() - heard.blocks.at(-1)!.sentAt);
      }
      wakeAll();
    },
    block() {
      throw new LinkClosed(closes.wrongRole, 'a receiver sends no blocks');
    },
    isBeatDue: () => sender.look(now()),
    beat: () => (link ? beat(link.hello.name) : { kind: 'beat' }),
    isAlive: () => sender.isAlive(now()),
    ended(end) {
      ending.abort();
      leave();
      options.ended(link, end);
    },
  });
};

/** So many ranks there are of what comes now; what lies behind goes after all of them. */
const ranks = 2;

const partsOf = (newest: Follower, rank: number): readonly Part[] => [
  { follower: newest, rank, yields: rank > 0 },
  ...newest.gaps.map((follower): Part => ({ follower, rank: rank + ranks, yields: true })),
];

/** Resolves after so many milliseconds, or when the signal is aborted. */
const waitFor = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
};
