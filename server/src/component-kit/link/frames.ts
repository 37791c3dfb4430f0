import { z } from 'zod';
import { closes, LinkClosed } from './closes.ts';

/** So many sources are named in a greeting: those that sent last. */
export const mostKnown = 32;

const count = z.int().nonnegative();
const words = z.string().max(200);

/** Unique for one run of one guaranteed connection; see `Position` of the engine. */
const source = z.string().regex(/^[^\s,:]{1,200}$/);

/** What may have been sent altogether since the line is open. */
const Allowed = z.object({ blocks: count, bytes: count });
export type Allowed = z.infer<typeof Allowed>;

const compression = z.enum(['none', 'deflate']);
export type Compression = z.infer<typeof compression>;

/** Who speaks. `heartbeat_ms` promises that something is said at least so often. */
const who = {
  kind: z.literal('hello'),
  name: z.string().min(1).max(200),
  /** What an installation is known by; two of them may have been given the same name. */
  instance: words,
  /** Such as "SemStreams 1.2.0". */
  product: words,
  heartbeat_ms: z.int().min(100).max(3_600_000),
};

/** Opens a link. */
export const ReceiverHello = z.object({
  ...who,
  role: z.literal('receiver'),
  since: z.union([z.literal('missed'), z.object({ last: count })]),
  /** What it has of those sources that have sent to it last. */
  known: z.array(z.object({ source, sequence: count })).max(mostKnown),
  compression,
  allowed: Allowed,
});
export type ReceiverHello = z.infer<typeof ReceiverHello>;

/** Answers it. */
export const SenderHello = z.object({ ...who, role: z.literal('sender'), compression });
export type SenderHello = z.infer<typeof SenderHello>;

/** So many of the blocks that came on this line are safe. */
export const Safe = z.object({ kind: z.literal('safe'), blocks: count, allowed: Allowed });
export type Safe = z.infer<typeof Safe>;

/** How far a receiver is behind, as its sender knows it. Without `back_in_ms` it comes no nearer, or that is not known yet. */
export const Waiting = z.object({
  messages: count,
  bytes: count,
  behind_ms: count.optional(),
  back_in_ms: count.optional(),
  /** How long it took until the last block that was sent was known to be safe. */
  delay_ms: count.optional(),
});
export type Waiting = z.infer<typeof Waiting>;

/** Says that somebody is there; a sender says what waits for the receiver, too. */
export const Beat = z.object({
  kind: z.literal('beat'),
  waiting: Waiting.optional(),
});
export type Beat = z.infer<typeof Beat>;

const Control = z.discriminatedUnion('kind', [z.discriminatedUnion('role', [ReceiverHello, SenderHello]), Safe, Beat]);
/** What is no message: JSON in a text frame. Further fields are left alone, so that later versions may say more. */
export type Control = z.infer<typeof Control>;

export const encodeControl = (control: Control): string => JSON.stringify(control);

/** Throws a LinkClosed where it is no frame of this protocol. */
export const decodeControl = (text: string): Control => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LinkClosed(closes.badFrame, 'a text frame holds no JSON');
  }
  const parsed = Control.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LinkClosed(closes.badFrame, `a text frame is wrong at "${issue?.path.join('.') ?? ''}"`);
};
