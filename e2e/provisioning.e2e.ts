import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowDocument } from '@semstreams/contract';
import type { Instance } from './instance.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const writing = (path: string): FlowDocument => ({
  components: [
    { id: 'numbers', type: 'simulator_input', config: { rate: 50 } },
    { id: 'log', type: 'file_output', config: { path } },
  ],
});

const folderOf = (server: Instance): string => join(server.folder, 'flows');
const put = (server: Instance, name: string, text: unknown): void => {
  mkdirSync(folderOf(server), { recursive: true });
  writeFileSync(join(folderOf(server), name), typeof text === 'string' ? text : JSON.stringify(text));
};

test('a folder of flow files: new ones run, changed ones follow, broken ones are named', async ({ newInstance }) => {
  const server = newInstance({ FLOWS_DIR: 'flows' });
  put(server, 'Harbour log.json', writing('first.ndjson'));
  put(server, 'broken.json', '{ "components": [');
  put(server, 'misspelt.json', { components: [{ id: 'a', type: 'simulator_imput' }] });
  await server.start();

  expect(await server.rest.running('harbour-log')).toMatchObject({ version: 1 });
  const { troubles } = await until('both broken files are named', async () => {
    const system = await server.rest.system();
    return system.troubles.length === 2 && system;
  });
  expect(troubles.map(({ source }) => source.split('/').at(-1))).toEqual(['broken.json', 'misspelt.json']);
  expect(troubles[1]!.sentence).toContain('simulator_input');
  for (const { sentence } of troubles) expect(server.output).toContain(JSON.stringify(sentence).slice(1, -1));

  await server.stop();
  put(server, 'Harbour log.json', writing('second.ndjson'));
  put(server, 'misspelt.json', writing('third.ndjson'));
  await server.start();

  await until('the changed file is deployed', async () => (await server.rest.running('harbour-log')).version === 2);
  await server.rest.running('misspelt');
  expect((await server.rest.flow('harbour-log')).components[1]!.config).toEqual({ path: 'second.ndjson' });
  expect((await server.rest.system()).troubles.map(({ source }) => source.split('/').at(-1))).toEqual(['broken.json']);

  await server.stop();
  await server.start();
  expect(await server.rest.running('harbour-log')).toMatchObject({ version: 2 });
});

test('what people did to a flow of the folder stays, as long as its file stays', async ({ newInstance }) => {
  const server = newInstance({ FLOWS_DIR: 'flows' });
  put(server, 'log.json', writing('first.ndjson'));
  await server.start();
  await server.rest.running('log');
  const draft = await server.rest.flow('log');
  await server.rest.save({ ...draft, components: writing('by-hand.ndjson').components });
  await server.rest.deploy('log');

  await server.stop();
  await server.start();

  expect(await server.rest.running('log')).toMatchObject({ version: 2 });
  expect((await server.rest.flow('log')).components[1]!.config).toEqual({ path: 'by-hand.ndjson' });
});
