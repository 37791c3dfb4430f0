import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Parking, placeOf } from './parking.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('hands over what was left at a place, once', () => {
  const parking = new Parking(1000);
  const end = vi.fn();
  const parked = { end };
  parking.park('here', parked);
  expect([parking.adopt('there'), parking.adopt('here'), parking.adopt('here')]).toEqual([
    undefined,
    parked,
    undefined,
  ]);
  vi.advanceTimersByTime(2000);
  expect(end).not.toHaveBeenCalled();
});

it('ends what nobody takes over in time, and what something else takes the place of', () => {
  const parking = new Parking(1000);
  const [first, second] = [{ end: vi.fn() }, { end: vi.fn() }];
  parking.park('here', first);
  parking.park('here', second);
  expect([first.end.mock.calls.length, second.end.mock.calls.length]).toEqual([1, 0]);
  vi.advanceTimersByTime(1000);
  expect([second.end.mock.calls.length, parking.adopt('here')]).toEqual([1, undefined]);
});

it('keeps flows, types, addresses and components that take any port apart', () => {
  const at = (port: number, host = '::') => ({ protocol: 'tcp', host, port }) as const;
  const places = [
    placeOf('a', { id: 'in', type: 'tcp_input' }, at(1)),
    placeOf('b', { id: 'in', type: 'tcp_input' }, at(1)),
    placeOf('a', { id: 'in', type: 'other_input' }, at(1)),
    placeOf('a', { id: 'in', type: 'tcp_input' }, at(2)),
    placeOf('a', { id: 'in', type: 'tcp_input' }, at(1, '127.0.0.1')),
    placeOf('a', { id: 'in', type: 'tcp_input' }, at(0)),
    placeOf('a', { id: 'other', type: 'tcp_input' }, at(0)),
  ];
  expect(new Set(places).size).toBe(places.length);
  expect(placeOf('a', { id: 'renamed', type: 'tcp_input' }, at(1))).toBe(places[0]);
});
