import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component, Connection } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { loadAllDefinitions, loadDefinition } from '../../catalogue/load-definition.ts';
import { defineComponent, input, output } from '../../engine/component.ts';
import { FatalFault, TransientFault } from '../../engine/fault.ts';
import { z } from 'zod';
import type { TrialOrder, TrialOutcome } from '../trial-order.ts';
import { tryFlow } from './try-flow.ts';

const types = Object.fromEntries((await loadAllDefinitions()).map((each) => [each.type, each]));
const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-trial-'));
const noon = Date.parse('2026-03-01T12:00:00Z');

/** Each message a second after the one before. */
const tried = async (
  components: readonly Component[],
  payloads: readonly unknown[],
  more: Partial<TrialOrder> & { readonly connections?: readonly Connection[] } = {},
): Promise<TrialOutcome> =>
  tryFlow(
    {
      flow: { components: [...components], connections: more.connections && [...more.connections] },
      types,
      at: { component: components[0]!.id, port: 'out' },
      messages: payloads.map((payload, index) => ({
        json: JSON.stringify(payload),
        headers: {},
        time: noon + index * 1000,
      })),
      dataDir,
      secretsDir: '',
      reach: { network: [], files: { dataDir, allowed: [], readable: [], tls: [], unreachable: [] } },
      ownComponents: {},
      ...more,
    },
    { load: async (type) => own[type] ?? loadDefinition(type, undefined), enter: () => undefined },
  );

const processor = (type: string, handler: (payload: unknown) => never) =>
  defineComponent({
    type,
    category: 'processor',
    title: type,
    summary: 'For tests.',
    icon: 'box',
    ports: { in: input('json'), out: output('json') },
    config: z.object({}),
    examples: [],
    create: () => ({ in: ({ payload }) => handler(payload) }),
  });
const own: Readonly<Record<string, ReturnType<typeof processor>>> = {
  never_ready: processor('never_ready', () => {
    throw new TransientFault('the far side is away');
  }),
  gives_up: processor('gives_up', () => {
    throw new FatalFault('it cannot go on');
  }),
};

const read: Component = { id: 'read', type: 'udp_input', config: { port: 1 } };
const send: Component = { id: 'send', type: 'http_output', config: { url: 'http://127.0.0.1:1/nobody' } };
const warm: Component = {
  id: 'warm',
  type: 'json_filter',
  config: { rules: [{ field: 'temperature', operator: 'gt', value: 75 }] },
};
const shown = ({ messages }: TrialOutcome, number: number): unknown => JSON.parse(messages[number]!.payload);
const countsOf = ({ components }: TrialOutcome, id: string) => components.find((each) => each.id === id);

