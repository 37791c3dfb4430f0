import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { recording } from '../../../component-kit/testing/recordings.ts';
import { rehearse } from '../../../component-kit/testing/rehearsal.ts';
import { stillClock } from '../../../engine/still-clock.ts';
import { aggregate } from './aggregate.component.ts';

/** Windows over recordings, as pandas 3 and numpy 2 reckon them. */
interface Reference {
  readonly name: string;
  readonly file: string;
  readonly time: string;
  readonly field: string;
  readonly key?: string;
  readonly window: { readonly kind: string; readonly size?: string; readonly every?: string; readonly gap?: string };
  readonly results: readonly Record<string, number | string | null>[];
}
const references = gunzipSync(readFileSync(join(import.meta.dirname, 'windows-of-pandas.ndjson.gz')))
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Reference);

const valueOf = (text: string): unknown => (/^-?[\d.]+(e-?\d+)?$/.test(text) ? Number(text) : text);

/** The rows of a file, a column without a name before the others left out. */
const rowsOf = (file: string): unknown[] => {
  const lines = recording(file.replace('.gz', '')).toString('utf8').trimEnd().split(/\r?\n/);
  if (file.includes('.ndjson')) return lines.map((line) => JSON.parse(line) as unknown);
  const cellsOf = (line: string): string[] => line.split(',').map((cell) => cell.replace(/^"|"$/g, ''));
  const names = cellsOf(lines[0]!);
  return lines.slice(1).map((line) => {
    const cells = cellsOf(line).slice(-names.length);
    return Object.fromEntries(names.map((name, index) => [name, valueOf(cells[index]!)]));
  });
};

const simple = ['count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'stddev_sample', 'stddev_population'];

it.each(references.map((reference) => [reference.name, reference] as const))('%s', async (_, reference) => {
  const { field, key, time, window, results } = reference;
  const clock = stillClock();
  const tested = rehearse(
    aggregate,
    {
      window: window.kind,
      size: window.size,
      every: window.every,
      gap: window.gap,
      time_field: time,
      time_format: reference.file.includes('.ndjson') ? '' : 'yyyy-MM-dd HH:mm:ss',
      lateness: '10000d',
      quiet: '1s',
      by: key === undefined ? [] : [key],
      most: 100_000,
      results: [
        ...simple.map((calculate) => ({ calculate, field, name: calculate })),
        ...[50, 95, 99].map((percent) => ({ calculate: 'percentile', field, percent, name: `p${percent}` })),
      ],
    },
    { clock },
  );
  await tested.feed(rowsOf(reference.file));
  const made: Record<string, number | string | null>[] = [];
  for (let before = -1; made.length > before;) {
    before = made.length;
    await clock.pass(1000);
    made.push(...(((await tested.tick())['out'] ?? []) as typeof made));
  }
  expect(tested.drops).toEqual({});
  const found = new Map(
    made.map((one) => [`${String(one['window_start'])} ${key === undefined ? '' : String(one[key])}`, one]),
  );
  for (const expected of results) {
    const start = new Date((expected['start'] ?? expected['first_time']) as number).toISOString();
    const one = found.get(`${start} ${key === undefined ? '' : String(expected['key'])}`);
    expect(one?.['window_end']).toBe(new Date((expected['end'] ?? expected['last_time']) as number).toISOString());
    for (const name of [...simple, 'p50', 'p95', 'p99']) {
      const [value, right] = [one![name], expected[name]];
      if (typeof right !== 'number') expect([name, value]).toEqual([name, right]);
      else
        expect(Math.abs((value as number) - right), `${name} of ${start}: ${value}`).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(right)),
        );
    }
  }
});
