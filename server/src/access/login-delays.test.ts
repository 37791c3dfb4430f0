import { expect, it } from 'vitest';
import { LoginDelays } from './login-delays.ts';

it('a guesser waits longer each time; the same user from elsewhere does not', () => {
  let now = 0;
  const delays = new LoginDelays(() => now);
  const waits = [1, 2, 3, 4, 5, 12].map((count) => {
    for (let tries = 0; tries < (count === 12 ? 7 : 1); tries += 1) delays.failed('admin', '10.0.0.9');
    return delays.waitOf('admin', '10.0.0.9');
  });
  expect(waits).toEqual([0, 0, 1000, 2000, 4000, 60_000]);
  expect([delays.waitOf('admin', '10.0.0.1'), delays.waitOf('eva', '10.0.0.9')]).toEqual([0, 0]);
  now += 30_000;
  expect(delays.waitOf('admin', '10.0.0.9')).toBe(30_000);
  delays.succeeded('admin', '10.0.0.9');
  expect(delays.waitOf('admin', '10.0.0.9')).toBe(0);
});

it('wrong passwords of long ago are forgotten', () => {
  let now = 0;
  const delays = new LoginDelays(() => now);
  for (let tries = 0; tries < 5; tries += 1) delays.failed('admin', 'a');
  now += 16 * 60_000;
  delays.failed('admin', 'a');
  expect(delays.waitOf('admin', 'a')).toBe(0);
});
