import { expect, it } from 'vitest';
import { stillClock } from '../../engine/still-clock.ts';
import { clockJumps } from './clock-jumps.ts';

it('tells each jump once, and takes no small correction for one until they add up', async () => {
  const clock = stillClock();
  const jump = clockJumps(clock);
  await clock.pass(3_600_000);
  expect(jump()).toBe(0);
  clock.jump(86_400_000);
  await clock.pass(10);
  expect([jump(), jump()]).toEqual([86_400_000, 0]);
  clock.jump(-3_600_000);
  expect([jump(), jump()]).toEqual([-3_600_000, 0]);
  clock.jump(1500);
  expect(jump()).toBe(0);
  clock.jump(1500);
  expect([jump(), jump()]).toEqual([3000, 0]);
});
