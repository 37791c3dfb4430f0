import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const tests = join(import.meta.dirname, '../../server/src/component-types/mutated-input.test.ts');

/** They run with the unit tests; here it is seen that none of them was left out or switched off. */
it('R7: every parser is tried with mutated inputs', () => {
  const text = readFileSync(tests, 'utf8');
  const inputs = [...text.matchAll(/\bit\(\s*'of (.+): no crash, memory flat/g)].map(([, input]) => input);
  expect(inputs.sort()).toEqual([
    'CSV',
    'JSON lines',
    'MAVLink frames',
    'UDP packets',
    'WebSocket frames from a server',
    'WebSocket frames from receivers',
  ]);
  expect(text).not.toMatch(/\.(skip|only|todo|runIf|skipIf)\b/);
});
