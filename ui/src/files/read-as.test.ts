import type { FilePreview, ReadAs } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { contradiction, inWords, readingAs } from './read-as.ts';

const csv: ReadAs = { format: 'csv', encoding: 'utf-8', delimiter: ';', header: 'first_line', decimal_comma: true };
const preview = (readAs: ReadAs | undefined): FilePreview => ({
  ...{ path: 'a.csv', bytes: 10, changed_at: '2026-03-01T12:00:00.000Z', is_packed: false, is_whole: true },
  ...{ columns: [], rows: [], last_rows: [] },
  ...(readAs && { read_as: readAs }),
});

it('says what a file holds', () => {
  expect(inWords(preview(csv))).toBe(
    'A table (CSV) with “;” between the fields, decimal comma, names in the first line, UTF-8',
  );
  expect(inWords(preview({ format: 'csv', encoding: 'windows-1252', delimiter: '\t', header: 'none' }))).toBe(
    'A table (CSV) with tabs between the fields, no names in the first line, Windows-1252',
  );
  expect(inWords(preview(undefined))).toBe('No text: these are its first bytes');
});

it('writes the settings that fit, and leaves out what is as usual', () => {
  expect(readingAs({ path: 'a.csv', mode: 'tail', delimiter: '|' }, csv)).toEqual({
    ...{ path: 'a.csv', mode: 'tail', format: 'csv', delimiter: ';', decimal_comma: true },
  });
  expect(readingAs({ path: 'a', delimiter: ';' }, { format: 'json', encoding: 'utf-8' })).toEqual({
    ...{ path: 'a', format: 'json' },
  });
});

it.each([
  [{}, csv, 'The settings read it as JSON, one message on each line, and it is a table (CSV)'],
  [{ format: 'csv' }, csv, 'The settings expect “,” between the fields, and it has “;”'],
  [{ format: 'csv', delimiter: ';' }, csv, undefined],
  [{ format: 'text' }, csv, undefined],
  [{ format: 'by_name' }, csv, undefined],
  [{ format: 'json' }, { format: 'json_lines', encoding: 'utf-8' } as const, undefined],
  [{ format: 'csv' }, undefined, undefined],
])('%j with %j: %s', (config, readAs, expected) => expect(contradiction(config, preview(readAs))).toBe(expected));
