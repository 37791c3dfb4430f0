import type { ComponentType } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { fittingTypes, searchTypes } from './search.ts';

const type = (title: string, more: Partial<ComponentType> = {}): ComponentType => ({
  type: title.toLowerCase().replaceAll(' ', '_'),
  category: 'processor',
  title,
  summary: '',
  icon: 'box',
  keywords: [],
  ports: { in: { direction: 'input', kind: 'json', required: true } },
  config_schema: {},
  drops: {},
  examples: [],
  ...more,
});

const types = [
  type('Map', { summary: 'Renames fields and filters nothing.' }),
  type('Filter', { keywords: ['condition', 'threshold'] }),
  type('Vehicle', { keywords: ['drone', 'mavlink'], ports: {} }),
];
const titles = (found: readonly ComponentType[]) => found.map(({ title }) => title);

describe('searching the palette', () => {
  it.each([
    ['', ['Map', 'Filter', 'Vehicle']],
    ['filter', ['Filter', 'Map']],
    ['drone', ['Vehicle']],
    ['thres', ['Filter']],
    ['rename fields', ['Map']],
    ['nothing at all like this', []],
  ])('for %j finds %j', (query, expected) => expect(titles(searchTypes(types, query))).toEqual(expected));
});

it('offers behind an output only what takes in what it sends, what the flow uses most first', () => {
  const bytes = type('Parse', { ports: { in: { direction: 'input', kind: 'bytes', required: true } } });
  const fitting = fittingTypes(
    [...types, bytes],
    { direction: 'output', kind: 'json', required: true },
    new Map([['filter', 2]]),
  );
  expect(fitting.map(({ type: { title }, port }) => [title, port])).toEqual([
    ['Filter', 'in'],
    ['Map', 'in'],
  ]);
});
