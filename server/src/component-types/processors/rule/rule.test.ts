import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../component-kit/testing/rehearsal.ts';
import { stillClock } from '../../../engine/still-clock.ts';
import { rule } from './rule.component.ts';

const hour = 3_600_000;
const jumps = [hour, -hour, 24 * hour, -24 * hour];

const held = (more: object = {}) => {
  const clock = stillClock();
  const rules = [{ field: 'v', operator: 'gt', value: 75 }];
  const tested = rehearse(rule, { rules, hold: '10s', ...more }, { clock });
  const told: unknown[] = [];
  const events = (): unknown[] => told.map((payload) => (payload as { event: string }).event);
  /** Time passes, second by second, with a look each time, and with a message where one is given. */
  const pass = async (seconds: number, v?: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await clock.pass(1000);
      if (v !== undefined) told.push(...((await tested.feed([{ v }]))['out'] ?? []));
      told.push(...((await tested.tick())['out'] ?? []));
    }
  };
  return { clock, pass, events };
};

describe.each(jumps)('where the clock is set by %d ms', (jump) => {
  it.each([
    ['with messages after it', 80],
    ['without one', undefined],
  ])('what has held for a time has held for the same time still, %s', async (_, v) => {
    const { clock, pass, events } = held();
    await pass(4, 80);
    clock.jump(jump);
    await pass(5, v);
    expect(events()).toEqual([]);
    await pass(3, v);
    expect(events()).toEqual(['enter']);
  });

  it('a pause takes its time', async () => {
    const { clock, pass, events } = held({ hold: '0s', cool_down: '10s', tell: 'enter' });
    await pass(1, 80);
    await pass(1, 10);
    clock.jump(jump);
    await pass(5, 80);
    expect(events()).toEqual(['enter']);
    await pass(8, 80);
    expect(events()).toEqual(['enter', 'enter']);
  });

  it('it is told of again as often as it was', async () => {
    const { clock, pass, events } = held({ hold: '0s', repeat: '5s' });
    await pass(1, 80);
    clock.jump(jump);
    await pass(12, 80);
    expect(events()).toEqual(['enter', 'while', 'while']);
  });
});
