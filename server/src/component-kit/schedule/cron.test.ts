import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cronTimes } from './cron.ts';

/** What croniter, a library of another language, gives: the next five times behind one, many of them where clocks are changed. */
interface Known {
  readonly cron: string;
  readonly zone: string;
  readonly after: string;
  readonly next: readonly string[];
}
const known = readFileSync(join(import.meta.dirname, 'times-of-croniter.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Known);

it.each(known)('$cron in $zone after $after', ({ cron, zone, after, next }) => {
  const nextAfter = cronTimes(cron, zone);
  const found: number[] = [];
  for (let at = Date.parse(after); found.length < next.length; at = found.at(-1)!) found.push(nextAfter(at)!);
  expect(found).toEqual(next.map((time) => Date.parse(time)));
});

it('a time that comes twice counts once, and both times where it is one of each hour', () => {
  const twice = cronTimes('30 2 * * *', 'Europe/Berlin');
  const hourly = cronTimes('30 * * * *', 'Europe/Berlin');
  const first = Date.parse('2026-10-25T02:30:00+02:00');
  expect(twice(first - 1)).toBe(first);
  expect(twice(first)).toBe(Date.parse('2026-10-26T02:30:00+01:00'));
  expect(hourly(first)).toBe(Date.parse('2026-10-25T02:30:00+01:00'));
});