describe('a trial', () => {
  it('tells of each message what each component makes of it, and why one is left out', async () => {
    const map: Component = {
      id: 'map',
      type: 'json_map',
      config: { steps: [{ do: 'rename', from: 'temperature', to: 'celsius' }] },
    };
    const outcome = await tried([read, warm, map, send], [{ temperature: 80 }, { temperature: 62 }]);
    expect(outcome.steps).toEqual([
      { component: 'warm', port: 'in', given: 0, outcome: 'made', made: [{ port: 'out', message: 0 }] },
      { component: 'map', port: 'in', given: 0, outcome: 'made', made: [{ port: 'out', message: 2 }] },
      { component: 'send', port: 'in', given: 2, outcome: 'sent', made: [] },
      {
        component: 'warm',
        port: 'in',
        given: 1,
        outcome: 'made',
        made: [{ port: 'rejected', message: 1 }],
        reason: 'temperature is 62, and not above 75',
      },
    ]);
    expect([0, 1, 2].map((number) => shown(outcome, number))).toEqual([
      { temperature: 80 },
      { temperature: 62 },
      { celsius: 80 },
    ]);
    expect(outcome.components).toEqual([
      { id: 'read', state: 'muted', in: 0, nothing: 0, failed: 0, out: {} },
      { id: 'warm', state: 'tried', in: 2, nothing: 0, failed: 0, out: { out: 1, rejected: 1 } },
      { id: 'map', state: 'tried', in: 1, nothing: 0, failed: 0, out: { out: 1 } },
      { id: 'send', state: 'muted', in: 1, nothing: 0, failed: 0, out: {} },
    ]);
    expect(outcome).toMatchObject({ tried: 2, is_cut: false });
  });

  it('knows the fields behind components that never ran', async () => {
    const map: Component = {
      id: 'map',
      type: 'json_map',
      config: { steps: [{ do: 'rename', from: 'temperature', to: 'celsius' }] },
    };
    const { connections } = await tried([read, map, send], [{ temperature: 80 }]);
    expect(connections.map(({ from, to, fields }) => [from, to, fields.map(({ path }) => path)])).toEqual([
      ['read.out', 'map.in', ['temperature']],
      ['map.out', 'send.in', ['celsius']],
    ]);
  });

  it('lets messages enter at any component, with headers, bytes and times of their own', async () => {
    const parse: Component = { id: 'parse', type: 'parse', config: { format: 'json' } };
    const base64 = Buffer.from('{"a":1}').toString('base64');
    const outcome = await tried([read, parse, send], [], {
      at: { component: 'parse', port: 'in' },
      messages: [{ base64, headers: { topic: 'a' }, time: noon }],
    });
    expect(outcome.messages[0]).toMatchObject({ headers: { topic: 'a' }, time: '2026-03-01T12:00:00.000Z' });
    expect(shown(outcome, 1)).toEqual({ a: 1 });
    expect(outcome.steps.map(({ component, outcome: what }) => [component, what])).toEqual([
      ['parse', 'made'],
      ['send', 'sent'],
    ]);
  });

  it('lets time pass at the end, so that windows end', async () => {
    const mean: Component = {
      id: 'mean',
      type: 'aggregate',
      config: { window: 'tumbling', size: '1h', results: [{ calculate: 'mean', field: 'n' }] },
    };
    const outcome = await tried([read, mean, send], [{ n: 1 }, { n: 3 }]);
    const [made] = outcome.steps.filter(({ component, given }) => component === 'mean' && given === undefined);
    expect(made).toMatchObject({ outcome: 'made', made: [{ port: 'out' }] });
    expect(shown(outcome, made!.made[0]!.message)).toMatchObject({ n_mean: 2 });
    expect(countsOf(outcome, 'mean')).toMatchObject({ in: 2, nothing: 2, out: { out: 1 }, facts: { open: 1 } });
  });

  it('begins with nothing kept, each time', async () => {
    const once: Component = { id: 'once', type: 'deduplicate', config: { fields: ['id'] } };
    for (const _ of [1, 2])
      expect(countsOf(await tried([read, once, send], [{ id: 1 }, { id: 1 }]), 'once')).toMatchObject({
        out: { out: 1, repeated: 1 },
      });
  });

  it('tells what fails with its reason, and goes on with the next', async () => {
    const script = (code: string): Component => ({
      id: 'script',
      type: 'script',
      config: { code: `function process(message) { ${code} }`, timeout: '50ms' },
    });
    const thrower = script('if (message.payload.n === 1) throw new Error("no ones"); return message;');
    const thrown = await tried([read, thrower, send], [{ n: 1 }, { n: 2 }]);
    expect(thrown.steps[0]).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('no ones') as unknown });
    expect(countsOf(thrown, 'script')).toMatchObject({ state: 'tried', in: 2, failed: 1, out: { out: 1 } });
    const loop = await tried([read, script('for (;;) {}'), send], [{ n: 1 }]);
    expect(countsOf(loop, 'script')).toMatchObject({ in: 1, failed: 1 });
    const nothing = await tried([read, script('return;'), send], [{ n: 1 }]);
    expect(nothing.steps[0]).toMatchObject({ outcome: 'nothing', reason: expect.stringMatching(/\w/) as unknown });
  });

  it.each([
    ['an unknown type', { id: 'x', type: 'jsn_filter' }, /there is no component type "jsn_filter"/],
    ['a setting that is not right', { id: 'x', type: 'json_filter', config: { rules: 7 } }, /"rules" of "x"/],
    [
      'a secret that is nowhere',
      { id: 'x', type: 'json_map', config: { steps: [{ do: 'set', field: 'a', value: '${NOBODY_KNOWS}' }] } },
      /NOBODY_KNOWS/,
    ],
    [
      'a script that cannot be opened',
      { id: 'x', type: 'script', config: { code: 'throw new Error("not today"); function process() {}' } },
      /cannot be run: .*not today/,
    ],
  ])('leaves out a component with %s, and tries the rest', async (_, broken, sentence) => {
    const outcome = await tried([read, warm, broken as Component, send], [{ temperature: 80 }], {
      connections: [
        { from: 'read', to: 'warm' },
        { from: 'warm.out', to: 'x.in' },
        { from: 'x.out', to: 'send' },
        { from: 'read', to: 'send' },
      ],
    });
    expect(countsOf(outcome, 'x')).toMatchObject({
      state: 'broken',
      sentence: expect.stringMatching(sentence) as unknown,
      in: 1,
    });
    expect(outcome.steps.map(({ component, outcome: what }) => [component, what]).toSorted()).toEqual([
      ['send', 'sent'],
      ['warm', 'made'],
      ['x', 'stopped'],
    ]);
  });

  it('lets messages end where nobody knows what they enter', async () => {
    const outcome = await tried([{ id: 'x', type: 'udp_inptu' }, warm], [{}], { connections: [] });
    expect(countsOf(outcome, 'x')).toMatchObject({ state: 'broken' });
    expect(outcome).toMatchObject({ tried: 1, steps: [] });
  });

  it('leaves one connection of a circle out', async () => {
    const outcome = await tried([read, warm], [{ temperature: 80 }], {
      connections: [
        { from: 'read', to: 'warm' },
        { from: 'warm.out', to: 'warm.in' },
      ],
    });
    expect(countsOf(outcome, 'warm')).toMatchObject({ in: 1 });
  });

  it('waits for nobody who is away, and shows who gave up', async () => {
    const at = (type: string) => ({ types: { ...types, [type]: own[type]! } });
    const away = await tried([read, { id: 'x', type: 'never_ready' }, send], [{}, {}], at('never_ready'));
    expect(countsOf(away, 'x')).toMatchObject({ state: 'tried', in: 2, failed: 2 });
    expect(away.steps[0]).toMatchObject({ reason: 'the far side is away; it would be tried again' });
    const gone = await tried([read, { id: 'x', type: 'gives_up' }, send], [{}, {}], at('gives_up'));
    expect(countsOf(gone, 'x')).toMatchObject({ state: 'broken', sentence: 'it cannot go on', failed: 2 });
  });
});
