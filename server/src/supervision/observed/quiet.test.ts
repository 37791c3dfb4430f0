import type { TypesById, Version } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { input, output } from '../../engine/component.ts';
import { FlowRun } from './flow-run.ts';
import { flowOverview, flowStatus } from './flow-status.ts';
import { reasonOf, WhyNothing } from './why-nothing.ts';

const ports = { in: input('json'), out: output('json') };
const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['filter', { title: 'Filter', category: 'processor', ports }],
  ['window', { title: 'Window', category: 'processor', ports, keepsState: true }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json') } }],
]);
const versionWith = (type: string): Version => ({
  version: 1,
  deployed_at: new Date(0).toISOString(),
  flow: {
    id: 'hall',
    name: 'Hall',
    components: [
      { id: 'listen', type: 'in', name: 'Sensors' },
      { id: 'keep', type, name: 'Too warm', config: { field: 'temp' } },
      { id: 'log', type: 'out' },
    ],
  },
});
const start = (type = 'filter', earlier?: FlowRun): FlowRun => {
  const run = new FlowRun(versionWith(type), types, () => ['invalid'], earlier);
  run.hear({ kind: 'running', run: run.id });
  return run;
};
const came = (run: FlowRun, messages: number, through = 0): void => {
  run.counters.addIn(0, messages);
  run.counters.addOut(0, messages);
  run.counters.addIn(1, messages);
  run.counters.addOut(1, through);
};
const deployment = { flow: 'hall', version: 1, desired: 'running', changed_at: '2026-01-01T00:00:00Z' } as const;
const said = (run: FlowRun): string => flowStatus(deployment, run).sentence;

it('says that nothing has come yet, in the words of the input where it has some', () => {
  const run = start();
  expect(said(run)).toBe('Running; “Sensors”: nothing has come yet');
  run.hear({ kind: 'report', run: run.id, component: 'listen', state: 'running', sentence: 'Subscribed at broker' });
  expect(said(run)).toBe('Running; “Sensors”: nothing has come yet: Subscribed at broker');
  came(run, 1, 1);
  expect(said(run)).toBe('Running, no messages at present');
});

it.each([
  ['filter', 2, 0, 'Running, no messages at present'],
  ['filter', 5000, 0, 'Running, no messages at present; “Too warm” lets none of 5 000 through'],
  ['filter', 5000, 1, 'Running, no messages at present'],
  ['window', 40, 0, 'Running, no messages at present; “Too warm” has let nothing out yet, 40 went in'],
])('of a %s with %d messages, %d through: %s', (type, messages, through, sentence) => {
  const run = start(type);
  came(run, messages, through);
  expect(said(run)).toBe(sentence);
});

it('looks at this run alone: an earlier version may have let messages through', () => {
  const before = start();
  came(before, 300, 300);
  const run = start('filter', before);
  came(run, 12);
  expect(flowStatus(deployment, run).notices).toMatchObject([
    { kind: 'passes_nothing', component: 'keep', name: 'Too warm', sentence: 'lets none of 12 through' },
  ]);
});

it('leaves the word to what is in trouble, and stays running: it may be as it is meant', () => {
  const run = start();
  came(run, 50);
  expect(run.observed).toBe('running');
  run.hear({ kind: 'report', run: run.id, component: 'keep', state: 'waiting', sentence: 'for a lookup' });
  expect(flowStatus(deployment, run).notices.map(({ kind, component }) => [kind, component])).toEqual([
    ['waits', 'keep'],
  ]);
});

it('tells lists the most telling first, with since when, which stays', () => {
  const run = start();
  came(run, 50);
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'waiting', sentence: 'the disk is away' });
  const [first, second] = flowOverview(deployment, run).notices;
  expect([first?.kind, second?.kind]).toEqual(['waits', 'passes_nothing']);
  expect(flowOverview(deployment, run).notices[1]?.since).toBe(second?.since);
  run.hear({ kind: 'failed', run: run.id, component: 'log', sentence: 'the disk is gone' });
  expect(flowOverview(deployment, run).notices).toMatchObject([{ kind: 'failed', sentence: 'the disk is gone' }]);
});

const schema = { type: 'object', properties: { field: { type: 'string', widget: 'field' } } };
const seen = (paths: readonly string[], more = {}) => ({
  looked_at: 20,
  is_cut: false,
  fields: paths.map((path) => ({ path, types: [], count: 20, values: [] })),
  ...more,
});

it.each([
  [['tempp'], 'no message that came by had the field "temp"; did you mean "tempp"?'],
  [['humidity', '@header.topic'], 'no message that came by had the field "temp"; they have "humidity"'],
  [
    ['qa', 'qb', 'qc', 'qd', 'qe', 'qf'],
    'no message that came by had the field "temp"; they have "qa", "qb", "qc", "qd", "qe" and others',
  ],
  [['temp'], undefined],
] as const)('of messages with %j a filter of "temp" is said: %s', (paths, reason) =>
  expect(reasonOf(schema, { field: 'temp' }, seen(paths))).toBe(reason),
);

it('asks the lane only where nothing gets through, and more and more seldom', async () => {
  const run = start();
  let looks = 0;
  const why = new WhyNothing({
    look: async () => {
      looks += 1;
      const fields = seen(['humidity']).fields;
      return { connections: [{ lookedAt: 20, isCut: false, fields }, undefined!], messages: [] };
    },
    schemaOf: () => schema,
  });
  await why.refresh(run, 0);
  expect(looks).toBe(0);
  came(run, 20);
  for (let now = 0; now < 100_000; now += 500) await why.refresh(run, now);
  expect(looks).toBe(7);
  expect(said(run)).toBe(
    'Running, no messages at present; “Too warm” lets none of 20 through: no message that came by had the field "temp"; they have "humidity"',
  );
});
