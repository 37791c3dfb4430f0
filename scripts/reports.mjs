/** Reads the reports of test runners. Each gives how many tests passed, and those that failed with where they stand and why. */
import { relative } from 'node:path';
import { root } from './setup/root.mjs';

/** The report of Vitest's reporter `json`. A file that could not be loaded is one failure. */
export const readVitest = ({ numPassedTests, testResults }) => ({
  passed: numPassedTests,
  failures: testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [{ file, title: 'the file itself', why: message }] : [];
    return failed.map(({ fullName, failureMessages }) => ({ file, title: fullName, why: failureMessages.join('\n') }));
  }),
});

/** The report of Playwright's reporter `json`. */
export const readPlaywright = ({ stats, suites }) => ({
  passed: stats.expected,
  failures: suites.flatMap(specsOf).flatMap(({ file, title, ok, tests }) => {
    const why = tests
      .flatMap(({ results }) => results)
      .map(({ error }) => error?.message)
      .findLast(Boolean);
    return ok ? [] : [{ file: `e2e/${file}`, title, why: why ?? 'it did not pass' }];
  }),
});

const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];
