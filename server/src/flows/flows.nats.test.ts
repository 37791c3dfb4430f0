import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.end();
});

const flows = '/api/v1/flows';
const document = (id: string, rate = 20) => ({
  id,
  name: `Flow ${id}`,
  components: [
    { id: 'source', type: 'simulator_input', config: { rate } },
    { id: 'keep', type: 'json_filter' },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
});
const fileAt = (path: string) => ({ id: 'file', type: 'file_output', config: { path } });
const create = async (id: string, rate?: number) => {
  const answer = await server.call('POST', flows, document(id, rate));
  expect(answer.status).toBe(201);
  return answer;
};
const etag = ({ headers }: { headers: Headers }): string => headers.get('etag')!;
const problem = (status: number, detail: unknown = expect.any(String)) => ({
  status,
  body: {
    type: expect.stringMatching(/^\/api\/docs\/problems#/),
    title: expect.any(String),
    status,
    detail,
    instance: expect.any(String),
  },
});

describe('drafts', () => {
  it('are made, read, replaced and deleted, each with its revision', async () => {
    const made = await create('crud');
    expect(made.headers.get('location')).toBe(`${flows}/crud`);
    expect(made.body).toMatchObject({ ...document('crud'), revision: expect.any(Number) });
    expect(etag(made)).toBe(`"${(made.body as { revision: number }).revision}"`);

    const read = await server.call('GET', `${flows}/crud`);
    expect([read.status, read.body, etag(read)]).toEqual([200, made.body, etag(made)]);

    const changed = { ...document('crud'), name: 'Changed' };
    const saved = await server.call('PUT', `${flows}/crud`, changed, { 'if-match': etag(made) });
    expect(saved).toMatchObject({ status: 200, body: { name: 'Changed' } });
    expect(etag(saved)).not.toBe(etag(made));

    expect(await server.call('DELETE', `${flows}/crud`, undefined, { 'if-match': etag(saved) })).toMatchObject({
      status: 204,
    });
    expect(await server.call('GET', `${flows}/crud`)).toMatchObject(problem(404, 'there is no flow "crud"'));
  });

  it('are not overwritten by who has not seen the last change', async () => {
    const made = await create('stale');
    const change = async (headers: Record<string, string>) =>
      server.call('PUT', `${flows}/stale`, document('stale'), headers);
    const first = await change({ 'if-match': etag(made) });
    expect(await change({ 'if-match': etag(made) })).toMatchObject(
      problem(412, expect.stringContaining(`it is at revision ${(first.body as { revision: number }).revision} now`)),
    );
    const other = { ...document('stale'), name: 'Other' };
    expect(await server.call('PUT', `${flows}/stale`, other)).toMatchObject(problem(428));
    expect(await change({ 'if-match': 'yesterday' })).toMatchObject(problem(400));
    const second = await change({ 'if-match': `W/${etag(first)}` });
    expect(second.status).toBe(200);
    expect(await change({ 'if-match': `"1000", ${etag(first)}` })).toMatchObject(problem(412));
    expect(await change({ 'if-match': `"1000", "x"` })).toMatchObject(problem(400));
    const third = await change({ 'if-match': `"1000" , W/${etag(second)}` });
    expect(third.status).toBe(200);
    const deploy = async (ifMatch: string) =>
      server.call('POST', `${flows}/stale/deploy`, undefined, { 'if-match': ifMatch });
    expect(await deploy(`"1000", ${etag(second)}`)).toMatchObject(problem(412));
    expect((await deploy(`"1000", ${etag(third)}`)).status).toBe(202);
    expect((await deploy('*')).status).toBe(202);
  });

  it('are made by PUT where they are not there, left where they are the same, and changed by who says so', async () => {
    const put = async (name: string, headers: Record<string, string> = {}) =>
      server.call('PUT', `${flows}/put`, { ...document('put'), name }, headers);
    expect(await put('a', { 'if-match': '*' })).toMatchObject(problem(412));
    expect(await put('a', { 'if-match': '"7"' })).toMatchObject({ status: 404 });
    const made = await put('a');
    expect([made.status, made.headers.get('location')]).toEqual([201, `${flows}/put`]);
    const same = await put('a');
    expect([same.status, etag(same)]).toEqual([200, etag(made)]);
    expect(await put('b')).toMatchObject(problem(428));
    expect(await put('b', { 'if-none-match': '*' })).toMatchObject(problem(412));
    expect(await put('b', { 'if-none-match': etag(made) })).toMatchObject(problem(400));
    expect(await put('b', { 'if-match': '*' })).toMatchObject({ status: 200, body: { name: 'b' } });
  });

  it('come again only where they are others than known', async () => {
    const made = await create('known');
    const ask = async (known: string) => server.call('GET', `${flows}/known`, undefined, { 'if-none-match': known });
    for (const known of [etag(made), `W/${etag(made)}`, `"1", ${etag(made)}`, '*'])
      expect(await ask(known)).toMatchObject({ status: 304, body: '' });
    expect(etag(await ask(etag(made)))).toBe(etag(made));
    expect(await ask('"0"')).toMatchObject({ status: 200, body: made.body });
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ name: '\u200b' }, 'name'],
    [{ name: 'two\nlines' }, 'name'],
    [{ name: 'bell\u0007' }, 'name'],
    [{ description: 'bell\u0007' }, 'description'],
    [{ components: [{ id: 'a', type: 'json_filter', name: '   ' }] }, 'components[0].name'],
  ])('take no name that nobody can read: %j', async (part, place) => {
    const wrong = { ...document('named'), ...part };
    const finding = { body: { findings: [expect.objectContaining({ place, code: 'wrong_value' })] } };
    expect(await server.call('POST', flows, wrong)).toMatchObject({ status: 400, ...finding });
    expect(await server.call('POST', `${flows}/validate`, wrong)).toMatchObject({ status: 200, ...finding });
    expect(await server.call('PUT', `${flows}/named`, wrong, { 'if-match': '"1"' })).toMatchObject({ status: 400 });
    const description = 'two\n\tlines';
    expect(await server.call('POST', `${flows}/validate`, { ...document('named'), description })).toMatchObject({
      body: { findings: [] },
    });
  });

  it.each([
    ['../x', 'leads out of the data folder'],
    ['a/../../x', 'leads out of the data folder'],
    ['.', 'leads out of the data folder'],
    ['nats/x', 'belongs to the server itself'],
    ['./a/../backups/x.tar', 'belongs to the server itself'],
  ])('are told before they start that a file cannot be %s', async (path, sentence) => {
    const wrong = { components: [...document('path').components.slice(0, 2), fileAt(path)] };
    const answer = await server.call('POST', `${flows}/validate`, wrong);
    expect(answer.body).toMatchObject({
      findings: [{ place: 'components[2].config.path', sentence: `"${path}" ${sentence}` }],
    });
  });

  it('keep what runs when they are deleted by who has not seen the last change', async () => {
    const made = await create('kept');
    await server.call('POST', `${flows}/kept/deploy?wait=10s`);
    await server.call('POST', `${flows}/kept/stop?wait=10s`);
    await server.call('PUT', `${flows}/kept`, document('kept', 10), { 'if-match': etag(made) });
    const refused = await server.call('DELETE', `${flows}/kept`, undefined, { 'if-match': etag(made) });
    expect(refused).toMatchObject(problem(412));
    expect(await server.call('POST', `${flows}/kept/start`)).toMatchObject({ status: 202 });
  });

  it('are not deployed, restored or deleted by who has not seen the last change', async () => {
    const made = await create('seen');
    await server.call('POST', `${flows}/seen/deploy?wait=10s`, undefined, { 'if-match': etag(made) });
    await server.call('POST', `${flows}/seen/stop?wait=10s`);
    const changed = await server.call('PUT', `${flows}/seen`, document('seen', 30), { 'if-match': etag(made) });
    for (const [method, path, body] of [
      ['POST', `${flows}/seen/deploy`, undefined],
      ['POST', `${flows}/seen/restore`, { version: 1 }],
      ['DELETE', `${flows}/seen`, undefined],
    ] as const)
      expect(await server.call(method, path, body, { 'if-match': etag(made) })).toMatchObject(problem(412));
    expect(await server.call('GET', `${flows}/seen`)).toMatchObject({ body: document('seen', 30) });
    const restored = await server.call('POST', `${flows}/seen/restore`, { version: 1 }, { 'if-match': etag(changed) });
    expect(restored).toMatchObject({ status: 200, body: document('seen') });
  });

  it('survive being deleted and changed at the same moment, or are gone: never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const made = await create('raced');
      const [saved, removed] = await Promise.all([
        server.call('PUT', `${flows}/raced`, document('raced', 30), { 'if-match': etag(made) }),
        server.call('DELETE', `${flows}/raced`, undefined, { 'if-match': etag(made) }),
      ]);
      const isKept = (await server.call('GET', `${flows}/raced`)).status === 200;
      expect([saved.status === 200, removed.status === 204]).toEqual([isKept, !isKept]);
      if (isKept) await server.call('DELETE', `${flows}/raced`);
    }
  });

  it('are deployed, restored and sent again with null in place of a body that may be left out', async () => {
    const components = [{ id: 'source', type: 'simulator_input', config: { rate: 1 } }];
    await server.call('POST', flows, { id: 'without', components });
    expect(await server.call('POST', `${flows}/without/deploy?wait=10s`, null)).toMatchObject({ status: 202 });
    expect(await server.call('POST', `${flows}/without/restore`, null)).toMatchObject({ status: 200 });
    expect(await server.call('POST', `${flows}/without/dead-letters/resend`, null)).toMatchObject({ status: 200 });
    expect(await server.call('POST', `${flows}/without/start`, null)).toMatchObject({ status: 202 });
    expect(await server.call('POST', flows, null)).toMatchObject(problem(400));
    expect(await server.call('POST', `${flows}/without/stop?wait=10s`, null)).toMatchObject({ status: 202 });
    expect(await server.call('DELETE', `${flows}/without`, null)).toMatchObject({ status: 204 });
  });

  it('take back what the server gave: its answer is a document', async () => {
    const made = await create('round-trip');
    expect(await server.call('PUT', `${flows}/round-trip`, made.body, { 'if-match': etag(made) })).toMatchObject({
      status: 200,
    });
    const copy = { ...(made.body as object), id: 'round-trip-2' };
    expect(await server.call('POST', flows, copy)).toMatchObject({ status: 201, body: { id: 'round-trip-2' } });
  });

  it('get an id and a name where they have none, and never one that is taken', async () => {
    const { components } = document('x');
    const answers = [
      await server.call('POST', `${flows}?name=Location%20A`, { components }),
      await server.call('POST', `${flows}?name=Location%20A`, { components }),
      await server.call('POST', flows, { components, name: 'Überwachung!' }),
    ];
    expect(answers.map(({ body }) => (body as { id: string }).id)).toEqual([
      'location-a',
      'location-a-2',
      expect.stringMatching(/^u-?berwachung$/),
    ]);
    expect(await server.call('POST', flows, document('location-a'))).toMatchObject(problem(409));
    for (const name of ['', 'x'.repeat(121), 'a&name=b'])
      expect(await server.call('POST', `${flows}?name=${name}`, { components })).toMatchObject(problem(400));
    expect(await server.call('PUT', `${flows}/location-a`, document('b'), { 'if-match': '1' })).toMatchObject(
      problem(400, 'the body is flow "b", the path says "location-a"'),
    );
  });

  it.each(['actions', 'validate', 'try'])('may be called as a call beside them: %s', async (id) => {
    expect(await server.call('PUT', `${flows}/${id}`, { id, name: id, components: [] })).toMatchObject({ status: 201 });
    expect(await server.call('GET', `${flows}/${id}`)).toMatchObject({ status: 200, body: { id } });
    const options = await server.call('OPTIONS', `${flows}/${id}`);
    expect(options.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'PUT', 'POST', 'DELETE']));
    // the call is still the call: it takes a look at what it is given
    expect([200, 400]).toContain((await server.call('POST', `${flows}/${id}`, 7)).status);
    expect(await server.call('DELETE', `${flows}/${id}`)).toMatchObject({ status: 204 });
    expect(await server.call('GET', `${flows}/${id}`)).toMatchObject(problem(404));
  });

  it('are listed in pages, without what is inside', async () => {
    for (const n of [1, 2, 3]) await create(`page-${n}`);
    const page = await server.call('GET', `${flows}?search=page-&limit=2&offset=1`);
    expect(page.body).toEqual({
      total: 3,
      items: ['page-2', 'page-3'].map((id) => ({
        id,
        name: `Flow ${id}`,
        revision: expect.any(Number),
        component_count: 3,
        updated_at: expect.any(String),
        changed: true,
      })),
    });
    expect(await server.call('GET', `${flows}?limit=0`)).toMatchObject(problem(400));
  });

  it.each([
    [
      'the flow of location A',
      [
        { id: 'sensor-input', type: 'mavlink_input' },
        { id: 'send-to-location-b', type: 'websocket_output', config: { port: 9000 } },
      ],
    ],
    [
      'the flow of location B',
      [
        { id: 'receive-from-location-a', type: 'websocket_input', config: { url: 'ws://location-a:9000' } },
        { id: 'process-data', type: 'json_filter' },
      ],
    ],
  ])('take %s as the guide prints it', async (name, components) => {
    expect(await server.call('POST', `${flows}?name=${encodeURIComponent(name)}`, { components })).toMatchObject({
      status: 201,
    });
    const { body } = await server.call('POST', `${flows}/validate`, { components });
    expect(
      (body as { findings: { severity: string }[] }).findings.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });
});

