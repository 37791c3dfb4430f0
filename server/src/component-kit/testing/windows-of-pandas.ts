import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { recording } from './recordings.ts';

/** Windows over recordings, as pandas 3 and numpy 2 reckon them. Times are in milliseconds since 1970. */
export interface WindowsOfPandas {
  readonly name: string;
  readonly file: string;
  readonly time: string;
  readonly field: string;
  readonly key?: string;
  readonly window: { readonly kind: string; readonly size?: string; readonly every?: string; readonly gap?: string };
  readonly results: readonly Made[];
}
/** A window as it is handed on, or as pandas has it. */
export type Made = Readonly<Record<string, number | string | null>>;

export const windowsOfPandas = gunzipSync(readFileSync(join(import.meta.dirname, 'windows-of-pandas.ndjson.gz')))
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as WindowsOfPandas);

const valueOf = (text: string): unknown => (/^-?[\d.]+(e-?\d+)?$/.test(text) ? Number(text) : text);

/** The rows of a file, a column without a name before the others left out. */
export const rowsOf = ({ file }: WindowsOfPandas): Record<string, unknown>[] => {
  const lines = recording(file.replace('.gz', '')).toString('utf8').trimEnd().split(/\r?\n/);
  if (file.includes('.ndjson')) return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const cellsOf = (line: string): string[] => line.split(',').map((cell) => cell.replace(/^"|"$/g, ''));
  const names = cellsOf(lines[0]!);
  return lines.slice(1).map((line) => {
    const cells = cellsOf(line).slice(-names.length);
    return Object.fromEntries(names.map((name, index) => [name, valueOf(cells[index]!)]));
  });
};

const simple = ['count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'stddev_sample', 'stddev_population'];
const percents = [50, 95, 99];

/** How an aggregate reckons the same: rows come in any order. */
export const settingsFor = ({ file, field, key, time, window }: WindowsOfPandas): Record<string, unknown> => ({
  window: window.kind,
  ...(window.size !== undefined && { size: window.size }),
  ...(window.every !== undefined && { every: window.every }),
  ...(window.gap !== undefined && { gap: window.gap }),
  time_field: time,
  time_format: file.includes('.ndjson') ? '' : 'yyyy-MM-dd HH:mm:ss',
  lateness: '10000d',
  by: key === undefined ? [] : [key],
  most: 100_000,
  results: [
    ...simple.map((calculate) => ({ calculate, field, name: calculate })),
    ...percents.map((percent) => ({ calculate: 'percentile', field, percent, name: `p${percent}` })),
  ],
});

/** What differs from what pandas has, by more than a billionth; empty where nothing does. */
export const differencesFrom = ({ key, results }: WindowsOfPandas, made: readonly Made[]): string[] => {
  const groupOf = (one: Made, name: string): string => (key === undefined ? '' : String(one[name]));
  const found = new Map(made.map((one) => [`${String(one['window_start'])} ${groupOf(one, key ?? '')}`, one]));
  return results.flatMap((expected) => {
    const iso = (ms: unknown): string => new Date(ms as number).toISOString();
    const place = `${iso(expected['start'] ?? expected['first_time'])} ${groupOf(expected, 'key')}`;
    const one = found.get(place);
    if (one?.['window_end'] !== iso(expected['end'] ?? expected['last_time'])) return [`${place} is not there`];
    const names = [...simple, ...percents.map((percent) => `p${percent}`)];
    return names
      .filter((name) => !isSame(one[name], expected[name]))
      .map((name) => `${name} of ${place} is ${one[name]}, and not ${expected[name]}`);
  });
};

const isSame = (value: unknown, right: unknown): boolean =>
  typeof right === 'number' && typeof value === 'number'
    ? Math.abs(value - right) <= 1e-9 * Math.max(1, Math.abs(right))
    : value === right;
