import type { TappedMessage } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { afterTapped, emptyView, mostRows, ratesOf, withRecent } from './tap-view.ts';

const message = (id: number): TappedMessage => ({
  id: String(id),
  time: new Date(0).toISOString(),
  headers: {},
  payload: '1',
  is_cut: false,
});
const idsOf = ({ rows }: typeof emptyView) => rows.map(({ message }) => Number(message.id));

it('shows the newest first, and keeps so many', () => {
  const first = afterTapped(emptyView, { seen: 7, messages: [message(1), message(2)] }, 0);
  const second = afterTapped(first, { seen: 1, messages: [message(3)] }, 250);
  expect(idsOf(second)).toEqual([3, 2, 1]);
  expect([second.seen, second.shown]).toEqual([8, 3]);
  let many = second;
  for (let id = 4; id < 300; id += 1) many = afterTapped(many, { seen: 1, messages: [message(id)] }, id);
  expect([many.rows.length, many.rows[0]!.message.id]).toEqual([mostRows, '299']);
});

it('stands still while it is paused, and goes on without what came meanwhile', () => {
  const before = afterTapped(emptyView, { seen: 1, messages: [message(1)] }, 0);
  const paused = afterTapped({ ...before, isPaused: true }, { seen: 9, messages: [message(2)] }, 250);
  expect(paused.rows).toBe(before.rows);
  const after = afterTapped({ ...paused, isPaused: false }, { seen: 1, messages: [message(3)] }, 500);
  expect(idsOf(after)).toEqual([3, 1]);
  expect([after.seen, after.shown]).toEqual([11, 2]);
});

it('says how many of how many were shown in the last second', () => {
  let view = emptyView;
  for (let at = 0; at < 3000; at += 250) view = afterTapped(view, { seen: 1000, messages: [message(at)] }, at);
  expect(ratesOf(view, 2800)).toEqual({ seen: 4000, shown: 4 });
  const late = afterTapped(view, { seen: 1000, messages: [message(1)] }, 2760);
  expect(ratesOf(late, 2800)).toEqual({ seen: 4000, shown: 4 });
  expect(ratesOf(view, 5000)).toEqual({ seen: 0, shown: 0 });
});

it('begins with what came by before, and shows none of it twice', () => {
  const begun = withRecent(emptyView, [message(1), message(2)]);
  const view = afterTapped(begun, { seen: 2, messages: [message(2), message(3)] }, 0);
  expect(idsOf(view)).toEqual([3, 2, 1]);
  expect(new Set(view.rows.map(({ number }) => number)).size).toBe(3);
  expect([view.seen, view.shown]).toEqual([2, 1]);
});
