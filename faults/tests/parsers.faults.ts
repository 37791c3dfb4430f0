import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../server/src');

/** Files of tests that try parsers with damaged inputs: what each of them tries, and the number that makes it a million. */
const trials = [
  {
    file: 'component-types/mutated-input.test.ts',
    tried: /\bit\(\s*'of (.+): no crash, memory flat/g,
    all: [
      'CSV',
      'JSON lines',
      'MAVLink frames',
      'UDP packets',
      'WebSocket frames from a server',
      'WebSocket frames from receivers',
    ],
    counted: 'inputs',
  },
  {
    file: 'component-types/mutated-formats.test.ts',
    tried: /^ {2}\[\s*'(\w+)',/gm,
    all: ['csv', 'csv', 'json', 'json_lines', 'key_value', 'key_value', 'line_protocol', 'msgpack', 'pattern', 'xml'],
    counted: 'MUTATED_INPUTS',
  },
  {
    file: 'component-kit/nmea/any-damage.test.ts',
    tried: /\('([\w-]+)\.ndjson'\)/g,
    all: ['messages-of-pyais', 'sentences-of-pynmea2'],
    counted: 'MUTATED_INPUTS',
  },
] as const;

/** They run with the unit tests; here it is seen that none of them was left out or switched off. */
describe('R7: every parser is tried with damaged inputs', () => {
  it.each(trials)('in $file', ({ file, tried, all, counted }) => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect([...text.matchAll(tried)].map(([, input]) => input).sort()).toEqual(all);
    expect(text).toContain(counted);
    expect(text).not.toMatch(/\.(skip|only|todo|runIf|skipIf)\b/);
  });
});
