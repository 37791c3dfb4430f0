import type { DeadLetter } from '@semstreams/contract';
import { hasManyDigits } from '../../engine/exact-number.ts';
import { sizeOfJson } from '../../engine/json-size.ts';
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

/** As text where it would be too much for whoever writes or reads the answer, or a number of it would lose digits. */
const shownJson = (payload: string): unknown => {
  try {
    const { levels } = sizeOfJson(payload, { levels: mostLevels });
    return levels > mostLevels || hasManyDigits(payload) ? payload : JSON.parse(payload);
  } catch {
    return payload;
  }
};
