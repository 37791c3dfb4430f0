import { describe, expect, it } from 'vitest';
import { having, listing } from './listing.ts';
import { HttpProblem } from './problems.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}
const list = listing<Thing>()({
  sorts: { name: ({ name }) => name, size: ({ size }) => size },
  usual: 'name',
  id: ({ id }) => id,
  texts: ({ name }) => [name],
});
const thing = (id: string, name: string, size: number): Thing => ({ id, name, size });
const things = [thing('a', 'Émile', 10), thing('b', 'eve', 9), thing('c', 'Zoë', 9), thing('d', 'adam', 100)];

const asked = (words: object = {}) => list.query.parse(words);
const ids = (words: object, items: readonly Thing[] = things) =>
  list.page(items, asked(words)).items.map(({ id }) => id);
/** All pages, one after the other; what changes between them is said by `items`, which is asked for each. */
const walked = (words: object, items: () => readonly Thing[] = () => things): string[] => {
  const found: string[] = [];
  for (let after: string | undefined; ;) {
    const page = list.page(items(), asked({ limit: '1', ...words, ...(after === undefined ? {} : { after }) }));
    found.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) return found;
    after = page.next;
  }
};

describe('a list', () => {
  it.each<[object, string[]]>([
    [{}, ['d', 'a', 'b', 'c']],
    [{ sort: '-name' }, ['c', 'b', 'a', 'd']],
    [{ sort: 'size' }, ['b', 'c', 'a', 'd']],
    [{ sort: '-size' }, ['d', 'a', 'c', 'b']],
    [{ search: 'EV' }, ['b']],
    [{ search: 'nobody' }, []],
    [{ limit: '2' }, ['d', 'a']],
  ])('asked for by %j is %j', (words, expected) => {
    expect(ids(words)).toEqual(expected);
  });

  it.each(['name', '-name', 'size', '-size'])('is told whole in pages of any size, by %s', (sort) => {
    for (const limit of ['1', '2', '3', '4', '5']) expect(walked({ sort, limit })).toEqual(ids({ sort }));
  });

  it('says how many there are on all pages together', () => {
    expect(list.page(things, asked({ limit: '1', search: 'e' }))).toMatchObject({ total: 2 });
    expect(list.page(things, asked({ limit: '3' }))).toMatchObject({ total: 4, next: expect.any(String) });
    expect(list.page(things, asked({ limit: '4' }))).toEqual({ total: 4, items: expect.any(Array) });
  });

  it('tells what nobody changed once, whatever comes and goes meanwhile, also where a page ended', () => {
    const states = [things, things.slice(0, 3), [thing('0', 'aaa', 1), ...things.slice(1)], things.slice(1)];
    let step = -1;
    expect(walked({}, () => states[(step += 1)] ?? states.at(-1)!)).toEqual(['d', 'a', 'b', 'c']);
  });

  it('goes on where others came that are the same but for their id', () => {
    const twins = ['1', '2', '3'].map((id) => thing(id, 'twin', 1));
    expect(walked({ sort: '-size' }, () => twins)).toEqual(['3', '2', '1']);
  });

  it.each<[object, string]>([
    [{ after: 'xyz' }, '"after" is no place in this list: it is no "next" of an answer'],
    [{ after: '../..' }, '"after" is no place in this list: it is no "next" of an answer'],
    [
      { after: list.page(things, asked({ limit: '1' })).next, sort: '-name' },
      '"after" is no place in this list: it belongs to sort=name',
    ],
  ])('refuses %j', (words, sentence) => {
    expect(() => list.page(things, asked(words))).toThrow(HttpProblem);
    expect(() => list.page(things, asked(words))).toThrow(sentence);
  });

  it('leaves aside what nobody asked for', () => {
    expect(having(things, { size: 9, name: undefined }).map(({ id }) => id)).toEqual(['b', 'c']);
  });
});
