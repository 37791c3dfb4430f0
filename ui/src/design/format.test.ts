import { describe, expect, it } from 'vitest';
import { formatBytes, formatMoment, formatNumber, formatRate, formatSpan } from './format.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('what people read', () => {
  it.each([
    [0, '0'],
    [0.25, '0.3'],
    [9.94, '9.9'],
    [9.96, '10'],
    [999, '999'],
    [1000, '1 000'],
    [1_234_567.8, '1 234 568'],
  ])('the number %d is %s', (value, expected) => expect(plain(formatNumber(value))).toBe(expected));

  it.each([
    [0, '0/s'],
    [0.01, '<0.1/s'],
    [0.5, '0.5/s'],
    [4210.4, '4 210/s'],
  ])('the rate %d is %s', (value, expected) => expect(plain(formatRate(value))).toBe(expected));

  it.each([
    [0, '0 B'],
    [1023, '1 023 B'],
    [1024, '1 KB'],
    [1536, '1.5 KB'],
    [212 * 1024 ** 2, '212 MB'],
    [3 * 1024 ** 5, '3 072 TB'],
  ])('%d bytes are %s', (value, expected) => expect(plain(formatBytes(value))).toBe(expected));

  it.each([
    [-5, '0 s'],
    [40_000, '40 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [11_520_000, '3 h 12 min'],
    [187_200_000, '2 days 4 h'],
  ])('%d ms last %s', (value, expected) => expect(formatSpan(value)).toBe(expected));

  it.each([
    ['2030-05-02T09:03:20', '09:03:20'],
    ['2030-05-01T09:03:20', '1 May, 09:03:20'],
    ['2029-12-31T23:59:59', '31 Dec 2029, 23:59:59'],
  ])('on the second of May 2030, %s is %s', (moment, expected) =>
    expect(formatMoment(new Date(moment), new Date('2030-05-02T12:00:00'))).toBe(expected),
  );
});
