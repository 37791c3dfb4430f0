import { expect, it } from 'vitest';
import { cellsOf, columnsOf } from './message-columns.ts';

const cells = (payload: unknown) => cellsOf({ payload: JSON.stringify(payload), is_cut: false });

it('has a cell for each field, by the path that settings know', () => {
  expect([...cells({ a: 1, b: { c: 'x', d: { e: { f: 1 } } }, 'pm2.5': null, list: [1, 2] })]).toEqual([
    ['a', '1'],
    ['b.c', 'x'],
    ['b.d.e', '{"f":1}'],
    ['["pm2.5"]', 'null'],
    ['list', '[1,2]'],
  ]);
  expect([...cells('text')]).toEqual([['value', 'text']]);
  expect([...cellsOf({ payload: '{"a":', is_cut: true })]).toEqual([['value', '{"a":']]);
});

it('has the columns of all rows, not too many', () => {
  expect(columnsOf([cells({ a: 1 }), cells({ b: 1, a: 2 })])).toEqual(['a', 'b']);
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`n${n}`, n]));
  expect(columnsOf([cells(many)]).length).toBe(40);
});
