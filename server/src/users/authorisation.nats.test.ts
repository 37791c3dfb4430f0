import { request } from 'node:http';
import { includesRole, livePath, type Role, roles } from '@semstreams/contract';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';
import { calls } from '../web/document/calls.ts';

const password = 'correct horse battery';
/** A flow that can be deployed and does next to nothing. */
const parts = [
  { id: 'source', type: 'simulator_input', config: { rate: 1 } },
  { id: 'file', type: 'file_output', config: { path: 'out.ndjson' } },
];
let server: RunningServer;
/** Tokens by what they are worth. */
const tokens = new Map<string, string>();
const bearer = (name: string) => ({ authorization: `Bearer ${tokens.get(name)}` });

const login = async (user: string, with_: string) => server.call('POST', '/api/v1/session', { user, password: with_ });
const cookieOf = (headers: Headers): { cookie: string } => ({ cookie: headers.get('set-cookie')!.split(';')[0]! });

beforeAll(async () => {
  server = await startServer({ SEMSTREAMS_LOGIN: 'always', SEMSTREAMS_ADMIN_PASSWORD: password });
  const admin = cookieOf((await login('admin', password)).headers);
  const flow = (id: string) => ({
    id,
    name: id,
    components: parts,
    connections: [{ from: 'source.out', to: 'file.in' }],
  });
  await eventually('flows can be kept', async () => {
    const { status } = await server.call('POST', '/api/v1/flows', flow('mine'), admin);
    return status === 201 || status === 409;
  });
  await server.call('POST', '/api/v1/flows', flow('theirs'), admin);
  for (const role of roles)
    for (const flows of [undefined, ['mine*']]) {
      const name = flows ? `${role}-of-mine` : role;
      const made = await server.call('POST', '/api/v1/users', { name, role, password, ...(flows && { flows }) }, admin);
      expect(made).toMatchObject({ status: 201 });
      const own = cookieOf((await login(name, password)).headers);
      const token = { name: 'test', role, ...(flows && { flows }) };
      const { body } = await server.call('POST', '/api/v1/tokens', token, own);
      tokens.set(name, (body as { token: string }).token);
    }
  const own = cookieOf((await login('operator', password)).headers);
  const gone = (await server.call('POST', '/api/v1/tokens', { name: 'gone', role: 'operator' }, own)).body as {
    id: string;
    token: string;
  };
  await server.call('DELETE', `/api/v1/tokens/${gone.id}`, undefined, own);
  tokens.set('revoked', gone.token);
}, 120_000);
afterAll(async () => server.end());

/** What a call is answered of which only the door is of interest: nothing is sent that could be done. */
const door = async (call: string, flow: string, headers: Readonly<Record<string, string>>): Promise<number> => {
  const [method, path] = call.split(' ') as [string, string];
  const address = path
    .replace('/flows/{id}', `/flows/${flow}`)
    .replace(/\{(sequence|version)\}/, '1')
    .replace(/\{\w+\}/, 'nothing');
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(address, server.url),
      { method, headers: { ...headers, 'x-nothing': '1' } },
      (answer) => {
        resolve(answer.statusCode!);
        answer.destroy();
      },
    );
    asked.on('error', (error) => (asked.destroyed && error.message.includes('hang up') ? undefined : reject(error)));
    asked.end();
  });
};

