/**
 * Stands for fast-check while code is changed: the same cases each time, as many as take less than a second, and none looked
 * for that would be shorter. A change that only a rare case would notice counts as not noticed.
 */
import { createRequire } from 'node:module';

const fastCheck = createRequire(import.meta.url)('fast-check');

export default {
  ...fastCheck,
  assert: (property, parameters) =>
    fastCheck.assert(property, { seed: 1, ...parameters, interruptAfterTimeLimit: 800, endOnFailure: true }),
};
