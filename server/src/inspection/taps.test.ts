import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TapListener } from '../lanes/errands.ts';
import type { Operations } from '../supervision/operations.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { Taps } from './taps.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Somebody looks and never reads, as a browser whose line was cut without a word. */
const look = async () => {
  const closed = vi.fn();
  let listener: TapListener | undefined;
  const taps = new Taps(
    { status: async () => undefined } as unknown as Operations,
    {
      tap: (_: string, __: object, given: TapListener) => {
        listener = given;
        return closed;
      },
    } as unknown as Supervisor,
  );
  const events = await taps.events('a', 'b.out', undefined);
  const message = { id: '1', time: '', headers: {}, payload: 'x'.repeat(4096), is_cut: true };
  const show = () => listener!.onTapped({ seen: 5, messages: [message, message, message, message, message] });
  return { taps, events, closed, show, listener: listener! };
};

it('of somebody who does not read never holds much, and ends', async () => {
  const { taps, events, closed, show } = await look();
  for (let n = 0; n < 100; n += 1) {
    show();
    await vi.advanceTimersByTimeAsync(250);
  }
  expect(events.readableLength).toBeLessThan(300 * 1024);
  expect(taps.count).toBe(1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect([events.destroyed, taps.count, closed.mock.calls.length]).toEqual([true, 0, 1]);
});

it('goes on for somebody who reads, with and without messages', async () => {
  const { taps, events, show } = await look();
  events.resume();
  for (let n = 0; n < 200; n += 1) {
    if (n < 100) show();
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect([events.destroyed, taps.count]).toEqual([false, 1]);
});

it('gives its place back when the run has ended, and nobody reads that it has', async () => {
  const { taps, show, listener } = await look();
  show();
  listener.onEnd();
  await vi.advanceTimersByTimeAsync(5000);
  expect(taps.count).toBe(0);
});
