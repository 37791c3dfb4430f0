import { expect, it } from 'vitest';
import { reconnectDelay } from './reconnect-delay.ts';

it('gives a server once that much less to wait as the clock was set back', () => {
  const clock = { wall: 1_000_000, steady: 0 };
  const delay = reconnectDelay(2, { wall: () => clock.wall, steady: () => clock.steady, chance: () => 0.5 });
  const pass = (ms: number) => {
    clock.wall += ms;
    clock.steady += ms;
    return delay();
  };
  expect([pass(0), pass(500)]).toEqual([375, 375]);
  clock.wall -= 3_600_000;
  expect([pass(500), pass(0), pass(500), pass(500)]).toEqual([375 - 3_600_000, 375 - 3_600_000, 375, 375]);
});

it('rests as ever when the clock is set forward', () => {
  const clock = { wall: 1_000_000 };
  const delay = reconnectDelay(1, { wall: () => clock.wall, steady: () => 0, chance: () => 0 });
  clock.wall += 172_800_000;
  expect([delay(), delay()]).toEqual([250, 250]);
});
