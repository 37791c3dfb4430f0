import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../server/src/components');

/** R7 runs beside the parsers, with the unit tests; here it is only seen that it is there. */
it('R7: every parser is tried with mutated inputs', () => {
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'));
  const mutating = tests.filter((path) => /mutat/i.test(readFileSync(join(folder, path), 'utf8')));
  expect(existsSync(folder)).toBe(true);
  expect(mutating).not.toEqual([]);
});
