import { decodeFrame } from './block-frame.ts';
import type { Allowed, ReceiverHello, SenderHello, Waiting } from './frames.ts';
import type { Intake } from './intake.ts';
import { type Line, type LineEnd, speakLink } from './line.ts';
import { LinkReceiver } from './link-receiver.ts';

export interface TakenLink {
  /** Nothing more is taken in; what is safe by then is said. */
  close(code: number, reason: string): void;
}

export interface TakeOptions {
  readonly hello: Omit<ReceiverHello, 'kind' | 'role' | 'allowed' | 'known'>;
  /** What may be under way, or taken in and not yet safe. */
  readonly window: Allowed;
  /** What a block may be unpacked, in bytes. */
  readonly mostBytes: number;
  readonly intake: Intake;
  readonly greeted: (hello: SenderHello) => void;
  /** What waits over there. */
  readonly waiting: (waiting: Waiting) => void;
  readonly ended: (end: LineEnd) => void;
}

/** The receiving side on a line: takes blocks into the flow, and says what is safe. */
export const takeLink = (line: Line, options: TakeOptions): TakenLink => {
  const { intake, window } = options;
  const now = (): number => performance.now();
  const receiver = new LinkReceiver({ ...options.hello, known: intake.known }, window, now());
  let blocks = 0;
  const speaking = speakLink(line, {
    control(control) {
      const heard = receiver.hear(control, now());
      if (heard.kind === 'greeted') options.greeted(heard.hello);
      if (heard.kind === 'waiting') options.waiting(heard.waiting);
    },
    block(frame) {
      receiver.came(frame.length, now());
      const number = (blocks += 1);
      intake.take(decodeFrame(frame, options.mostBytes), () => {
        const safe = receiver.safe(number, now());
        if (safe) speaking.say(safe);
      });
    },
    isBeatDue: () => receiver.look(now()),
    beat: () => ({ kind: 'beat' }),
    isAlive: () => receiver.isAlive(now()),
    ended: options.ended,
  });
  speaking.say(receiver.greeting(now()));
  return { close: (code, reason) => speaking.close(code, reason) };
};
