import type { DeadLetter } from '@semstreams/contract';
import { letterIn, type ReadLetters } from './kept-letter.ts';
import type { LetterBlocks } from './letter-blocks.ts';
import { shownLetter } from './shown-letter.ts';

/** Which dead letters are wanted, and how many of them. */
export interface LetterChoice {
  readonly limit: number;
  /** Only those with a lower number. */
  readonly before?: number | undefined;
  /** Only those that follow behind this number, in the order that was asked for. */
  readonly after?: number | undefined;
  readonly isOldestFirst?: boolean;
  readonly component?: string | undefined;
  /** Text in the reason, the id or the payload. */
  readonly search?: string;
}

export interface LetterPage {
  readonly total: number;
  readonly items: DeadLetter[];
  /** The last number that was looked at, where there are more behind it. */
  readonly stoppedAt?: number;
}

/** How many are looked at by one call at most. */
const mostLooked = 5000;

interface Range {
  readonly first: number;
  readonly last: number;
  readonly deleted: ReadonlySet<number>;
}
type Wanted = LetterChoice & { readonly isThere: (block: ReadLetters, number: number) => boolean };

/** A page of the letters in the blocks of this range. A search that finds little stops all the same, and tells where. */
export const pageOfLetters = async (
  blocks: LetterBlocks,
  range: Range,
  wanted: Wanted,
): Promise<Omit<LetterPage, 'total'>> => {
  const items: DeadLetter[] = [];
  let looked = 0;
  let last = 0;
  for await (const { block, number } of numbersIn(blocks, range, wanted)) {
    if (!wanted.isThere(block, number)) continue;
    if (items.length === wanted.limit || looked === mostLooked) return { items, stoppedAt: last };
    if (isMeant(block, number, wanted)) items.push(shownLetter(block, number));
    looked += 1;
    last = number;
  }
  return { items };
};

/** The numbers that are wanted, with the blocks that they are in. */
async function* numbersIn(blocks: LetterBlocks, range: Range, wanted: LetterChoice) {
  const { isOldestFirst = false, after = isOldestFirst ? 0 : Infinity, before = Infinity } = wanted;
  const [least, most] = isOldestFirst ? [after + 1, before - 1] : [1, Math.min(after, before) - 1];
  const edge = isOldestFirst ? least : most;
  const nearest = edge > 1 && edge !== Infinity ? await blocks.find(edge, range) : undefined;
  const found = isOldestFirst
    ? blocks.oldestFirst({ ...range, first: nearest?.sequence ?? range.first })
    : blocks.newestFirst({ ...range, last: nearest?.sequence ?? Math.min(range.last, most) });
  for await (const block of found) {
    const [from, to] = [Math.max(block.first, least), Math.min(block.first + block.lines.length - 1, most)];
    if (isOldestFirst) for (let number = from; number <= to; number += 1) yield { block, number };
    else for (let number = to; number >= from; number -= 1) yield { block, number };
  }
}

const isMeant = (block: ReadLetters, number: number, { component, search = '' }: LetterChoice): boolean => {
  if (component === undefined && search === '') return true;
  const letter = letterIn(block, number)!;
  if (component !== undefined && letter.component !== component) return false;
  const wanted = search.toLowerCase();
  const texts = [letter.component, letter.reason, letter.message_id ?? '', letter.payload];
  return texts.some((text) => text.toLowerCase().includes(wanted));
};
