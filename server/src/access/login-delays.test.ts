import { expect, it } from 'vitest';
import { LoginDelays } from './login-delays.ts';

it('a guesser waits longer each time; the same user from elsewhere does not', () => {
  let now = 0;
  const delays = new LoginDelays(() => now);
  const waits = [1, 2, 3, 4, 5, 12].map((count) => {
    for (let tries = 0; tries < (count === 12 ? 7 : 1); tries += 1) delays.begin('admin', '10.0.0.9');
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
  for (let tries = 0; tries < 5; tries += 1) delays.begin('admin', 'a');
  now += 16 * 60_000;
  delays.begin('admin', 'a');
  expect(delays.waitOf('admin', 'a')).toBe(0);
});

it('tries at the same time count before they are looked at, and one that is not looked at is taken back', () => {
  const delays = new LoginDelays(() => 0);
  const [back] = [1, 2, 3].map(() => delays.begin('admin', '10.0.0.9'));
  expect(delays.waitOf('admin', '10.0.0.9')).toBe(1000);
  back!();
  expect(delays.waitOf('admin', '10.0.0.9')).toBe(0);
});

it('a machine does not become another one by another address of its network', () => {
  const delays = new LoginDelays(() => 0);
  for (const address of ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:a:b:c:d']) delays.begin('admin', address);
  expect(['2001:db8:1:2::9', '2001:db8:1:3::1'].map((address) => delays.waitOf('admin', address))).toEqual([1000, 0]);
  for (const address of ['::ffff:10.0.0.9', '10.0.0.9', '::ffff:10.0.0.9']) delays.begin('eva', address);
  expect(delays.waitOf('eva', '10.0.0.9')).toBe(1000);
});
