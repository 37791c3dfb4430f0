import { expect, it } from 'vitest';
import { componentIo } from './component-io.ts';
import type { PlannedComponent } from './plan.ts';
import type { World } from './world.ts';

it.each([
  [undefined, 1000],
  [-5, -5],
  [8.64e15, 8.64e15],
  [1.8e16, 1000],
  [NaN, 1000],
])('a message that says it is of %s is of %s', (time, expected) => {
  const io = componentIo({ id: 'a', index: 0 } as PlannedComponent, 'flow', {
    world: { now: () => 1000 } as World,
    started: '1',
    signal: new AbortController().signal,
    fail: () => undefined,
    gaveUp: () => undefined,
    followed: [],
    keeper: undefined,
  });
  expect(io.message({}, time === undefined ? {} : { time }).time).toBe(expected);
});
