import { expect, it } from 'vitest';
import type { Deployment } from '@semstreams/contract';
import type { Wish } from './deployments.ts';
import { UnwrittenStops } from './unwritten-stops.ts';

const at = '2026-01-01T00:00:00.000Z';
const deployment = (desired: Deployment['desired']): Deployment => ({ flow: 'a', version: 3, desired, changed_at: at });

/** What stands in NATS, which is away at first. */
const world = () => {
  const ending = new AbortController();
  const stored = { isAway: true, revision: 7, desired: 'running' };
  const answer = <Value>(value: Value): Value => {
    if (stored.isAway) throw new Error('NATS is away');
    return value;
  };
  const stops = new UnwrittenStops(
    {
      look: async (flow) =>
        answer({
          kind: 'whole',
          key: flow,
          revision: stored.revision,
          updatedAt: new Date(at),
          value: deployment('running'),
        } as never),
      want: async (flow, version, desired): Promise<Wish> => {
        Object.assign(stored, answer({ revision: stored.revision + 1, desired }));
        return { deployment: { flow, version, desired, changed_at: at }, revision: stored.revision };
      },
    },
    ending.signal,
  );
  return { stops, stored, end: () => ending.abort() };
};

it('a stop holds against what it followed, and is written down when NATS is back', async () => {
  const { stops, stored } = world();
  const running: Wish = { deployment: deployment('running'), revision: 7 };
  stops.add({ deployment: deployment('stopped'), revision: 7 });
  expect([stops.overrules(running), stops.overrules({ ...running, revision: 8 })]).toEqual([true, false]);
  stored.isAway = false;
  await expect.poll(() => stored, { timeout: 5000 }).toEqual({ isAway: false, revision: 8, desired: 'stopped' });
  await expect.poll(() => stops.overrules(running)).toBe(false);
});

it('what somebody else has said meanwhile stays', async () => {
  const { stops, stored } = world();
  stops.add({ deployment: deployment('stopped'), revision: 7 });
  Object.assign(stored, { isAway: false, revision: 9 });
  await expect
    .poll(() => stops.overrules({ deployment: deployment('running'), revision: 7 }), { timeout: 5000 })
    .toBe(false);
  expect(stored).toEqual({ isAway: false, revision: 9, desired: 'running' });
});

it('nothing is tried any more when the server ends', async () => {
  const { stops, stored, end } = world();
  stops.add({ deployment: deployment('stopped'), revision: 7 });
  end();
  stored.isAway = false;
  await expect.poll(() => stops.overrules({ deployment: deployment('running'), revision: 7 })).toBe(false);
  expect(stored.revision).toBe(7);
});
