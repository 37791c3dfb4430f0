import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, startServer } from './running-server.ts';

const chain = {
  id: 'computing',
  components: [
    { id: 'source', type: 'timer_input', config: { every: '1h' } },
    {
      id: 'map',
      type: 'json_map',
      config: { steps: [{ do: 'calculate', field: 'a', operator: 'plus', by: 'b', to: 'sum' }] },
    },
    { id: 'formula', type: 'expression', config: { expression: 'sum * 10', into: 'tenfold' } },
    {
      id: 'lines',
      type: 'script',
      config: {
        code: 'function process(message) { state.n = (state.n ?? 0) + 1; message.payload.n = state.n; return message; }',
      },
    },
    { id: 'lists', type: 'batch', config: { messages: 2, wait: '1h' } },
    { id: 'latest', type: 'throttle', config: { keep: 'last', per: '100ms' } },
    { id: 'file', type: 'file_output', config: { path: 'computed.ndjson' } },
  ],
  connections: [
    { from: 'source', to: 'map' },
    { from: 'map', to: 'formula' },
    { from: 'formula', to: 'lines', delivery: 'guaranteed' },
    { from: 'lines', to: 'lists' },
    { from: 'lists', to: 'latest' },
    { from: 'latest.out', to: 'file' },
  ],
};

it('a flow of the built server reckons, evaluates, runs a script, collects and holds back', async () => {
  const server = await startServer();
  onTestFinished(async () => {
    await server.end('SIGKILL');
    rmSync(server.dataDir, { recursive: true, force: true });
  });
  const saved = await server.call('POST', '/api/v1/flows', chain);
  expect(saved.body).toMatchObject({ id: 'computing' });
  await server.call('POST', '/api/v1/flows/computing/deploy?wait=60s');
  await eventually('it runs', async () => {
    const { body } = await server.call('GET', '/api/v1/flows/computing/status');
    return (body as { observed: string }).observed === 'running';
  });
  const payloads = [
    { a: 0.1, b: 0.2 },
    { a: 1.1, b: 2.2 },
  ];
  await server.call('POST', '/api/v1/flows/computing/components/map/inject', { payloads });
  const lines = await eventually('a list is in the file', async () => {
    try {
      const text = readFileSync(join(server.dataDir, 'computed.ndjson'), 'utf8');
      return text.endsWith('\n') && text;
    } catch {
      return false;
    }
  });
  expect(JSON.parse(lines)).toEqual([
    { a: 0.1, b: 0.2, sum: 0.3, tenfold: 3, n: 1 },
    { a: 1.1, b: 2.2, sum: 3.3, tenfold: 33, n: 2 },
  ]);
}, 180_000);

it('what cannot be run is said before, with its place', async () => {
  const server = await startServer();
  onTestFinished(async () => {
    await server.end('SIGKILL');
    rmSync(server.dataDir, { recursive: true, force: true });
  });
  const { body } = await server.call('POST', '/api/v1/flows/validate', {
    id: 'wrong',
    components: [
      { id: 'a', type: 'expression', config: { expression: 'a +' } },
      { id: 'b', type: 'script', config: { code: 'function process(message) {\n  return message..payload;\n}' } },
    ],
  });
  expect(JSON.stringify(body)).toContain('character 3: Unexpected end of expression');
  expect(JSON.stringify(body)).toContain("line 2: Unexpected token '.'");
}, 180_000);
