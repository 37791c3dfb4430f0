import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPlaywright, readVitest } from './reports.mjs';
import { root } from './setup/root.mjs';

const test = (status, fullName, failureMessages = []) => ({ status, fullName, failureMessages });

it('Vitest: tests that failed, and files that did not load', () => {
  const testResults = [
    {
      name: join(root, 'a.test.ts'),
      status: 'failed',
      assertionResults: [test('passed', 'x'), test('failed', 'y z', ['no'])],
    },
    { name: join(root, 'b.test.ts'), status: 'failed', message: 'it does not parse', assertionResults: [] },
    { name: join(root, 'c.test.ts'), status: 'passed', assertionResults: [test('skipped', 'w')] },
  ];
  expect(readVitest({ numPassedTests: 1, testResults })).toEqual({
    passed: 1,
    failures: [
      { file: 'a.test.ts', title: 'y z', why: 'no' },
      { file: 'b.test.ts', title: 'the file itself', why: 'it does not parse' },
    ],
  });
});

it('Playwright: specs at any depth', () => {
  const spec = (title, ok, message) => ({
    file: 'a.e2e.ts',
    title,
    ok,
    tests: [{ results: [{ error: message && { message } }] }],
  });
  const suites = [{ specs: [spec('one', true)], suites: [{ specs: [spec('two', false, 'not seen')] }] }];
  expect(readPlaywright({ stats: { expected: 1 }, suites })).toEqual({
    passed: 1,
    failures: [{ file: 'e2e/a.e2e.ts', title: 'two', why: 'not seen' }],
  });
});