/** Calls that would end what other tests stand on, or take long, are knocked at with a body that nobody can use. */
const knock = async (call: string, flow: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  door(call, flow, /^(POST|PUT|DELETE)/.test(call) ? { ...headers, 'content-type': 'text/knock' } : headers);

const isGuarded = (call: string): boolean => calls[call]!.needs !== 'nothing';
const named = Object.keys(calls).filter(isGuarded);

describe('every call of the list', () => {
  it.each(named)('%s: nobody without a token, with one that is made up, revoked or of another kind', async (call) => {
    for (const headers of [
      {},
      { authorization: 'Bearer sst_made-up' },
      bearer('revoked'),
      { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
      { cookie: 'semstreams=made-up' },
    ])
      expect(await knock(call, 'mine', headers), JSON.stringify(headers)).toBe(401);
  });

  it.each(named)('%s: each role as the list says, and only for the flows that are meant', async (call) => {
    const { needs, ofAll } = calls[call]! as { needs: Role; ofAll?: boolean };
    const isOfFlow = call.includes('/flows/{id}');
    for (const role of roles) {
      const [may, statuses] = [includesRole(role, needs), [] as number[]];
      const flow = isOfFlow && call.startsWith('DELETE') ? 'mine-that-is-not-there' : 'mine';
      for (const token of [role, `${role}-of-mine`]) statuses.push(await knock(call, flow, bearer(token)));
      const isOpen = statuses.map((status) => status !== 403 && status !== 401);
      expect(isOpen, `${role}: ${statuses.join(', ')}`).toEqual([may, may && !ofAll]);
      if (isOfFlow) expect(await knock(call, 'theirs', bearer(`${role}-of-mine`)), role).toBe(403);
    }
  });
});

it('what needs nothing is answered to all', async () => {
  for (const call of Object.keys(calls).filter((each) => !isGuarded(each)))
    expect([200, 204, 400, 415, 503], call).toContain(await knock(call, 'mine', {}));
});

it('YAML is read where a set of flows is taken alone: never of somebody who has not logged in', async () => {
  const send = async (call: string, headers: Readonly<Record<string, string>>) => {
    const [method, path] = call.split(' ') as [string, string];
    const { status } = await fetch(new URL(path, server.url), {
      method,
      headers: { ...headers, 'content-type': 'application/yaml' },
      body: '{}',
    });
    return status;
  };
  expect(await send('POST /api/v1/session', {})).toBe(415);
  expect(await send('POST /api/v1/flows', bearer('administrator'))).toBe(415);
  expect(await send('POST /api/v1/apply?dry_run=true', {})).toBe(401);
  expect(await send('POST /api/v1/apply?dry_run=true', bearer('administrator'))).not.toBe(415);
});

it('lists hold what somebody may reach', async () => {
  const ids = async (token: string) => {
    const { body } = await server.call('GET', '/api/v1/flows', undefined, bearer(token));
    return (body as { items: { id: string }[] }).items.map(({ id }) => id);
  };
  expect([await ids('viewer'), await ids('viewer-of-mine')]).toEqual([['mine', 'theirs'], ['mine']]);
});

it('an action for many flows is judged flow by flow, and by what it does', async () => {
  const of = async (token: string, action: string) => {
    const { body } = await server.call('POST', '/api/v1/flows/actions', { action, flows: ['theirs'] }, bearer(token));
    return (body as { items: { status: number }[] }).items[0]!.status;
  };
  expect(await of('operator', 'delete')).toBe(403);
  expect(await of('editor-of-mine', 'stop')).toBe(403);
  expect(await of('operator', 'stop')).not.toBe(403);
});

it('somebody of some flows makes flows among them alone', async () => {
  const make = async (id?: string) => {
    const flow = { ...(id === undefined ? {} : { id }), name: 'New', components: [], connections: [] };
    return (await server.call('POST', '/api/v1/flows', flow, bearer('editor-of-mine'))).status;
  };
  expect([await make(), await make('other'), await make('mine-too')]).toEqual([403, 403, 201]);
});

it('whoever was removed while their body was on its way does nothing any more', async () => {
  const admin = cookieOf((await login('admin', password)).headers);
  const held = { name: 'held', role: 'administrator', password };
  await server.call('POST', '/api/v1/users', held, admin);
  const own = cookieOf((await login('held', password)).headers);
  const begun = (path: string, type: string) => {
    const asked = request(new URL(path, server.url), { method: 'POST', headers: { ...own, 'content-type': type } });
    const status = new Promise<number>((resolve, reject) => {
      asked.on('response', (answer) => resolve(answer.resume().statusCode!));
      asked.on('error', reject);
    });
    return { asked, status };
  };
  const user = begun('/api/v1/users', 'application/json');
  user.asked.write('{"name": "heir", "role": "administrator", ');
  const restore = begun('/api/v1/restore', 'application/x-tar');
  const backup = await fetch(new URL('/api/v1/backup', server.url), { headers: admin });
  const bytes = Buffer.from(await backup.arrayBuffer());
  restore.asked.write(bytes.subarray(0, 100));
  expect((await server.call('DELETE', '/api/v1/users/held', undefined, admin)).status).toBe(204);
  user.asked.end(`"password": "${password}"}`);
  restore.asked.end(bytes.subarray(100));
  expect(await Promise.all([user.status, restore.status])).toEqual([401, 401]);
  const { body } = await server.call('GET', '/api/v1/users', undefined, admin);
  expect(JSON.stringify(body)).not.toContain('heir');
});

it('a token throws nobody out but itself', async () => {
  const own = cookieOf((await login('viewer', password)).headers);
  const make = async () =>
    (await server.call('POST', '/api/v1/tokens', { name: 'x', role: 'viewer' }, own)).body as Record<string, string>;
  const [one, other] = [await make(), await make()];
  const shown = { authorization: `Bearer ${one['token']}` };
  const { items } = (await server.call('GET', '/api/v1/sessions', undefined, own)).body as { items: { id: string }[] };
  const end = async (path: string) => (await server.call('DELETE', path, undefined, shown)).status;
  expect(await end(`/api/v1/sessions/${items[0]!.id}`)).toBe(403);
  expect(await end(`/api/v1/tokens/${other['id']}`)).toBe(403);
  expect(await end(`/api/v1/tokens/${one['id']}`)).toBe(204);
  expect((await server.call('DELETE', `/api/v1/tokens/${other['id']}`, undefined, own)).status).toBe(204);
});

describe('sessions', () => {
  it('the cookie is out of reach of scripts and of other pages, and worth nothing after logging out', async () => {
    const { status, headers, body } = await login('viewer', password);
    expect([status, body]).toEqual([200, expect.objectContaining({ user: 'viewer', role: 'viewer', login: 'needed' })]);
    expect(headers.get('set-cookie')).toMatch(
      /^semstreams=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    const own = cookieOf(headers);
    expect((await server.call('GET', '/api/v1/flows', undefined, own)).status).toBe(200);
    expect((await server.call('DELETE', '/api/v1/session', undefined, own)).status).toBe(204);
    expect((await server.call('GET', '/api/v1/flows', undefined, own)).status).toBe(401);
  });

  it('a wrong password and an unknown user are told alike, then take a wait, for this user alone', async () => {
    const answers = [];
    // on a busy machine the first wait may be over before the next try
    while (answers.at(-1)?.status !== 429 && answers.length < 10) answers.push(await login('editor', 'wrong wrong'));
    expect(answers.slice(0, 3).map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(answers.at(-1)!.status).toBe(429);
    expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await login('nobody-at-all', 'wrong wrong')).body).toMatchObject({
      detail: (answers[0]!.body as { detail: string }).detail,
    });
    expect((await login('operator', password)).status).toBe(200);
  });

  it('another password ends the other browsers and what they listen to', async () => {
    const [first, second] = [await login('viewer', password), await login('viewer', password)].map(({ headers }) =>
      cookieOf(headers),
    );
    const socket = io(server.url, {
      path: livePath,
      transports: ['websocket'],
      extraHeaders: second!,
      reconnection: false,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('overview', () => resolve());
      socket.once('connect_error', reject);
    });
    const events = await fetch(new URL('/api/v1/events', server.url), { headers: second! });
    const ended = Promise.all([
      new Promise((resolve) => socket.once('disconnect', resolve)),
      events.text().catch(() => 'cut'),
    ]);
    const change = { present: password, next: 'another password' };
    expect((await server.call('PUT', '/api/v1/session/password', { ...change, present: 'wrong' }, first)).status).toBe(
      422,
    );
    expect((await server.call('PUT', '/api/v1/session/password', change, first)).status).toBe(204);
    await ended;
    const statuses = await Promise.all(
      [first!, second!].map(async (own) => (await server.call('GET', '/api/v1/flows', undefined, own)).status),
    );
    expect(statuses).toEqual([200, 401]);
  });

  it('live data needs a login as well, and tells of the flows that are meant alone', async () => {
    /** The first overview with so many flows, or that there is none to be had. */
    const listen = async (headers: Readonly<Record<string, string>>, flows = 0) =>
      new Promise<string[] | string>((resolve) => {
        const socket = io(server.url, {
          path: livePath,
          transports: ['websocket'],
          extraHeaders: headers,
          reconnection: false,
        });
        const end = (found: string[] | string) => {
          socket.disconnect();
          resolve(found);
        };
        socket.on('overview', (found: { flow: string }[]) => {
          if (found.length >= flows) end(found.map(({ flow }) => flow).sort());
        });
        socket.once('connect_error', () => end('refused'));
      });
    expect([await listen({}), await listen(bearer('revoked'))]).toEqual(['refused', 'refused']);
    await server.call('POST', '/api/v1/flows/theirs/deploy?wait=30s', undefined, bearer('editor'));
    await server.call('POST', '/api/v1/flows/mine/deploy?wait=30s', undefined, bearer('editor'));
    expect([await listen(bearer('viewer'), 2), await listen(bearer('viewer-of-mine'), 1)]).toEqual([
      ['mine', 'theirs'],
      ['mine'],
    ]);
  });
});

it('what was done and refused stands in the audit, without a password', async () => {
  const { body } = await server.call('GET', '/api/v1/audit?limit=1000', undefined, bearer('administrator'));
  const { items } = body as { items: { who: string; what: string; outcome: string; flow?: string }[] };
  expect(items).toContainEqual(expect.objectContaining({ who: 'admin', what: 'createUser', outcome: 'done' }));
  expect(items).toContainEqual(expect.objectContaining({ who: 'viewer', what: 'logIn', outcome: 'done' }));
  // of refusals there are more than are noted in a minute: the first ones are those without a login
  expect(items).toContainEqual(
    expect.objectContaining({ who: 'nobody who has logged in', what: 'probeComponent', outcome: 'refused' }),
  );
  expect(JSON.stringify(body)).not.toContain(password);
});
