import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, type FlowStatus, paths, type StoredFlow } from '@semstreams/contract';
import { expect, test } from './test.ts';
import { until } from './until.ts';

const guide = join(import.meta.dirname, '..', 'examples', 'guide');

/** Sends the file's very bytes, as `curl --data-binary` does. */
const keep = async (address: string, name: string): Promise<StoredFlow> => {
  const body = readFileSync(join(guide, `${name}.json`));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${address}${paths.flows}?name=${name}`, { method: 'POST', body, headers });
  expect(response.status).toBe(201);
  return (await response.json()) as StoredFlow;
};

test('the flow documents of the deployment guide deploy as they are printed there', async ({ startInstance }) => {
  const { rest, address } = await startInstance();
  for (const name of ['location-a', 'location-b']) {
    const flow = await keep(address, name);
    expect(flow).toMatchObject({ id: name, name });
    expect((await rest.get<{ components: unknown[] }>(paths.flow(name))).components).toHaveLength(2);
    const deployment = await rest.call<Deployment>('POST', paths.deploy(name));
    expect(deployment).toMatchObject({ flow: name, version: 1, desired: 'running' });
  }
  const receiving = await until('location B waits for A', async () => {
    const status = await rest.status('location-b');
    return status.observed === 'degraded' && status;
  });
  expect(receiving.sentence).toContain('ws://location-a:9000');
  const sending = await until('location A runs', async () => settled(await rest.status('location-a')));
  // the guide's ports are fixed: where another program has one of them, the flow says so
  if (sending.observed === 'failed') expect(sending.sentence).toMatch(/port (9000|14550) is used by another program/);
  else expect(sending.components.map(({ state }) => state)).toEqual(['running', 'running']);
});

const settled = (status: FlowStatus) => ['running', 'failed'].includes(status.observed) && status;
