import { expect, it } from 'vitest';
import { z } from 'zod';
import { refusal, resolvedConnections } from './connect.ts';
import { mostOpened, portsWith } from './opened-ports.ts';
import { type CheckedType, validateFlow } from './validate.ts';
import { PortName } from './words.ts';

const output = { direction: 'output', kind: 'any', required: true } as const;
const input = { direction: 'input', kind: 'any', required: true } as const;
const router: CheckedType = {
  title: 'Router',
  category: 'processor',
  ports: { in: input, else: { ...output, required: false } },
  opens: { list: 'routes', name: 'name', port: output },
  config: z.strictObject({ routes: z.array(z.strictObject({ name: PortName })).default([]) }),
};
const types = new Map<string, CheckedType>([
  ['source', { title: 'Source', category: 'input', ports: { out: output }, config: z.strictObject({}) }],
  ['router', router],
  ['sink', { title: 'Sink', category: 'output', ports: { in: input }, config: z.strictObject({}) }],
]);
const routes = (...names: unknown[]) => ({ routes: names.map((name) => ({ name })) });

it.each([
  [{}, ['in', 'else']],
  [routes('hot', 'cold'), ['hot', 'cold', 'in', 'else']],
  [routes('hot', 'hot'), ['hot', 'in', 'else']],
  [routes('', 'too hot', 'Hot', '__proto__', 7, null), ['in', 'else']],
  [routes('in', 'else', 'constructor'), ['constructor', 'in', 'else']],
  [{ routes: 'hot' }, ['in', 'else']],
  [{ routes: [null, 3, ['name'], { other: 1 }] }, ['in', 'else']],
  [undefined, ['in', 'else']],
])('with %j it has the ports %j', (config, names) => {
  const ports = portsWith(router, config);
  expect(Object.keys(ports)).toEqual(expect.arrayContaining(names));
  expect(Object.keys(ports)).toHaveLength(names.length);
  expect(ports['in']).toEqual(input);
  expect(ports['else']).toEqual({ ...output, required: false });
});

it('keeps the order of the settings, and opens no more than it may', () => {
  const names = Array.from({ length: mostOpened + 5 }, (_, index) => `r${mostOpened + 5 - index}`);
  expect(Object.keys(portsWith(router, routes(...names))).slice(0, mostOpened)).toEqual(names.slice(0, mostOpened));
});

const flow = (config: unknown, ...connections: object[]) => ({
  name: 'F',
  components: [
    { id: 'src', type: 'source' },
    { id: 'way', type: 'router', config },
    { id: 'end', type: 'sink' },
  ],
  connections: [{ from: 'src', to: 'way' }, ...connections],
});
const found = (...given: Parameters<typeof flow>) =>
  validateFlow(flow(...given), types).map(({ place, sentence, hint }) => [place, sentence, hint]);

it('is connected by the names in its settings', () => {
  expect(found(routes('hot'), { from: 'way.hot', to: 'end' })).toEqual([]);
  const document = { ...flow(routes('hot'), { from: 'way.hot', to: 'end' }) } as never;
  expect(resolvedConnections(document, types).map(({ from }) => from)).toEqual([
    { component: 'src', port: 'out' },
    { component: 'way', port: 'hot' },
  ]);
  const ends = [
    { component: 'way', port: 'hot' },
    { component: 'end', port: 'in' },
  ] as const;
  expect(refusal(document, types, ...ends)).toBe('These two are connected already.');
});

it('says at its place which name is wrong, taken or missing, and which port there is none of', () => {
  expect(found(routes('hot', 'else', 'hot', ''), { from: 'way.hott', to: 'end' })).toEqual([
    ['components[1].config.routes[1].name', 'there is a port "else" already', 'give it another name'],
    ['components[1].config.routes[2].name', 'the name "hot" is given twice', 'give it another name'],
    ['components[1].config.routes[3].name', 'use a-z, 0-9 and "_", starting with a letter, 63 at most', undefined],
    ['connections[1].from', '"way" has no output port "hott"', 'write "way.hot", "way.else"'],
    ['components[1]', '"way" (hot) leads nowhere, so what it sends is lost', undefined],
    ['components[2]', 'nothing is connected to "end", so it does nothing', undefined],
  ]);
});
