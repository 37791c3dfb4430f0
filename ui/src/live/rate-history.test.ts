import type { FlowOverview } from '@semstreams/contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LiveState, unknownState } from './live-state.ts';
import { historyLength, RateHistory, sumOf } from './rate-history.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const live = (rates: Readonly<Record<string, number>>): LiveState => ({
  ...unknownState,
  line: 'live',
  overview: new Map(
    Object.entries(rates).map(([flow, rate]) => [
      flow,
      { in_per_second: rate, out_per_second: rate / 2, errors_per_minute: 3 } as FlowOverview,
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
  });
  vi.advanceTimersByTime(300_000);
  expect(history.of('climb').inPerSecond).toEqual(Array.from({ length: historyLength }, () => 8));
  state = live({ drone: 2 });
  vi.advanceTimersByTime(1000);
  expect(history.of('climb').inPerSecond).toEqual([]);
  history.close();
});

it('sums what the server knows of the last minute: a page that was opened just now shows it too', () => {
  const { overview } = live({ climb: 4, drone: 2 });
  expect(sumOf([...overview!.values()])).toEqual({ in_per_second: 6, out_per_second: 3, errors_per_minute: 6 });
});
