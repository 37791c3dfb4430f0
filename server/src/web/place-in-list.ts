import { HttpProblem } from './problems.ts';

/** Where a page of a list ended: how it was sorted, and by what its last item stood there. */
export interface PlaceInList {
  readonly sort: string;
  readonly key: string | number;
  readonly id: string;
}

/** A place as it stands in an answer and in the address of the next page. What is in it is nobody's business. */
export const writePlace = ({ sort, key, id }: PlaceInList): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');

/** Throws a 400 problem where it is none, or one of a list that was sorted otherwise. */
export const readPlace = (after: string, sort: string): PlaceInList => {
  const place = parsed(after);
  if (!place) throw noPlace('it is no "next" of an answer');
  if (place.sort !== sort) throw noPlace(`it belongs to sort=${place.sort}`);
  return place;
};

const parsed = (text: string): PlaceInList | undefined => {
  if (!/^[\w-]{1,2000}$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(value) || value.length !== 3) return undefined;
    const [sort, key, id] = value as unknown[];
    const isPlace = typeof sort === 'string' && ['string', 'number'].includes(typeof key) && typeof id === 'string';
    return isPlace ? { sort, key: key as string | number, id } : undefined;
  } catch {
    return undefined;
  }
};

const noPlace = (why: string): HttpProblem => {
  const sentence = `"after" is no place in this list: ${why}`;
  const hint = 'send what "next" said, with the same "sort", or leave it out for the first page';
  return new HttpProblem(400, `${sentence}; ${hint}`, [
    { severity: 'error', code: 'wrong_value', place: 'after', sentence, hint },
  ]);
};
