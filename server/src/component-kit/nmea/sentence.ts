import { checksum, sumAt } from './checksum.ts';
import { readTagBlock, type TagBlock } from './tag-block.ts';

/** A sentence of NMEA 0183. Each character of its texts stands for one byte, as it came. */
export interface Sentence {
  /** Talker and type, such as `GPRMC`, or the maker's own, such as `PGRME`. */
  readonly address: string;
  readonly fields: readonly string[];
  /** From its "$" or "!" on, with its checksum. */
  readonly text: string;
  readonly tag: TagBlock | undefined;
  /** What a receiver has written behind it. */
  readonly behind: string;
}

export type Refusal = 'bad_checksum' | 'garbage';

/** What a line holds: sentences, what was refused, and sentences that lack the checksum that is wanted. */
export type Found = { readonly sentence: Sentence } | { readonly refused: Refusal } | { readonly unchecked: string };

const address = /^[A-Z][A-Z0-9]{2,9}$/;
const addressAtStart = /[$!][A-Z][A-Z0-9]{2,9}[,*]/y;
const beginning = /[$!]/;
const tagBlock = /\\([^\\]*)\*([0-9A-Fa-f]{2})\\$/;
const appended = /^,[^$!\\]*/;
/** How packets begin that ships send by multicast: IEC 61162-450. */
const packetBeginning = 'UdPbC';

/** Where the last sentence begins before which the sum of all characters was so much, by that sum; cleared for each line. */
const beginnings = new Int32Array(256);
const [dollar, bang, star] = ['$', '!', '*'].map((character) => character.charCodeAt(0)) as [number, number, number];

/**
 * The sentences of a line, wherever they stand in it: what has the right checksum is one. A line that has none may be taken
 * as it stands where checksums are not wanted.
 */
export const sentencesIn = (line: string, needsChecksum: boolean): readonly Found[] =>
  isOne(line)
    ? [{ sentence: { ...partsOf(line.slice(1, -3)), text: line, behind: '', tag: undefined } }]
    : searchedFor(line, needsChecksum);

/** Whether a line is one sentence and nothing else, as nearly all are. */
const isOne = (line: string): boolean => {
  const end = line.length - 3;
  const sent = end > 0 && line.charCodeAt(end) === star ? sumAt(line, end) : -1;
  addressAtStart.lastIndex = 0;
  if (sent < 0 || !addressAtStart.test(line)) return false;
  let sum = 0;
  for (let at = 1; at < end; at += 1) {
    const code = line.charCodeAt(at);
    if (code === dollar || code === bang || code === star) return false;
    sum ^= code;
  }
  return sum === sent;
};

const searchedFor = (line: string, needsChecksum: boolean): readonly Found[] => {
  const found: Found[] = [];
  let end = 0;
  let isBegun = false;
  let isDamaged = false;
  let sum = 0;
  let first: { readonly at: number; readonly sum: number } | undefined;
  beginnings.fill(-1);
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === star) {
      const wanted = sumAt(line, at);
      const start = wanted < 0 ? -1 : beginnings[sum ^ wanted]!;
      if (start >= 0) {
        // what some devices repeat in front is part of a sentence that came undamaged
        const whole = first && (first.sum ^ sum) === wanted ? first.at : start;
        found.push(...takenBefore(line.slice(end, whole), isDamaged && whole === start));
        const tag = tagIn(line.slice(end, whole));
        const behind = appended.exec(line.slice(at + 3))?.[0] ?? '';
        const text = line.slice(start, at + 3);
        found.push({ sentence: { ...partsOf(line.slice(start + 1, at)), text, behind, tag } });
        end = at + 3 + behind.length;
        at = end - 1;
        sum = 0;
        first = undefined;
        isBegun = false;
        isDamaged = false;
        beginnings.fill(-1);
        continue;
      }
      isDamaged ||= isBegun;
    }
    sum ^= code;
    if (code === dollar || code === bang) {
      isBegun = true;
      addressAtStart.lastIndex = at;
      if (!addressAtStart.test(line)) continue;
      beginnings[sum] = at;
      first ??= { at, sum };
    }
  }
  const rest = line.slice(end);
  if (found.length > 0 || isDamaged) return [...found, ...leftOver(rest, isDamaged)];
  const whole = /[$!].*/.exec(rest)?.[0] ?? '';
  if (!address.test(partsOf(whole.slice(1)).address)) return leftOver(rest, false);
  if (needsChecksum) return [{ unchecked: whole }];
  return [{ sentence: { ...partsOf(whole.slice(1)), text: whole, behind: '', tag: undefined } }];
};

/** The tag block right before a sentence, where its checksum is right. */
const tagIn = (before: string): TagBlock | undefined => {
  const tag = before === '' ? null : tagBlock.exec(before);
  return tag && checksum(tag[1]!) === Number.parseInt(tag[2]!, 16) ? readTagBlock(tag[1]!) : undefined;
};

/** What is refused of that which stands before a sentence. */
const takenBefore = (before: string, isDamaged: boolean): readonly Found[] => {
  if (before === '') return [];
  const tag = tagBlock.exec(before);
  if (!tag) return leftOver(before, isDamaged);
  const isRight = checksum(tag[1]!) === Number.parseInt(tag[2]!, 16);
  return [
    ...(isRight ? [] : [{ refused: 'bad_checksum' as const }]),
    ...leftOver(before.slice(0, tag.index), isDamaged && beginning.test(before.slice(0, tag.index))),
  ];
};

const partsOf = (body: string): Pick<Sentence, 'address' | 'fields'> => {
  const fields = body.split(',');
  return { address: fields.shift()!, fields };
};

/** What is no sentence counts once, and comments of recordings do not count. */
const leftOver = (text: string, isDamaged: boolean): Found[] => {
  if (isDamaged) return [{ refused: 'bad_checksum' }];
  const said = text.trim();
  return said === '' || said === packetBeginning || said.startsWith('#') ? [] : [{ refused: 'garbage' }];
};
