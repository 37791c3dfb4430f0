import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistorySeries } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Asked, askHistory } from './ask-history.ts';
import { seriesName } from './figures.ts';
import { HistoryClock } from './history-clock.ts';
import { HistoryStore } from './history-store.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 2, 1, 12);
let wall = noon - 2 * hour;
let steady = 0;
const clock = new HistoryClock({ wall: () => wall, steady: () => steady }, [], -1);
const folder = mkdtempSync(join(tmpdir(), 'semstreams-history-'));
const store = new HistoryStore(folder, 64 * 1024 ** 2, { mayGrow: () => true, warn: () => undefined });
afterAll(() => rmSync(folder, { recursive: true }));

const note = (values: Record<string, Record<string, number>>): void => {
  store.add(
    Math.floor(clock.now() / 10_000) - 1,
    new Map(Object.entries(values).map(([flow, all]) => [flow, new Map(Object.entries(all))])),
  );
};
const pass = (ms: number): void => {
  wall += ms;
  steady += ms;
};
const [inOf, inOfLog, memory] = [seriesName('in'), seriesName('in', 'log'), seriesName('memory')];

beforeAll(async () => {
  await store.load();
  for (let minute = 0; minute < 120; minute += 1)
    for (let part = 0; part < 6; part += 1) {
      pass(10_000);
      // nobody was there in the second half hour
      if (minute >= 30 && minute < 60) continue;
      note({ '': { [memory]: 1e8 }, climb: { [inOf]: 100, [inOfLog]: 60 }, night: { [inOf]: 20 } });
    }
});

const ask = async (asked: Partial<Asked>) =>
  askHistory(store, clock, {
    ...{ from: noon - 2 * hour, to: noon, stepMs: 600_000, flow: undefined, component: undefined, each: undefined },
    ...{ figures: ['in'], isSeen: () => true },
    ...asked,
  });
const shortly = (series: readonly HistorySeries[]) =>
  series.map(({ flow, component, figure, values }) => [flow, component, figure, values.join(' ')]);
const whole = (value: number) => [...[value, value, value], ...['', '', ''], ...Array(6).fill(value)].join(' ');

it('tells all flows together, each flow, a flow, its components, or the server', async () => {
  expect(await ask({})).toMatchObject({
    from: new Date(noon - 2 * hour).toISOString(),
    to: new Date(noon).toISOString(),
    step_s: 600,
  });
  expect(shortly((await ask({})).series)).toEqual([[undefined, undefined, 'in', whole(120)]]);
  const each = [
    ['climb', undefined, 'in', whole(100)],
    ['night', undefined, 'in', whole(20)],
  ];
  expect(shortly((await ask({ each: 'flow' })).series)).toEqual(each);
  expect(shortly((await ask({ flow: 'climb' })).series)).toEqual([each[0]]);
  const log = [['climb', 'log', 'in', whole(60)]];
  expect(shortly((await ask({ flow: 'climb', each: 'component' })).series)).toEqual(log);
  expect(shortly((await ask({ flow: 'climb', component: 'log' })).series)).toEqual(log);
  expect(shortly((await ask({ figures: ['memory'] })).series)).toEqual([[undefined, undefined, 'memory', whole(1e8)]]);
  expect((await ask({ flow: 'nobody' })).series).toEqual([]);
});

it('tells nothing of flows that somebody may not look at', async () => {
  const isSeen = (flow: string): boolean => flow === 'night';
  expect(shortly((await ask({ isSeen })).series)).toEqual([[undefined, undefined, 'in', whole(20)]]);
  expect((await ask({ isSeen, flow: 'climb' })).series).toEqual([]);
});

it('is as fine as was asked for, where that is kept', async () => {
  const fine = await ask({ from: noon - hour / 2, stepMs: 1 });
  expect([fine.step_s, fine.series[0]!.values.length, new Set(fine.series[0]!.values)]).toEqual([
    10,
    180,
    new Set([120]),
  ]);
  expect((await ask({ stepMs: undefined })).step_s).toBe(30);
  const year = await ask({ from: noon - 300 * 24 * hour, stepMs: 24 * hour });
  expect([year.step_s, year.series[0]!.values.at(-1)]).toEqual([86_400, 120]);
});

it('refuses what is no time, and what would be too much', async () => {
  await expect(ask({ from: noon, to: noon })).rejects.toThrow('"from" is not before "to"');
  await expect(ask({ from: noon - hour, stepMs: 1e14 })).rejects.toThrow('longer than anything is kept');
  await expect(ask({ from: noon - 300 * 24 * hour, stepMs: 1 })).resolves.toMatchObject({ step_s: 3600 });
});

it('a clock that is set leaves no hole, and tells nothing twice', async () => {
  for (const by of [3 * hour, -3 * hour]) {
    wall += by;
    clock.look();
    pass(10_000);
    note({ climb: { [inOf]: 100 }, night: { [inOf]: 20 } });
    const { series } = await ask({ from: wall - hour, to: wall, stepMs: 10_000 });
    expect(series).toHaveLength(1);
    expect(series[0]!.values.filter((value) => value !== 120)).toEqual([]);
    expect(series[0]!.values.length).toBeGreaterThanOrEqual(360);
  }
});