describe('findings', () => {
  it.each([[null], [5], ['text'], [[]], [{}], [{ components: [{ id: 'A', type: 5 }] }], [{ components: 'none' }]])(
    'are told of %j, whatever it is',
    async (wrong) => {
      const answer = await server.call('POST', `${flows}/validate`, JSON.stringify(wrong));
      expect(answer.status).toBe(200);
      expect((answer.body as { findings: unknown[] }).findings.length).toBeGreaterThan(0);
    },
  );

  it('say where, and what the right word is', async () => {
    const { body } = await server.call('POST', `${flows}/validate`, {
      components: [
        { id: 'a', type: 'simulator_inputt' },
        { id: 'b', type: 'json_filter', config: { rules: [{ field: 'x', operator: 'greater', value: 1 }] } },
      ],
    });
    expect((body as { findings: unknown[] }).findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ place: 'components[0].type', hint: 'did you mean "simulator_input"?' }),
        expect.objectContaining({ place: 'components[1].config.rules[0].operator' }),
      ]),
    );
  });

  it('stop a deploy, and come with the answer', async () => {
    await server.call('POST', flows, { id: 'broken', components: [{ id: 'a', type: 'no_such_type' }] });
    const answer = await server.call('POST', `${flows}/broken/deploy`);
    expect(answer).toMatchObject(problem(422, 'the flow "broken" cannot be deployed as it is'));
    expect((answer.body as { findings: unknown[] }).findings).toContainEqual(
      expect.objectContaining({ severity: 'error', place: 'components[0].type' }),
    );
    expect(await server.call('GET', `${flows}/broken/status`)).toMatchObject({
      body: { sentence: 'Not deployed yet' },
    });
  });
});

