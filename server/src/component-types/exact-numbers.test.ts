import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rehearse, until } from '../component-kit/testing/rehearsal.ts';
import { fileInput } from './inputs/file-input/file-input.component.ts';
import { fileOutput } from './outputs/file-output/file-output.component.ts';
import { jsonMap } from './processors/json-map/json-map.component.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-numbers-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

/** What stands in the file behind a flow that reads a file and changes each message. */
const through = async (
  content: string,
  given: { readonly read?: object; readonly map?: object; readonly written?: object } = {},
): Promise<string> => {
  rmSync(join(dataDir, 'out'), { force: true });
  rmSync(join(dataDir, 'places'), { recursive: true, force: true });
  writeFileSync(join(dataDir, 'in'), content);
  const input = rehearse(fileInput, { path: 'in', ...given.read }, { dataDir });
  await input.open();
  await until('it is read', () => input.reports.some((report) => report.includes('Read to the end')));
  await input.close();
  const map = rehearse(jsonMap, given.map ?? { add_fields: { site: 'x' } });
  const { out = [] } = await map.feed(input.payloads());
  const output = rehearse(fileOutput, { path: 'out', ...given.written }, { dataDir });
  await output.open();
  await output.feed(out);
  await output.close();
  return readFileSync(join(dataDir, 'out'), 'utf8');
};

it.each([
  ['{"a":1e400,"b":-1e400}', '{"a":1e400,"b":-1e400,"site":"x"}'],
  [
    '{"id":12345678901234567890,"v":0.12345678901234567891}',
    '{"id":12345678901234567890,"v":0.12345678901234567891,"site":"x"}',
  ],
  ['{"a":1.0,"b":-0}', '{"a":1,"b":0,"site":"x"}'],
])('a changed message holds the numbers that it held: %s', async (line, expected) =>
  expect(await through(`${line}\n`)).toBe(`${expected}\n`),
);

it('CSV is read and written with all digits, and ids stay texts', async () => {
  const rows = 'id,v,small\n12345678901234567890,0.12345678901234567891,1.5\n007,+.50000000000000000001,-0\n';
  expect(await through(rows, { read: { format: 'csv' } })).toBe(
    '{"id":"12345678901234567890","v":0.12345678901234567891,"small":1.5,"site":"x"}\n' +
      '{"id":"007","v":0.50000000000000000001,"small":0,"site":"x"}\n',
  );
  expect(await through(rows, { read: { format: 'csv' }, written: { format: 'csv' } })).toBe(
    'id,v,small,site\n12345678901234567890,0.12345678901234567891,1.5,x\n007,0.50000000000000000001,0,x\n',
  );
});

it('JSON is written as CSV with all digits', async () => {
  const line = '{"id":12345678901234567890,"list":[98765432109876543210],"big":1e400}\n';
  expect(await through(line, { map: {}, written: { format: 'csv' } })).toBe(
    'id,list,big\n12345678901234567890,[98765432109876543210],1e400\n',
  );
});

it('nanoseconds since 1970 tell the time of a recording', async () => {
  const lines = '{"time":1700000000123456789}\n{"time":1700000000124456789}\n';
  expect(await through(lines, { read: { mode: 'replay', speed: 0 }, map: {} })).toBe(lines);
});
