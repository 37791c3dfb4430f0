import type { Follower, FollowedBlock } from '../../engine/follower.ts';
import type { Followers } from '../../engine/followers.ts';
import { sentenceOf } from '../../engine/fault.ts';
import { encodeFrame, encodeRest } from './block-frame.ts';
import { closes, LinkClosed } from './closes.ts';
import type { Control, ReceiverHello, SenderHello, Waiting } from './frames.ts';
import { type Line, type LineEnd, speakLink } from './line.ts';
import { LinkSender } from './link-sender.ts';

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
  let followers: Follower[] = [];
  let wake: (() => void)[] = [];
  let delayMs: number | undefined;

  const wakeAll = (): void => {
    const woken = wake;
    wake = [];
    for (const resume of woken) resume();
  };
  stopping.addEventListener('abort', wakeAll, { once: true });
  const room = async (bytes: number): Promise<void> => {
    while (!sender.hasRoom(bytes) && !stopping.aborted) await new Promise<void>((resume) => wake.push(resume));
  };

  const frameOf = (block: FollowedBlock, since: number): Buffer =>
    since > block.total - block.count
      ? encodeRest(block, since, sender.compression)
      : encodeFrame(block, sender.compression);

  const pump = async (follower: Follower): Promise<void> => {
    for (;;) {
      const block = await follower.next(stopping);
      if (!block) return;
      if (sender.has(block) || block.total <= follower.since) {
        follower.finish(block);
        continue;
      }
      const frame = frameOf(block, follower.since);
      await room(frame.length);
      if (stopping.aborted) return;
      sender.sent({ follower, block, sentAt: now() }, frame.length);
      speaking.sendBlock(frame);
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
    const begun = await Promise.all(options.followed.map(async (each) => each.follow(hello.name, hello.since)));
    followers = begun;
    if (ending.signal.aborted) return leave();
    speaking.say(sender.answer(now()));
    options.begun();
    speaking.say(beat(hello.name));
    await Promise.all(begun.map(pump));
    // another line has taken its place, or the connection has ended
    if (!options.stopping.aborted) speaking.close(closes.replaced, 'the same receiver has dialled anew');
  };
  const beat = (name: string): Control => {
    const waiting = options.waiting(name);
    return { kind: 'beat', ...(waiting && { waiting }) };
  };
  const leave = (): void => {
    for (const follower of followers) follower.leave();
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
