import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from './running-server.ts';

/** Every list of the document, walked through page by page: each is asked for in the same way. */
interface Parameter {
  readonly name: string;
  readonly schema: { readonly enum?: readonly string[] };
}
type Operations = Readonly<Record<string, { readonly operationId: string; readonly parameters: readonly Parameter[] }>>;
const document = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../docs/reference/openapi.json'), 'utf8'),
) as { readonly paths: Readonly<Record<string, Operations>> };

const lists = Object.entries(document.paths).flatMap(([path, { get }]) => {
  const sorts = get?.parameters.find(({ name }) => name === 'sort')?.schema.enum;
  return sorts
    ? sorts.map((sort): [string, string, string] => [get!.operationId, path.replace('{id}', 'flow-3'), sort])
    : [];
});

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  for (let number = 1; number <= 5; number += 1) {
    const components = [
      { id: 'source', type: 'http_input', config: { path: `/${number}`, port: 0 } },
      { id: 'file', type: 'file_output', config: { path: 'x.ndjson' } },
    ];
    const made = await server.call('POST', '/api/v1/flows', { id: `flow-${number}`, name: 'Twin', components });
    expect(made.status).toBe(201);
  }
  for (const note of ['first', 'second', 'third'])
    expect((await server.call('POST', '/api/v1/flows/flow-3/deploy?wait=30s', { note })).status).toBe(202);
});
afterAll(async () => {
  await server.end();
});

interface Page {
  readonly items: readonly object[];
  readonly total?: number;
  readonly next?: string;
}
const page = async (path: string, words: Readonly<Record<string, string>>) => {
  const { status, body } = await server.call('GET', `${path}?${new URLSearchParams(words).toString()}`);
  return { status, body: body as Page };
};
const walked = async (path: string, words: Readonly<Record<string, string>>): Promise<object[]> => {
  const items: object[] = [];
  for (let after: string | undefined; ;) {
    const { status, body } = await page(path, { ...words, ...(after === undefined ? {} : { after }) });
    expect(status).toBe(200);
    items.push(...body.items);
    after = body.next;
    if (after === undefined) return items;
  }
};

describe('every list', () => {
  it('is there', () => {
    expect([...new Set(lists.map(([id]) => id))].toSorted()).toEqual(
      [
        'listAudit',
        'listBackups',
        'listComponentTypes',
        'listDeadLetters',
        'listFiles',
        'listFlowLogs',
        'listFlows',
        'listHappenings',
        'listLinks',
        'listLogs',
        'listSessions',
        'listTokens',
        'listUsers',
        'listVersions',
      ].toSorted(),
    );
  });

  it.each(lists)('%s at %s is walked through by %s', async (id, path, sort) => {
    const first = id.endsWith('Logs') ? { after: '0' } : {};
    const sorted = sort.startsWith('-') ? {} : first;
    const whole = (await page(path, { sort, ...sorted, limit: '200' })).body;
    const found = await walked(path, { sort, ...sorted, limit: '2' });
    if (id.endsWith('Logs') || id === 'listAudit') expect(found.length).toBeGreaterThanOrEqual(whole.items.length - 2);
    else expect(found).toEqual(whole.items);
    if (whole.total !== undefined) expect(found).toHaveLength(whole.total);
  });

  it.each([...new Set(lists.map(([, path]) => path))])('%s refuses what it does not understand', async (path) => {
    for (const words of [{ limit: '0' }, { limit: '1e0' }, { sort: 'nmae' }, { after: '!' }, { lmit: '1' }])
      expect(await page(path, words as Record<string, string>)).toMatchObject({
        status: 400,
        body: { type: '/api/docs/problems#wrong-request', detail: expect.any(String), findings: [expect.anything()] },
      });
  });
});

it('flows are told once while others come and go between the pages', async () => {
  const first = (await page('/api/v1/flows', { limit: '2' })).body;
  expect(first).toMatchObject({ total: 5, items: [{ id: 'flow-1' }, { id: 'flow-2' }] });
  await server.call('DELETE', '/api/v1/flows/flow-1');
  await server.call('DELETE', '/api/v1/flows/flow-2');
  const { body } = await page('/api/v1/flows', { limit: '2', after: first.next! });
  expect(body).toMatchObject({ total: 3, items: [{ id: 'flow-3' }, { id: 'flow-4' }] });
  expect((await page('/api/v1/flows', { deployed: 'true' })).body).toMatchObject({
    total: 1,
    items: [{ id: 'flow-3' }],
  });
  expect((await page('/api/v1/flows', { sort: 'nam' })).body).toMatchObject({
    findings: [{ place: 'sort', hint: 'did you mean "name"?' }],
  });
});
