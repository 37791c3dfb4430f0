import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A dead letter as it is kept. The payload is text, so that nothing of it changes, such as integers beyond 2^53. */
export const KeptLetter = z.strictObject({
  component: z.string(),
  port: z.string().optional(),
  reason: z.string(),
  failed_at: z.string(),
  message_id: z.string().optional(),
  message_time: z.string().optional(),
  kind: z.enum(['json', 'base64', 'cut']),
  payload: z.string(),
});
export type KeptLetter = z.infer<typeof KeptLetter>;

/** A payload that is longer is cut, and so is a reason, in characters. */
const longestPayload = 256 * 1024;
const longestReason = 2000;
/** What goes into one block at most: letters, and bytes unless one letter alone has more. NATS takes 1 MB by default. */
const mostLetters = 1000;
const mostBytes = 256 * 1024;
/** No letter has more, in bytes: characters may take up to six each. */
const mostBytesOfOne = 768 * 1024;

const cut = (letter: KeptLetter): KeptLetter => {
  const reason = letter.reason.slice(0, longestReason);
  let payload = letter.payload.slice(0, longestPayload);
  while (bytesOf(payload) > mostBytesOfOne) payload = payload.slice(0, payload.length / 2);
  if (payload.length === letter.payload.length) return { ...letter, reason };
  return { ...letter, reason, kind: 'cut', payload };
};

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Letters of one component and port that are kept as one message: one write to the disk for all of them. */
export type LetterBlock = readonly [KeptLetter, ...KeptLetter[]];

/** The blocks for these letters; what comes from one port stays in order. */
export const blocksOf = (letters: readonly KeptLetter[]): LetterBlock[] => {
  const blocks: LetterBlock[] = [];
  const growing = new Map<string, { readonly block: [KeptLetter, ...KeptLetter[]]; bytes: number }>();
  for (const letter of letters) {
    const short = cut(letter);
    const bytes = bytesOf(short);
    const place = `${letter.component} ${letter.port}`;
    const known = growing.get(place);
    if (known && known.block.length < mostLetters && known.bytes + bytes <= mostBytes) {
      known.block.push(short);
      known.bytes += bytes;
    } else {
      const block: [KeptLetter, ...KeptLetter[]] = [short];
      growing.set(place, { block, bytes });
      blocks.push(block);
    }
  }
  return blocks;
};

/**
 * The same for the same messages at the same place: what comes again after a crash is not kept twice. Undefined where one
 * never was a message, and so has no id.
 */
export const idOf = (block: LetterBlock): string | undefined => {
  if (block.some(({ message_id }) => message_id === undefined)) return undefined;
  const [{ component, port, message_id }] = block;
  if (block.length === 1) return `${component}.${port}.${message_id}`;
  const ids = createHash('sha256');
  for (const letter of block) ids.update(`${letter.message_id}\n`);
  return `${component}.${port}.${ids.digest('hex')}`;
};

/**
 * A block as text: one letter a line, as JSON. The first line begins with the number of its letter; the others count on.
 * What was kept before there were blocks is one line without a number: its number is that of the stored message.
 */
export const encodeLetters = (block: LetterBlock, first: number): string =>
  block.map((letter, index) => JSON.stringify(index === 0 ? { number: first, ...letter } : letter)).join('\n');

/** A block that was read, its letters still as text. */
export interface ReadLetters {
  /** Of the stored message. */
  readonly sequence: number;
  /** Number of its first letter. */
  readonly first: number;
  readonly lines: readonly string[];
}

const FirstLine = z.object({ number: z.int().positive().optional() });

/** What is no block, because it is damaged or somebody else has put it there, is one letter that says so. */
export const readLetters = (text: string, sequence: number): ReadLetters => {
  const lines = text.split('\n');
  try {
    const { number = sequence } = FirstLine.parse(JSON.parse(lines[0]!));
    return { sequence, first: number, lines };
  } catch {
    return { sequence, first: sequence, lines: [text] };
  }
};

/** Undefined where the block has no letter of this number. */
export const letterIn = ({ first, lines }: ReadLetters, number: number): KeptLetter | undefined => {
  const line = lines[number - first];
  if (line === undefined) return undefined;
  try {
    const { number: _, ...letter } = JSON.parse(line) as { readonly number?: number };
    return KeptLetter.parse(letter);
  } catch {
    return unreadable(line);
  }
};

const unreadable = (line: string): KeptLetter => ({
  component: 'unknown',
  reason: 'this dead letter is damaged, or was not put there by this server',
  failed_at: new Date(0).toISOString(),
  kind: 'cut',
  payload: line.slice(0, longestPayload),
});
