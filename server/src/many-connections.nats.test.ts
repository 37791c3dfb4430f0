import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FlowStatus, Health } from '@semstreams/contract';
import { afterEach, expect, it } from 'vitest';
import { ForeignServer } from './nats/own-server/foreign-server.ts';
import { eventually, startServer } from './running-server.ts';

const flows = 20;
const connectionsOfEach = 25;

/** The limits of the nats-server in the compose file, as they stand there. */
const composed = readFileSync(resolve(import.meta.dirname, '../../docker/nats.conf'), 'utf8');
const limits = ['max_mem', 'max_file', 'sync_interval'].map((name) => {
  const line = new RegExp(`^ *(${name}: \\S+)$`, 'm').exec(composed)?.[1];
  if (line === undefined) throw new Error(`docker/nats.conf says nothing of ${name}`);
  return line;
});

let nats: ForeignServer | undefined;
afterEach(async () => nats?.remove());

/** A chain whose connections are all guaranteed. */
const chain = (id: string) => {
  const steps = Array.from({ length: connectionsOfEach - 1 }, (_, index) => ({
    id: `step-${index}`,
    type: 'json_map',
  }));
  const components = [
    { id: 'source', type: 'simulator_input', config: { rate: 2 } },
    ...steps,
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } },
  ];
  const connections = components.slice(1).map(({ id: to }, index) => ({
    from: `${components[index]!.id}.out`,
    to: `${to}.in`,
    delivery: 'guaranteed',
  }));
  return { id, name: id, components, connections };
};

it(
  `${flows * connectionsOfEach} guaranteed connections work with the limits of the compose file: nothing is promised away`,
  { timeout: 240_000 },
  async () => {
    nats = await (await ForeignServer.of()).start('', `\n${limits.join('\n')}\n`);
    const server = await startServer({ SEMSTREAMS_NATS_URL: nats.url });
    const ids = Array.from({ length: flows }, (_, index) => `chain-${index}`);
    await eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
    for (const id of ids) {
      expect((await server.call('POST', '/api/v1/flows', chain(id))).status).toBe(201);
      expect((await server.call('POST', `/api/v1/flows/${id}/deploy`)).status).toBe(202);
    }
    for (const id of ids)
      await eventually(
        `${id} runs`,
        async () =>
          ((await server.call('GET', `/api/v1/flows/${id}/status`)).body as FlowStatus).observed === 'running',
        120_000,
      );
    for (const id of ids)
      await eventually(
        `a message came through all of ${id}`,
        async () => readFileSync(join(server.dataDir, `${id}.ndjson`), 'utf8') !== '',
        120_000,
      );
    const { status, sentences } = (await server.call('GET', '/health')).body as Health;
    expect([status, sentences]).toEqual(['healthy', []]);
    await server.end();
  },
);
