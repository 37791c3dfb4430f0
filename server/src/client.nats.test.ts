import { apiClient, type ApiClient } from '@semstreams/contract/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from './running-server.ts';

/** A journey with the client that is made from the document. */
let server: RunningServer;
let client: ApiClient;
beforeAll(async () => {
  server = await startServer();
  client = apiClient(server.url, fetch);
});
afterAll(async () => {
  await server.end();
});

const path = { id: 'journey' };
const flow = {
  ...path,
  name: 'Journey',
  components: [
    { id: 'source', type: 'simulator_input', config: { rate: 10 } },
    { id: 'file', type: 'file_output', config: { path: 'journey.ndjson' } },
  ],
};

it('makes, deploys, looks at, changes and ends a flow, and takes a backup, by the names of the calls', async () => {
  const made = await client('createFlow', { body: flow });
  expect([made.status, made.headers.get('location')]).toEqual([201, '/api/v1/flows/journey']);
  await client('deployFlow', { path, query: { wait: '10s' }, body: { note: 'first' } });
  expect((await client('getStatus', { path })).body).toMatchObject({ observed: 'running', version: 1 });
  expect(
    (await client('injectMessages', { path: { ...path, component: 'file' }, body: { payloads: [1] } })).body,
  ).toEqual({
    accepted: 1,
  });
  expect((await client('listDeadLetters', { path })).body).toEqual({ total: 0, items: [] });
  expect((await client('listFlows', { query: { limit: 10 } })).body.items.map(({ id }) => id)).toEqual(['journey']);

  const header = { 'If-Match': made.headers.get('etag')! };
  await client('saveFlow', { path, header, body: { ...flow, name: 'Changed' } });
  await expect(client('saveFlow', { path, header, body: flow })).rejects.toMatchObject({
    name: 'ApiProblem',
    status: 412,
    message: expect.stringContaining('was changed meanwhile'),
  });
  expect((await client('applyFlows', { query: { dry_run: true }, body: { flows: [flow] } })).body).toMatchObject({
    flows: [{ id: 'journey', action: 'change', deploys: false }],
  });

  const { body: backup } = await client('makeBackup', {});
  expect((await client('restoreBackup', { query: { preview: true }, body: backup })).body).toMatchObject({
    buffers: [],
  });
  await client('stopFlow', { path, query: { wait: '10s' } });
  expect((await client('deleteFlow', { path })).status).toBe(204);
  expect((await client('getHealth')).body.status).toBe('healthy');
});
