import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../engine/component.ts';
import { type Headers, Message } from '../../../engine/message.ts';
import { stage } from '../../../component-kit/testing/stage.ts';
import { router } from './router.component.ts';

const above = (field: string, value: number) => ({ field, operator: 'gt', value });
const routes = [
  { name: 'hot', rules: [above('temperature', 30)] },
  { name: 'warm', rules: [above('temperature', 20)] },
  { name: 'odd', rules: [{ field: 'odd', operator: 'eq', value: true }, above('extra', 0)], match: 'any' },
];
const given = [
  { temperature: 35 },
  { temperature: 25, odd: true },
  { temperature: '99' },
  { temperature: 5, extra: 1 },
  7,
  null,
];

const routed = async (config: object, payloads: readonly unknown[]) => {
  const tested = stage(router, config, { dataDir: mkdtempSync(join(tmpdir(), 'router-')) });
  await tested.open();
  await tested.feed(payloads);
  await tested.close(AbortSignal.timeout(30_000));
  expect(tested.invalid).toEqual([]);
  return { arrived: tested.arrived, totals: tested.totals() };
};

describe('what several routes take', () => {
  it('goes to the first of them', async () => {
    const { arrived, totals } = await routed({ routes }, given);
    expect(arrived).toEqual({ hot: [given[0]], warm: [given[1]], odd: [given[3]], else: [given[2], 7, null] });
    expect(totals).toMatchObject({ in: 6, out: 6 });
  });

  it('goes to all of them where that is wished', async () => {
    const { arrived, totals } = await routed({ routes, send_to: 'all' }, given);
    expect(arrived).toEqual({
      hot: [given[0]],
      warm: [given[0], given[1]],
      odd: [given[1], given[3]],
      else: [given[2], 7, null],
    });
    expect(totals).toMatchObject({ in: 6, out: 8 });
  });
});

it('sends everything to "else" without routes', async () => {
  expect((await routed({}, given)).arrived).toEqual({ else: given });
});

it('gives a route without rules everything that is left', async () => {
  const { arrived } = await routed({ routes: [routes[0], { name: 'rest' }] }, given);
  expect(arrived).toEqual({ hot: [given[0]], rest: given.slice(1), else: [] });
});

it.each(['first', 'all'])('may have a route with a name that every object knows, to %s', async (send_to) => {
  const names = ['constructor', 'hot'];
  const { arrived } = await routed(
    {
      routes: [
        { ...routes[0], name: names[0] },
        { ...routes[1], name: names[1] },
      ],
      send_to,
    },
    given,
  );
  expect(arrived['constructor']).toEqual([given[0]]);
  expect(arrived['hot']).toContainEqual(given[1]);
});

it('looks at headers where a rule is about one', () => {
  const config: unknown = router.config.parse({
    routes: [{ name: 'ships', rules: [{ field: '@header.topic', operator: 'starts_with', value: 'ship/' }] }],
  });
  const { in: route } = router.create({ config, io: {} as Io, emit: async () => undefined }) as unknown as {
    in: (message: Message) => Record<string, Message>;
  };
  const sent = (headers: Headers) => Object.entries(route(new Message({ n: 1 }, 1, 'a', 1, headers)));
  expect(sent({ topic: 'ship/1' })).toEqual([['ships', expect.objectContaining({ payload: { n: 1 } })]]);
  expect(sent({ topic: 'car/1' }).map(([port]) => port)).toEqual(['else']);
  expect(sent({}).map(([port]) => port)).toEqual(['else']);
});

describe('settings that cannot work', () => {
  const problems = (config: unknown) =>
    (router.config.safeParse(config).error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
  const matching = (value: string) => ({ field: 'x', operator: 'matches', value });

  it('are told at their place', () => {
    expect(problems({ routes: [{ name: 'Too hot' }] })).toEqual([
      ['routes.0.name', 'use a-z, 0-9 and "_", starting with a letter, 63 at most'],
    ]);
    expect(problems({ routes: [{ name: 'a' }, { name: 'b', rules: [above('x', 1), matching('(')] }] })).toEqual([
      ['routes.1.rules.1.value', expect.stringContaining('this is no pattern')],
    ]);
    expect(problems({ routes: [{ name: 'a', rules: [{ field: 'x', operator: 'gt' }] }] })).toEqual([
      ['routes.0.rules.0.value', '"gt" needs one value'],
    ]);
  });

  it('are patterns that are too large together, over all routes', () => {
    const large = { rules: [matching('.{1000}')] };
    const named = Array.from({ length: 5 }, (_, index) => ({ name: `r${index}`, ...large }));
    expect(problems({ routes: named.slice(0, 4) })).toEqual([]);
    expect(problems({ routes: named })).toEqual([
      ['routes.4.rules.0.value', expect.stringContaining('more than 4000 steps')],
    ]);
  });

  it('are more routes than a component may have', () => {
    const named = Array.from({ length: 101 }, (_, index) => ({ name: `r${index}` }));
    expect(problems({ routes: named.slice(1) })).toEqual([]);
    expect(problems({ routes: named })).toHaveLength(1);
  });
});