describe('a deployment', () => {
  it('runs, is told, stops and starts again, and keeps its versions', async () => {
    await create('life');
    const deployed = await server.call('POST', `${flows}/life/deploy?wait=10s`, { note: 'first' });
    expect(deployed).toMatchObject({ status: 202, body: { flow: 'life', version: 1, desired: 'running' } });
    const { body: status } = await server.call('GET', `${flows}/life/status`);
    expect(status).toMatchObject({
      flow: 'life',
      desired: 'running',
      observed: 'running',
      version: 1,
      sentence: expect.stringMatching(/^Running/),
      components: [
        { id: 'source', type: 'simulator_input', state: 'running', in_total: expect.any(Number), dropped: {} },
        { id: 'keep', type: 'json_filter', state: 'running' },
        { id: 'file', type: 'file_output', state: 'running', facts: expect.any(Object) },
      ],
      connections: [
        { from: 'source.out', to: 'keep.in', delivery: 'live', waiting: 0 },
        { from: 'keep.out', to: 'file.in', delivery: 'live', waiting: 0 },
      ],
    });
    expect(await server.call('POST', `${flows}/life/deploy?wait=10s`)).toMatchObject({ body: { version: 1 } });

    const draft = await server.call('GET', `${flows}/life`);
    await server.call('PUT', `${flows}/life`, document('life', 50), { 'if-match': etag(draft) });
    expect(await server.call('GET', `${flows}?search=life`)).toMatchObject({
      body: { items: [{ deployed_version: 1, changed: true }] },
    });
    await server.call('POST', `${flows}/life/deploy?wait=10s`);
    expect(await server.call('GET', `${flows}/life/versions`)).toMatchObject({
      body: { items: [{ version: 2 }, { version: 1, note: 'first' }] },
    });
    expect(await server.call('GET', `${flows}/life/versions/1`)).toMatchObject({ body: { flow: document('life') } });
    expect(await server.call('GET', `${flows}/life/versions/9`)).toMatchObject(problem(404));
    expect(await server.call('GET', `${flows}/life/versions/x`)).toMatchObject({ status: 400 });

    expect(await server.call('DELETE', `${flows}/life`)).toMatchObject(problem(409));
    await server.call('POST', `${flows}/life/stop?wait=10s`);
    expect(await server.call('GET', `${flows}/life/status`)).toMatchObject({
      body: { desired: 'stopped', observed: 'stopped', version: 2 },
    });
    await server.call('POST', `${flows}/life/start?wait=10s`);
    expect(await server.call('GET', `${flows}/life/status`)).toMatchObject({
      body: { observed: 'running', version: 2 },
    });

    const restored = await server.call('POST', `${flows}/life/restore`, { version: 1 });
    expect(restored).toMatchObject({ status: 200, body: document('life') });
    expect(await server.call('GET', `${flows}/life/status`)).toMatchObject({ body: { version: 2 } });
    await server.call('POST', `${flows}/life/stop?wait=10s`);
    expect(await server.call('DELETE', `${flows}/life`)).toMatchObject({ status: 204 });
    expect(await server.call('GET', `${flows}/life/versions`)).toMatchObject(problem(404));
  });

  it('keeps as many versions as the settings want, with the one that runs, and never gives a number twice', async () => {
    const few = await startServer({ SEMSTREAMS_VERSIONS_KEEP: '2' });
    let { headers } = await few.call('POST', flows, document('few'));
    for (const rate of [1, 2, 3, 4]) {
      const saved = await few.call('PUT', `${flows}/few`, document('few', rate), { 'if-match': headers.get('etag')! });
      ({ headers } = saved);
      await few.call('POST', `${flows}/few/deploy`);
    }
    expect(await few.call('GET', `${flows}/few/versions`)).toMatchObject({
      body: { items: [{ version: 4 }, { version: 3 }] },
    });
    await few.end();
  });

  it('that was never made cannot be started or stopped', async () => {
    await create('never');
    for (const what of ['start', 'stop'])
      expect(await server.call('POST', `${flows}/never/${what}`)).toMatchObject(
        problem(404, 'the flow "never" was never deployed; deploy it first'),
      );
    expect(await server.call('POST', `${flows}/never/deploy?wait=soon`)).toMatchObject(problem(400));
  });

  it('takes test messages, at any component', async () => {
    await server.call('POST', flows, {
      id: 'inject',
      components: [
        { id: 'in', type: 'simulator_input', config: { rate: 0.01, count: 1 } },
        { id: 'high', type: 'json_filter', config: { rules: [{ field: 'n', operator: 'gt', value: 1 }] } },
        { id: 'file', type: 'file_output', config: { path: 'injected.ndjson' } },
      ],
    });
    await server.call('POST', `${flows}/inject/deploy?wait=10s`);
    const inject = async (component: string, body: unknown) =>
      server.call('POST', `${flows}/inject/components/${component}/inject`, body);
    expect(await inject('in', { payloads: [{ n: 1 }, { n: 2 }] })).toMatchObject({
      status: 200,
      body: { accepted: 2 },
    });
    expect(await inject('high', { payloads: [{ n: 5 }] })).toMatchObject({ status: 200 });
    const { body } = await server.call('GET', `${flows}/inject/status`);
    const { components } = body as { components: { id: string; in_total: number; out_total: number }[] };
    expect(components.find(({ id }) => id === 'high')).toMatchObject({ in_total: 4, out_total: 2 });
    expect(await inject('nobody', { payloads: [1] })).toMatchObject(
      problem(404, 'there is no component "nobody" in the running version'),
    );
    expect(await inject('high', { payloads: [] })).toMatchObject(problem(400));
    expect(await inject('high', { payloads: [1], port: 'x' })).toMatchObject(problem(409));
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/api/v1/flows/nothing'],
    ['GET', '/api/v1/flows/not%20an%20id'],
    ['GET', '/api/v1/flows/%3E'],
    ['GET', '/api/v1/flows/*'],
    ['GET', '/api/v1/flows/a.b'],
    ['GET', '/api/v1/flows/..%2F..%2Fetc'],
    ['GET', '/api/v1/flows/%00'],
    ['GET', `/api/v1/flows/${'x'.repeat(200)}`],
    ['GET', '/api/v1/flows/%3E/versions'],
    ['GET', '/api/v1/flows/nothing/status'],
    ['GET', '/api/v1/flows/%3E/status'],
    ['POST', '/api/v1/flows/nothing/deploy'],
    ['POST', '/api/v1/flows/*/start'],
    ['POST', '/api/v1/flows/nothing/stop'],
    ['DELETE', '/api/v1/flows/nothing'],
    ['DELETE', '/api/v1/flows/%3E'],
    ['GET', '/api/v1/flows/nothing/versions/1'],
    ['GET', '/api/v1/component-types/nothing'],
    ['GET', '/api/v2/flows'],
    ['POST', '/no/such/route'],
    ['GET', '/debug/none'],
  ])('%s %s is a problem of its own', async (method, path) => {
    const answer = await server.call(method, path);
    expect(answer).toMatchObject(problem(404));
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

const manyKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 0]));

it('a number that would be kept as another one is a finding, with the way out', async () => {
  const document =
    '{"components": [], "layout": {}, "description": "x", "id": "a", "name": "A", "y": 12345678901234567890}';
  const { body } = await server.call('POST', `${flows}/validate`, document);
  expect((body as { findings: { sentence: string }[] }).findings[0]).toMatchObject({
    code: 'too_exact',
    sentence: '12345678901234567890 has more digits than a number in settings keeps: write it in quotes',
  });
});

describe('requests that are refused', () => {
  const post = async (body: string, headers: Record<string, string> = {}) => server.call('POST', flows, body, headers);

  it.each<[string, string, Record<string, string>, number]>([
    ['broken JSON', '{"components": [', {}, 400],
    ['nothing at all', '', {}, 400],
    ['an unknown key', '{"componentss": []}', {}, 400],
    ['another type of content', '{}', { 'content-type': 'text/plain' }, 415],
    ['a form', 'components=', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a name that reaches into the language', '{"__proto__": {"a": 1}, "components": []}', {}, 400],
    ['lists within each other too often', `{"components": [], "x": ${'['.repeat(5000)}${']'.repeat(5000)}}`, {}, 422],
    ['objects within each other too often', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, {}, 422],
    [
      'a number that would be kept as another one',
      '{"components": [{"id": "m", "type": "json_map", "config": {"add_fields": {"id": 12345678901234567890}}}]}',
      {},
      422,
    ],
    ['a million values', `{"components": [${'0,'.repeat(1_000_000)}0]}`, {}, 422],
    ['more keys than an object may have', JSON.stringify({ components: [], layout: manyKeys(20_000) }), {}, 422],
    ['half a character', '{"name": "a\\ud800", "components": []}', {}, 400],
    ['a text of megabytes', JSON.stringify({ name: 'x'.repeat(3_000_000), components: [] }), {}, 422],
    ['a page of somebody else', '{}', { origin: 'http://evil.example' }, 403],
    ['a page that hides where it comes from', '{}', { origin: 'null' }, 403],
  ])('%s', async (_, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer).toMatchObject(problem(status));
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['PUT', `${flows}/x`],
    ['POST', `${flows}/validate`],
    ['POST', `${flows}/x/deploy`],
    ['POST', `${flows}/x/restore`],
    ['POST', `${flows}/x/components/in/inject`],
  ])('%s %s with lists within each other too often', async (method, path) => {
    const body = `{"payloads": [${'['.repeat(5000)}${']'.repeat(5000)}]}`;
    expect(await server.call(method, path, body)).toMatchObject(problem(422));
  });

  it('what is larger than it may be, before it is sent', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': String(5 * 1024 ** 2) };
    const sending = request(new URL(flows, server.url), { method: 'POST', headers });
    sending.on('error', () => undefined);
    sending.flushHeaders();
    const answer = await new Promise<IncomingMessage>((resolve) => sending.once('response', resolve));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      413,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    sending.destroy();
  });

  it('and it goes on', async () => {
    expect((await server.call('GET', '/health')).status).toBe(200);
    expect(server.output()).not.toContain('a request failed');
  });
});

