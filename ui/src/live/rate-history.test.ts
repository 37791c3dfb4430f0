import type { FlowOverview } from '@semstreams/contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LiveState, unknownState } from './live-state.ts';
import { historyLength, RateHistory } from './rate-history.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const live = (rate: number): LiveState => ({
  ...unknownState,
  line: 'live',
  overview: new Map([['climb', { in_per_second: rate } as FlowOverview]]),
});

it('keeps a sample a second, a gap where the line was cut, and no more than two minutes', () => {
  let state: LiveState = unknownState;
  const history = new RateHistory({ read: () => state });
  history.open();
  vi.advanceTimersByTime(2000);
  expect(history.of('climb')).toEqual([]);
  state = live(5);
  vi.advanceTimersByTime(2000);
  state = { ...state, line: 'reconnecting' };
  vi.advanceTimersByTime(1000);
  state = live(7);
  vi.advanceTimersByTime(1000);
  expect(history.of('climb')).toEqual([5, 5, undefined, 7]);
  vi.advanceTimersByTime(300_000);
  expect(history.of('climb')).toEqual(Array.from({ length: historyLength }, () => 7));
  state = { ...state, overview: new Map() };
  vi.advanceTimersByTime(1000);
  expect(history.of('climb')).toEqual([]);
  history.close();
});
