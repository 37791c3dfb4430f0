import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { patienceOver } from './trial-patience.ts';

it('is over for one that only waits', async () => {
  expect(await patienceOver(300)).toBe('over');
}, 60_000);

it('is over for one that works', async () => {
  const over = patienceOver(300);
  const end = { isOver: false };
  void over.then(() => (end.isOver = true));
  while (!end.isOver) {
    for (const until = performance.now() + 50; performance.now() < until;);
    await sleep(1);
  }
  expect(await over).toBe('over');
}, 60_000);