describe('a flow as the server gave it', () => {
  it('is checked and applied as it came, with its revision', async () => {
    await create('as-it-came');
    const { body } = await server.call('GET', `${flows}/as-it-came`);
    expect(body).toMatchObject({ revision: expect.any(Number) });
    expect((await server.call('POST', `${flows}/validate`, body)).body).toEqual({ findings: [] });
    for (const given of [body, [body], { flows: [body] }]) {
      const applied = await server.call('POST', '/api/v1/apply?dry_run=true', given);
      expect(applied).toMatchObject({ status: 200, body: { flows: [{ id: 'as-it-came', action: 'none' }] } });
    }
    const other = { ...(body as object), revision: 'seven' };
    expect((await server.call('POST', `${flows}/validate`, other)).body).toMatchObject({
      findings: [{ code: 'unknown_key', place: 'revision' }],
    });
  });

  it('takes no messages where it is not there, or does not run', async () => {
    const inject = (id: string) =>
      server.call('POST', `${flows}/${id}/components/source/inject`, { payloads: [{ value: 1 }] });
    expect(await inject('never-made')).toMatchObject(problem(404, 'there is no flow "never-made"'));
    expect(await inject('as-it-came')).toMatchObject(problem(409, 'the flow "as-it-came" does not run'));
  });
});

describe('a flow as large as it may be', () => {
  const ids = Array.from({ length: 500 }, (_, n) => `component-number-${n}`);
  const patterns = (id: string) =>
    Array.from({ length: 4 }, () => ({ field: 'x', operator: 'matches', value: `.{900}${id}` }));
  const large = {
    components: ids.map((id) => ({ id, type: 'json_filter', config: { rules: patterns(id) } })),
    connections: Array.from({ length: 2000 }, (_, n) => ({ from: `komponent-${n}`, to: ids[n % 500] })),
  };

  it('is checked while everybody else is answered', async () => {
    const checking = [1, 2, 3].map(async () => server.call('POST', `${flows}/validate`, large));
    let isDone = false;
    const findings = Promise.all(checking).finally(() => (isDone = true));
    let slowest = 0;
    while (!isDone) {
      const start = performance.now();
      expect((await server.call('GET', '/health/live')).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - start);
    }
    for (const { status, body } of await findings) {
      expect(status).toBe(200);
      expect((body as { findings: unknown[] }).findings).toHaveLength(101);
    }
    expect(slowest).toBeLessThan(2000);
  }, 60_000);
});
