import { describe, expect, it } from 'vitest';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { Message } from '../../../engine/message.ts';
import { type Standing, Watch, type WatchOptions } from './watch.ts';

const usual: WatchOptions = {
  says: ({ payload }, isOn) => {
    const value = (payload as { v?: number }).v;
    if (value === undefined) return undefined;
    return isOn ? value >= 70 : value > 75;
  },
  hold: 0,
  holdOff: 0,
  coolDown: 0,
  repeat: Infinity,
};
type Given = readonly [time: number, v: number | undefined];

const tried = (options: Partial<WatchOptions> = {}, standings = new RecordedMap<Standing>({ most: 10 })) => {
  const watch = new Watch(standings, { ...usual, ...options });
  const short = (told: ReturnType<Watch['take']>) => told.map(({ event, since, at }) => [event, since, at]);
  return {
    standings,
    watch,
    take: (...given: readonly Given[]) =>
      given.flatMap(([time, v]) => short(watch.take('', new Message<unknown>({ v }, time, 'test', 1), time))),
    pass: (time: number) => watch.pass(time).flatMap(([, told]) => short(told)),
  };
};

describe('a rule', () => {
  it('is told of when it begins and when it ends, and not in between', () => {
    const { take } = tried();
    expect(take([1, 10], [2, 76], [3, 80], [4, 72], [5, 69], [6, 76])).toEqual([
      ['enter', 2, 2],
      ['leave', 2, 5],
      ['enter', 6, 6],
    ]);
  });

  it('stays as it is by what says nothing of it', () => {
    const { take } = tried();
    expect(take([1, 80], [2, undefined], [3, 69])).toEqual([
      ['enter', 1, 1],
      ['leave', 1, 3],
    ]);
  });
});

describe('that has to hold for a time', () => {
  it('begins when it has, though no message comes', () => {
    const { take, pass } = tried({ hold: 10 });
    expect(take([1, 80])).toEqual([]);
    expect(pass(10)).toEqual([]);
    expect(pass(11)).toEqual([['enter', 1, 11]]);
    expect(pass(99)).toEqual([]);
  });

  it('begins by the times of messages in the same way', () => {
    const { take } = tried({ hold: 10 });
    expect(take([1, 80], [30, 10])).toEqual([
      ['enter', 1, 11],
      ['leave', 1, 30],
    ]);
  });

  it('does not begin by moments that are shorter', () => {
    const { take, pass } = tried({ hold: 10 });
    expect([...take([1, 80], [9, 10], [12, 80], [21, 80]), ...pass(21)]).toEqual([]);
    expect(take([22, 80])).toEqual([['enter', 12, 22]]);
  });

  it('does not end by them either', () => {
    const { take, pass } = tried({ holdOff: 10 });
    expect(take([1, 80], [2, 10], [5, 80], [20, 10], [29, 10])).toEqual([['enter', 1, 1]]);
    expect(pass(30)).toEqual([['leave', 1, 30]]);
  });
});

it('a pause keeps it from beginning again, and lets it begin when it is over', () => {
  const { take, pass } = tried({ coolDown: 100 });
  expect(take([1, 80], [2, 10], [3, 80], [50, 80])).toEqual([
    ['enter', 1, 1],
    ['leave', 1, 2],
  ]);
  expect(pass(102)).toEqual([['enter', 3, 102]]);
});

it('it is told of again while it holds; what was missed is told once', () => {
  const { take, pass } = tried({ repeat: 10 });
  expect(take([1, 80])).toEqual([['enter', 1, 1]]);
  expect(pass(10)).toEqual([]);
  expect(pass(11)).toEqual([['while', 1, 11]]);
  expect(pass(45)).toEqual([['while', 1, 41]]);
  expect(take([52, 10])).toEqual([
    ['while', 1, 51],
    ['leave', 1, 52],
  ]);
  expect(pass(200)).toEqual([]);
});

it('it is told of with the message of that moment, and later with the newest, where that is short', () => {
  const { watch } = tried({ hold: 10, repeat: 10 });
  const take = (time: number, payload: object) => watch.take('', new Message<unknown>(payload, time, 'test', 1), time);
  const payloads = (time: number) => watch.pass(time).flatMap(([, told]) => told.map(({ payload }) => payload));
  take(1, { v: 80, n: 1 });
  take(5, { v: 80, n: 2 });
  expect(payloads(11)).toEqual([{ v: 80, n: 2 }]);
  take(15, { v: 81, n: 3 });
  expect(payloads(21)).toEqual([{ v: 81, n: 3 }]);
  take(25, { v: 81, text: 'x'.repeat(4000) });
  expect(payloads(31)).toEqual([undefined]);
});

it('goes on with what was kept', () => {
  const first = tried({ hold: 10 });
  first.take([1, 80]);
  const changes = JSON.parse(JSON.stringify(first.standings.takeChanges())) as ReturnType<
    RecordedMap<Standing>['takeChanges']
  >;
  const standings = new RecordedMap<Standing>({ most: 10 });
  standings.apply(changes);
  expect(tried({ hold: 10 }, standings).pass(11)).toEqual([['enter', 1, 11]]);
});

it('writes nothing where nothing changes', () => {
  const { take, standings } = tried();
  take([1, 10], [2, 80]);
  standings.takeChanges();
  take([3, 80], [4, 90]);
  expect(standings.hasChanged).toBe(false);
});
