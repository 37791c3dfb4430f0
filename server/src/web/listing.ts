import { z } from 'zod';
import { wholeNumber } from './address-words.ts';
import { readPlace, writePlace } from './place-in-list.ts';

type Key = string | number;

/** How a list of items is asked for. */
export interface ListOf<Item, Sort extends string> {
  /** What it can be sorted by. */
  readonly sorts: Readonly<Record<Sort, (item: Item) => Key>>;
  /** How it is sorted where nobody says; with `-` from the last to the first. */
  readonly usual: NoInfer<Sort> | `-${NoInfer<Sort>}`;
  /** What no two of them have in common. */
  readonly id: (item: Item) => string;
  /** The texts that a search looks in. */
  readonly texts: (item: Item) => readonly (string | undefined)[];
}

/** What every list takes: `limit`, `after`, `sort`, `search`. */
export interface ListQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly sort: string;
  readonly search: string;
}

export interface ListPage<Item> {
  readonly items: Item[];
  readonly total: number;
  readonly next?: string;
}

const mostItems = 1000;

/** The query parameters of a list that is sorted by one of these, also of one that is not held in memory. */
export const listQuery = (
  sorts: readonly string[],
  { usual, limit = mostItems, most = mostItems }: { readonly usual: string; limit?: number; most?: number },
) =>
  z.object({
    limit: wholeNumber(z.int().min(1).max(most)).default(limit).meta({ description: 'So many at most.' }),
    after: z.string().max(2000).optional().meta({ description: 'What follows there: the `next` of an answer.' }),
    sort: z
      .enum(sorts.flatMap((sort) => [sort, `-${sort}`]))
      .default(usual)
      .meta({ description: 'What they are sorted by; with `-` from the last to the first.' }),
    search: z.string().default('').meta({ description: 'Only those with this text, in whatever case.' }),
  });

/** How one list is asked for, and what is answered. */
export const listing =
  <Item>() =>
  <const Sort extends string>(list: ListOf<Item, Sort>) => ({
    query: listQuery(Object.keys(list.sorts), list),
    page: (items: readonly Item[], query: ListQuery) => pageIn(items, list, query),
  });

/**
 * A page of the items that were asked for. It goes on behind the last item of the page before, also where that one is gone by
 * now: what nobody changed meanwhile is told once.
 */
const pageIn = <Item>(
  items: readonly Item[],
  { sorts, id, texts }: ListOf<Item, string>,
  { limit, after, sort, search }: ListQuery,
): ListPage<Item> => {
  const keyOf = sorts[sort.replace(/^-/, '')]!;
  const direction = sort.startsWith('-') ? -1 : 1;
  const placeOf = (item: Item) => ({ sort, key: keyOf(item), id: id(item) });
  const wanted = search.toLowerCase();
  const found = items
    .filter((item) => wanted === '' || texts(item).some((text) => text?.toLowerCase().includes(wanted)))
    .map((item) => ({ item, place: placeOf(item) }))
    .sort((a, b) => direction * compare(a.place, b.place));
  const last = after === undefined ? undefined : readPlace(after, sort);
  const first = last === undefined ? 0 : found.findIndex(({ place }) => direction * compare(place, last) > 0);
  const page = first < 0 ? [] : found.slice(first, first + limit);
  const isLast = first < 0 || first + limit >= found.length;
  return {
    items: page.map(({ item }) => item),
    total: found.length,
    ...(isLast ? {} : { next: writePlace(page.at(-1)!.place) }),
  };
};

const words = new Intl.Collator('en');

const compare = (a: { key: Key; id: string }, b: { key: Key; id: string }): number =>
  compareKeys(a.key, b.key) || (a.id < b.id ? -1 : Number(a.id > b.id));

const compareKeys = (a: Key, b: Key): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));

/** The items of which each field is what was asked for; what nobody asked for is left aside. */
export const having = <Item extends object>(
  items: readonly Item[],
  wanted: Readonly<Partial<Record<keyof Item, unknown>>>,
): Item[] => {
  const fields = (Object.entries(wanted) as [keyof Item, unknown][]).filter(([, value]) => value !== undefined);
  return items.filter((item) => fields.every(([field, value]) => item[field] === value));
};
