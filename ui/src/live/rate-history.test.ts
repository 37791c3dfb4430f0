import type { FlowOverview } from '@semstreams/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LiveState, unknownState } from './live-state.ts';
import { growthInMinute, historyLength, RateHistory } from './rate-history.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const live = (rates: Readonly<Record<string, number>>): LiveState => ({
  ...unknownState,
  line: 'live',
  overview: new Map(
    Object.entries(rates).map(([flow, rate]) => [
      flow,
      { in_per_second: rate, out_per_second: rate / 2, errors_total: 3 } as FlowOverview,
    ]),
  ),
});

it('keeps a sample a second, a gap where the line was cut, and no more than two minutes', () => {
  let state: LiveState = unknownState;
  const history = new RateHistory({ read: () => state });
  history.open();
  vi.advanceTimersByTime(2000);
  expect(history.of('climb').inPerSecond).toEqual([]);
  state = live({ climb: 4, drone: 2 });
  vi.advanceTimersByTime(2000);
  state = { ...state, line: 'reconnecting' };
  vi.advanceTimersByTime(1000);
  state = live({ climb: 8, drone: 2 });
  vi.advanceTimersByTime(1000);
  expect(history.of('climb')).toEqual({
    inPerSecond: [4, 4, undefined, 8],
    outPerSecond: [2, 2, undefined, 4],
    errorsTotal: [3, 3, undefined, 3],
  });
  expect(history.ofAll().inPerSecond).toEqual([6, 6, undefined, 10]);
  vi.advanceTimersByTime(300_000);
  expect(history.of('climb').inPerSecond).toEqual(Array.from({ length: historyLength }, () => 8));
  state = live({ drone: 2 });
  vi.advanceTimersByTime(1000);
  expect(history.of('climb').inPerSecond).toEqual([]);
  history.close();
});

describe('the growth of a counter in the last minute', () => {
  it.each([
    ['nothing is known', [], 0],
    ['it is seen for the first time', [7], 0],
    ['it grows', [7, 8, 8, 10], 3],
    ['the line was cut meanwhile', [7, undefined, 9], 2],
    ['it begins anew', [7, 0, 2], 2],
    ['it grew earlier only', [0, ...Array.from({ length: 61 }, () => 5)], 0],
  ])('when %s', (_, totals, growth) => expect(growthInMinute(totals)).toBe(growth));
});
