import { expect, it } from 'vitest';
import { HistoryClock, type Shift } from './history-clock.ts';

const noon = Date.UTC(2026, 2, 1, 12);
const hour = 3_600_000;

const machine = (start = noon) => {
  let [wall, steady] = [start, 5000];
  return {
    wall: () => wall,
    steady: () => steady,
    pass: (ms: number) => ([wall, steady] = [wall + ms, steady + ms]),
    set: (ms: number) => (wall += ms),
  };
};
const begin = (clocks: ReturnType<typeof machine>, shifts: readonly Shift[] = [], last = -1) =>
  new HistoryClock(clocks, shifts, last);

it('is the clock on the wall while nobody sets that', () => {
  const clocks = machine();
  const clock = begin(clocks);
  clocks.pass(30 * 24 * hour);
  expect([clock.look(), clock.now(), clock.shown(clock.now())]).toEqual([0, clocks.wall(), clocks.wall()]);
});

it.each([
  ['forth', hour],
  ['back', -hour],
])('set %s, it goes on by itself, and all of this start is shown at the new time', (_, by) => {
  const clocks = machine();
  const clock = begin(clocks);
  clocks.pass(60_000);
  const before = clock.now();
  clocks.set(by);
  clocks.pass(10_000);
  expect(clock.look()).toBe(by);
  expect(clock.now() - before).toBe(10_000);
  expect(clock.shown(clock.now())).toBe(clocks.wall());
  // no hole and nothing twice: what was ten seconds apart is shown ten seconds apart
  expect(clock.shown(clock.now()) - clock.shown(before)).toBe(10_000);
  clocks.set(-by);
  expect([clock.look(), clock.shown(before)]).toEqual([-by, before]);
});

it('a machine that boots in the past keeps what was noted before, and is right when it is told the time', () => {
  const first = begin(machine());
  const last = first.now();
  const clocks = machine(0);
  const clock = begin(clocks, first.kept, last);
  expect(clock.now()).toBeGreaterThan(last);
  expect(Math.abs(clock.shown(clock.now()))).toBeLessThan(7500);
  expect(clock.shown(last)).toBe(last);
  clocks.set(noon + 24 * hour);
  clock.look();
  expect(Math.abs(clock.shown(clock.now()) - clocks.wall())).toBeLessThan(7500);
  const after = begin(clocks, clock.kept, clock.now());
  clocks.pass(1000);
  expect(Math.abs(after.shown(after.now()) - clocks.wall())).toBeLessThan(7500);
});

it('a drift of seconds changes nothing', () => {
  const clocks = machine();
  const clock = begin(clocks);
  clocks.set(4000);
  expect(clock.look()).toBe(0);
});

it('finds what is shown between two times, in stretches that are shifted alike', () => {
  const clocks = machine();
  const clock = begin(clocks, [{ from: noon - hour, by: 600_000 }]);
  expect(clock.stretches(noon - 2 * hour, noon + hour)).toEqual([
    { from: noon - 2 * hour, to: noon - hour },
    { from: noon - 2 * hour + hour, to: noon },
    { from: noon, to: noon + hour },
  ]);
});
