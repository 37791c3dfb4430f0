import { describe, expect, it } from 'vitest';
import { sparklinePath } from './sparkline-path.ts';

const size = { length: 3, width: 20, height: 10 };

describe('a sparkline', () => {
  it.each([
    ['nothing', [], '', ''],
    ['one value is a dot at the right', [4], 'M20 0h0.1', 'M20 10L20 0L20 10Z'],
    ['only zeros stand at the bottom', [0, 0], 'M10 10L20 10', 'M10 10L10 10L20 10L20 10Z'],
    ['the largest is the top', [0, 5, 10], 'M0 10L10 5L20 0', 'M0 10L0 10L10 5L20 0L20 10Z'],
    ['a gap is a gap', [10, undefined, 10], 'M0 0h0.1M20 0h0.1', 'M0 10L0 0L0 10ZM20 10L20 0L20 10Z'],
  ])('%s', (_, values, line, area) => expect(sparklinePath(values, size)).toEqual({ line, area }));
});
