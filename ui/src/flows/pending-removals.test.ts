import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PendingRemovals, undoMs } from './pending-removals.ts';

let removed: string[];
let removals: PendingRemovals;

beforeEach(() => {
  vi.useFakeTimers();
  removed = [];
  removals = new PendingRemovals(async (flow, isClosing) => void removed.push(isClosing ? `${flow}, closing` : flow));
});
afterEach(() => void vi.useRealTimers());

it('hides a flow at once and removes it when nobody takes it back', async () => {
  removals.add('climb');
  expect([...removals.read()]).toEqual(['climb']);
  await vi.advanceTimersByTimeAsync(undoMs - 1);
  expect(removed).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(removed).toEqual(['climb']);
  expect([...removals.read()]).toEqual([]);
  expect(removals.takeBack('climb')).toBe(false);
});

it('shows a flow again that was taken back, and never removes it', async () => {
  removals.add('climb');
  removals.add('drone');
  expect(removals.takeBack('climb')).toBe(true);
  expect([...removals.read()]).toEqual(['drone']);
  await vi.advanceTimersByTimeAsync(undoMs);
  expect(removed).toEqual(['drone']);
});

it('removes what is pending when the page closes', async () => {
  removals.add('climb');
  removals.close();
  await vi.advanceTimersByTimeAsync(undoMs);
  expect(removed).toEqual(['climb, closing']);
});
