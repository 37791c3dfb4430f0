import { expect, it } from 'vitest';
import { rehearse } from '../../../component-kit/testing/rehearsal.ts';
import {
  differencesFrom,
  type Made,
  rowsOf,
  settingsFor,
  windowsOfPandas,
} from '../../../component-kit/testing/windows-of-pandas.ts';
import { stillClock } from '../../../engine/still-clock.ts';
import { aggregate } from './aggregate.component.ts';

it.each(windowsOfPandas.map((windows) => [windows.name, windows] as const))('%s', async (_, windows) => {
  const clock = stillClock();
  const tested = rehearse(aggregate, { ...settingsFor(windows), quiet: '1s' }, { clock });
  await tested.feed(rowsOf(windows));
  const made: Made[] = [];
  for (let before = -1; made.length > before;) {
    before = made.length;
    await clock.pass(1000);
    made.push(...(((await tested.tick())['out'] ?? []) as Made[]));
  }
  expect(tested.drops).toEqual({});
  expect(differencesFrom(windows, made)).toEqual([]);
});
