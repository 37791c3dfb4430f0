import { describe, expect, it } from 'vitest';
import { duration, formatDuration, parseDuration, parseElapsed, parseSize, size } from './duration.ts';

describe('durations and sizes', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['5s', 5000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
  ])('%s is %d ms', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each([
    ['0B', 0],
    ['10B', 10],
    ['64KB', 65_536],
    ['1.5KB', 1536],
    ['0.3B', 0],
    ['256MB', 268_435_456],
    ['2GB', 2_147_483_648],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '5', 's', '5 s', ' 5s', '5s ', '-5s', '5.s', '.5s', '1h30m', '5S', '1e3s', '5KB', '5.5.5s'])(
    '"%s" is no duration',
    (text) => {
      expect(() => parseDuration(text)).toThrow(new RangeError(`"${text}" is not like "500ms", "5s", "24h"`));
      expect(duration.safeParse(text).error?.issues[0]?.message).toBe(
        'write a duration such as "500ms", "5s" or "24h"',
      );
    },
  );

  it.each(['', '5', 'KB', '5 KB', ' 5KB', '5KB ', '-5KB', '5.KB', '.5KB', '5kb', '5s', '5TB'])(
    '"%s" is no size',
    (text) => {
      expect(() => parseSize(text)).toThrow(new RangeError(`"${text}" is not like "64KB", "256MB"`));
      expect(size.safeParse(text).error?.issues[0]?.message).toBe('write a size such as "64KB" or "256MB"');
    },
  );

  it('is a number once it is parsed', () => {
    expect(duration.parse('12.5s')).toBe(12_500);
    expect(size.parse('12.5KB')).toBe(12_800);
  });
});

describe('elapsed time', () => {
  it.each([
    [0, '0ms'],
    [349.6, '350ms'],
    [999, '999ms'],
    [1000, '1s'],
    [59_999, '59s'],
    [60_000, '1m0s'],
    [61_000, '1m1s'],
    [3_599_000, '59m59s'],
    [3_600_000, '1h0m0s'],
    [88_215_000, '24h30m15s'],
  ])('%d ms is %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it.each([
    ['350ms', 350],
    ['59s', 59_000],
    ['12m10s', 730_000],
    ['24h30m15s', 88_215_000],
    ['', 0],
  ])('%s is %d ms again', (text, milliseconds) => expect(parseElapsed(text)).toBe(milliseconds));
});
