import type { DeadLetter } from '@semstreams/contract';
import { letterIn, type ReadLetters } from './kept-letter.ts';

/** A payload that is nested deeper is shown as text. */
const mostLevels = 100;

/** A letter of a block as people see it. */
export const shownLetter = (block: ReadLetters, number: number): DeadLetter => {
  const { kind, payload, ...letter } = letterIn(block, number)!;
  return {
    ...letter,
    sequence: number,
    can_resend: kind === 'json' && letter.port !== undefined,
    payload: kind === 'json' ? shownJson(payload) : kind === 'base64' ? { base64: payload } : payload,
  };
};

/** As text where it would be too much for whoever writes or reads the answer. */
const shownJson = (payload: string): unknown => {
  try {
    if (levelsOf(payload) > mostLevels) return payload;
    return JSON.parse(payload);
  } catch {
    return payload;
  }
};

/** How deep brackets are nested, at most; those within texts count, too. */
const levelsOf = (json: string): number => {
  let level = 0;
  let most = 0;
  for (const [bracket] of json.matchAll(/[[\]{}]/g)) {
    level += bracket === '[' || bracket === '{' ? 1 : -1;
    if (level > most) most = level;
  }
  return most;
};
