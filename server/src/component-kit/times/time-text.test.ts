import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timeFormat } from './time-format.ts';
import { type TimeOptions, timeOfText } from './time-text.ts';

interface Known {
  readonly text: string;
  readonly strftime: string;
  readonly pattern: string;
  readonly zone: string;
  readonly ms: number;
  readonly note?: string;
}
/** Texts, formats and zones, and what Python's `strptime` and `zoneinfo` make of them. */
const known = readFileSync(join(import.meta.dirname, 'times-of-python.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Known);

describe.each(['strftime', 'pattern'] as const)('by %s', (way) => {
  it.each(known)('$text in $zone ($note) is as Python has it', ({ text, [way]: format, zone, ms, note }) => {
    const twice = note?.includes('second') ? 'later' : note ? 'earlier' : 'refuse';
    const isIso = format.startsWith('ISO 8601');
    expect(timeOfText({ format: isIso ? '' : format, zone, twice })(text)).toEqual({ ms });
  });
});

const iso = (text: string): number => Date.parse(text);

it.each<[string, TimeOptions, string]>([
  ['2024-05-01T10:00:00Z', {}, '2024-05-01T10:00:00Z'],
  ['2024-05-01 10:00:00,250Z', {}, '2024-05-01T10:00:00.250Z'],
  ['2024-05-01T12:00:00+0200', {}, '2024-05-01T10:00:00Z'],
  ['2024-05-01T12:00:00.123456789+02', {}, '2024-05-01T10:00:00.123Z'],
  ['20240501T100000Z', {}, '2024-05-01T10:00:00Z'],
  ['2024-05-01', {}, '2024-05-01T00:00:00Z'],
  ['2024-05-01T24:00:00Z', {}, '2024-05-02T00:00:00Z'],
  ['2016-12-31T23:59:60Z', {}, '2017-01-01T00:00:00Z'],
  ['2024-05-01 10:00', { zone: 'Europe/Berlin' }, '2024-05-01T08:00:00Z'],
  ['Wed, 01 May 2024 10:00:00 GMT', {}, '2024-05-01T10:00:00Z'],
  ['Sun Aug 31 00:29:15 +0000 2014', {}, '2014-08-31T00:29:15Z'],
  ['Wed May  1 10:00:00 2024', {}, '2024-05-01T10:00:00Z'],
  ['1 May 2024 10:00:00 +0200', {}, '2024-05-01T08:00:00Z'],
  ['3/4/24 2:05 pm', { format: 'd/M/yy h:mm a' }, '2024-04-03T14:05:00Z'],
  ['12:00 AM 1.1.2024', { format: '%I:%M %p %d.%m.%Y' }, '2024-01-01T00:00:00Z'],
  ['2024.05.01-10h', { format: "yyyy.MM.dd-HH'h'" }, '2024-05-01T10:00:00Z'],
  ['Fri Jan  5 08:15:49 2024', { format: '%a %b %e %H:%M:%S %Y' }, '2024-01-05T08:15:49Z'],
  ['1714557600.25', { format: '%s.%f' }, '2024-05-01T10:00:00.250Z'],
  ['2024-366', { format: '%Y-%j' }, '2024-12-31T00:00:00Z'],
  ['2024-05-01 10:00', { format: 'yyyy-MM-dd HH:mm', zone: '+05:30' }, '2024-05-01T04:30:00Z'],
  ['1:30 am 1.1.2024', { format: 'h:mm a d.M.yyyy' }, '2024-01-01T01:30:00Z'],
  ['1:30 pm 1.1.2024', { format: 'h:mm a d.M.yyyy' }, '2024-01-01T13:30:00Z'],
  ['12:30 pm 1.1.2024', { format: 'h:mm a d.M.yyyy' }, '2024-01-01T12:30:00Z'],
  ["1.1.2024 o'clock", { format: "d.M.yyyy 'o''clock'" }, '2024-01-01T00:00:00Z'],
  ["1.1.2024 '10", { format: "d.M.yyyy ''HH" }, '2024-01-01T10:00:00Z'],
  ['2024-05-01T12:00:00-03', {}, '2024-05-01T15:00:00Z'],
  ['2024-05-01T12:00:00+23:59', {}, '2024-04-30T12:01:00Z'],
  ['01.05.0099', { format: 'dd.MM.yyyy' }, '0099-05-01T00:00:00Z'],
])('%j by %j is %s', (text, options, expected) => expect(timeOfText(options)(text)).toEqual({ ms: iso(expected) }));

it.each<[string, TimeOptions, RegExp]>([
  ['13/04/2024 10:00', {}, /set its format/],
  ['03.04.2024 10:00', {}, /set its format/],
  ['3-4-2024', {}, /set its format/],
  ['room 12', {}, /set its format/],
  ['2024', {}, /set its format/],
  ['2024-05', {}, /set its format/],
  ['20240501T1000000', {}, /set its format/],
  ['12', {}, /set its format/],
  ['1714557600', {}, /set its format/],
  ['2023-02-29', {}, /set its format/],
  ['2024-05-01T25:00:00Z', {}, /set its format/],
  ['2024-05-01T10:00:00+99:00', {}, /set its format/],
  ['2024-05-01T10:00:00+24:00', {}, /set its format/],
  ['2024-05-01T10:00:00+01:60', {}, /set its format/],
  ['0:30 am 1.1.2024', { format: 'h:mm a d.M.yyyy' }, /of the format/],
  ['Thu, 01 May 2024 10:00:00 GMT', {}, /set its format/],
  ['', {}, /set its format/],
  ['31.04.2024', { format: 'dd.MM.yyyy' }, /of the format "dd.MM.yyyy", or there is no such time/],
  ['1.4.2024 x', { format: 'd.M.yyyy' }, /of the format/],
  ['2023-366', { format: '%Y-%j' }, /of the format/],
  ['13:00 pm 1.1.2024', { format: 'hh:mm a d.M.yyyy' }, /of the format/],
  ['2026-03-29 02:30', { zone: 'Europe/Berlin' }, /set forward over that time/],
  ['2026-10-25 02:30', { zone: 'Europe/Berlin' }, /comes twice/],
  ['2026-04-05 01:45', { zone: 'Australia/Lord_Howe' }, /comes twice/],
  ['2026-10-04 02:15', { zone: 'Australia/Lord_Howe' }, /set forward/],
])('%j by %j is refused', (text, options, words) =>
  expect(timeOfText(options)(text)).toEqual({ problem: expect.stringMatching(words) as string }),
);

it.each([
  ['dd.MM HH:mm', /has no year/],
  ['HH:mm:ss', /has no year/],
  ['yyyy-MM', /has no day/],
  ['%Y', /has no month/],
  ['%Y-%Q', /"%Q" stands for nothing/],
  ['yyyy-MM-dd TTT', /"TTT" stands for nothing/],
  ['yyyy-MM-dd hh:mm', /no "a" or "%p"/],
  ['%d %d %m %Y', /has said it already/],
])('the format %s is refused', (format, words) => expect(() => timeFormat(format)).toThrow(words));
