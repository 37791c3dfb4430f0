import { request } from 'node:http';
import type { AuditPage } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

const password = 'correct horse battery';
const parts = [
  { id: 'source', type: 'simulator_input', config: { rate: 1 } },
  { id: 'file', type: 'file_output', config: { path: 'out.ndjson' } },
];
const flow = (id: string) => ({
  id,
  name: id,
  components: parts,
  connections: [{ from: 'source.out', to: 'file.in' }],
});
let server: RunningServer;
let admin: { readonly cookie: string };

const login = (user: string, with_: string) => server.call('POST', '/api/v1/session', { user, password: with_ });
const cookieOf = (headers: Headers): { cookie: string } => ({ cookie: headers.get('set-cookie')!.split(';')[0]! });

beforeAll(async () => {
  server = await startServer({
    SEMSTREAMS_LOGIN: 'always',
    SEMSTREAMS_ADMIN_PASSWORD: password,
    SEMSTREAMS_DEBUG_PPROF: 'true',
  });
  admin = cookieOf((await login('admin', password)).headers);
  await eventually('flows can be kept', async () => {
    const { status } = await server.call('POST', '/api/v1/flows', flow('one'), admin);
    return status === 201 || status === 409;
  });
  await server.call('POST', '/api/v1/flows', flow('two'), admin);
}, 120_000);
afterAll(async () => server.end());

/** What the audit holds of a kind of deed, the newest first, without times and addresses. */
const entries = async (...whats: readonly string[]) => {
  const { body } = await server.call('GET', '/api/v1/audit?limit=1000', undefined, admin);
  return (body as AuditPage).items
    .filter(({ what }) => whats.includes(what))
    .map(({ time: _, from, ...rest }) => {
      expect(from).toMatch(/127\.0\.0\.1$/);
      return rest;
    });
};

it('users, tokens and sessions: who made, changed or ended them, with the words of the difference', async () => {
  await server.call('POST', '/api/v1/users', { name: 'eva', role: 'viewer', password }, admin);
  await server.call('PUT', '/api/v1/users/eva', { role: 'operator', flows: ['night-*'], password }, admin);
  const eva = cookieOf((await login('eva', password)).headers);
  const wanted = { name: 'of admin', role: 'viewer', flows: ['night-*'] };
  const token = (await server.call('POST', '/api/v1/tokens', wanted, eva)).body as { id: string };
  await server.call('DELETE', `/api/v1/tokens/${token.id}`, undefined, eva);
  const { body } = await server.call('GET', '/api/v1/sessions', undefined, eva);
  await server.call(
    'DELETE',
    `/api/v1/sessions/${(body as { items: { id: string }[] }).items[0]!.id}`,
    undefined,
    admin,
  );
  await server.call('DELETE', '/api/v1/users/eva', undefined, admin);
  const what = ['createUser', 'changeUser', 'deleteUser', 'createToken', 'deleteToken', 'endSession'];
  const ofToken = expect.stringMatching(/^token "of admin" of eva: viewer, night-\*, until 20/) as string;
  expect(await entries(...what)).toEqual([
    { who: 'admin', what: 'deleteUser', outcome: 'done', detail: 'eva' },
    { who: 'admin', what: 'endSession', outcome: 'done', detail: expect.stringMatching(/^of eva, logged in from /) },
    { who: 'eva', what: 'deleteToken', outcome: 'done', detail: ofToken },
    { who: 'eva', what: 'createToken', outcome: 'done', detail: ofToken },
    {
      who: 'admin',
      what: 'changeUser',
      outcome: 'done',
      detail: 'eva: viewer of all flows → operator of night-*; another password',
    },
    { who: 'admin', what: 'createUser', outcome: 'done', detail: 'eva: viewer of all flows' },
  ]);
});

it.each(['this machine', 'admin', 'anybody', 'token "x" of admin'])(
  'who is refused as "%s" has that name in the detail alone',
  async (name) => {
    await login(name, 'wrong wrong wrong');
    expect((await entries('logIn'))[0]).toEqual({
      who: 'nobody who has logged in',
      what: 'logIn',
      outcome: 'refused',
      detail: `as ${JSON.stringify(name)}: there is no such user, or the password is another one`,
    });
  },
);

it('logging in and out, and a password that is changed with a wrong and with the right present one', async () => {
  await server.call('POST', '/api/v1/users', { name: 'max', role: 'viewer', password }, admin);
  const max = cookieOf((await login('max', password)).headers);
  const change = { present: 'wrong wrong wrong', next: 'another horse battery' };
  await server.call('PUT', '/api/v1/session/password', change, max);
  await server.call('PUT', '/api/v1/session/password', { ...change, present: password }, max);
  await server.call('DELETE', '/api/v1/session', undefined, max);
  await server.call('DELETE', '/api/v1/session', undefined, max);
  const own = (await entries('logIn', 'logOut', 'changePassword')).filter(({ who }) => who === 'max');
  expect(own).toEqual([
    { who: 'max', what: 'logOut', outcome: 'done' },
    { who: 'max', what: 'changePassword', outcome: 'done' },
    { who: 'max', what: 'changePassword', outcome: 'refused', detail: 'the present password is another one' },
    { who: 'max', what: 'logIn', outcome: 'done' },
  ]);
});

it('an action for many flows is noted flow by flow, with what became of each', async () => {
  await server.call('POST', '/api/v1/flows/actions', { action: 'start', flows: ['one', 'not-there'] }, admin);
  await server.call('POST', '/api/v1/flows/actions', { action: 'delete', flows: ['two'] }, admin);
  expect(await entries('runBulkAction')).toEqual([]);
  expect(await entries('startFlow', 'deleteFlow')).toEqual([
    { who: 'admin', what: 'deleteFlow', flow: 'two', outcome: 'done' },
    { who: 'admin', what: 'startFlow', flow: 'not-there', outcome: 'refused', detail: expect.any(String) },
    { who: 'admin', what: 'startFlow', flow: 'one', outcome: 'refused', detail: expect.any(String) },
  ]);
});

it('a deploy has the words of the difference, one by one and among many; a dry run says so', async () => {
  const changed = { ...flow('words'), components: [{ ...parts[0]!, config: { rate: 2 } }, parts[1]!] };
  await server.call('POST', '/api/v1/flows', flow('words'), admin);
  await server.call('POST', '/api/v1/flows/words/deploy', undefined, admin);
  await server.call('POST', '/api/v1/flows/words/deploy', undefined, admin);
  await server.call('PUT', '/api/v1/flows/words', changed, { ...admin, 'if-match': '*' });
  await server.call('POST', '/api/v1/flows/actions', { action: 'deploy', flows: ['words'] }, admin);
  await server.call('DELETE', '/api/v1/flows/words?dry_run=true', undefined, admin);
  const own = { who: 'admin', flow: 'words', outcome: 'done' };
  const noted = (await entries('createFlow', 'deployFlow', 'saveFlow', 'deleteFlow')).filter(
    (entry) => entry.flow === 'words',
  );
  expect(noted).toEqual([
    { ...own, what: 'deleteFlow', detail: 'a dry run: nothing was changed' },
    { ...own, what: 'deployFlow', detail: expect.stringMatching(/^“source”: “rate” changes from 1 to 2$/) },
    { ...own, what: 'saveFlow' },
    { ...own, what: 'deployFlow', detail: 'nothing runs differently' },
    { ...own, what: 'deployFlow', detail: expect.stringMatching(/^“source” is added; “file” is added; /) },
    { ...own, what: 'createFlow' },
  ]);
});

it('a set that is applied is noted by the flows that it changed', async () => {
  const set = { flows: [flow('applied')] };
  for (const query of ['?dry_run=true', '?deploy=false', '?deploy=false'])
    await server.call('POST', `/api/v1/apply${query}`, set, admin);
  expect(await entries('applyFlows')).toEqual([
    { who: 'admin', what: 'applyFlows', outcome: 'done' },
    { who: 'admin', what: 'applyFlows', flow: 'applied', outcome: 'done', detail: expect.any(String) },
    { who: 'admin', what: 'applyFlows', outcome: 'done', detail: 'a dry run: nothing was changed' },
  ]);
});

it('a backup that is taken out, one that is put in, and a profile', async () => {
  const backup = await fetch(new URL('/api/v1/backup', server.url), { headers: admin });
  const tar = Buffer.from(await backup.arrayBuffer());
  const restored = await fetch(new URL('/api/v1/restore?preview=true', server.url), {
    method: 'POST',
    headers: { ...admin, 'content-type': 'application/x-tar' },
    body: tar,
  });
  expect(restored.status).toBe(200);
  expect((await server.call('GET', '/debug/pprof/heap', undefined, admin)).status).toBe(200);
  expect(await entries('makeBackup', 'restoreBackup', 'getHeapProfile')).toEqual([
    { who: 'admin', what: 'getHeapProfile', outcome: 'done' },
    {
      who: 'admin',
      what: 'restoreBackup',
      outcome: 'done',
      detail: expect.stringMatching(/^backup of ".+" at 20.+, looked at alone$/),
    },
    { who: 'admin', what: 'makeBackup', outcome: 'done' },
  ]);
});

it('who hangs up before the answer is noted all the same', async () => {
  const made = JSON.stringify({ name: 'lea', role: 'viewer', password });
  const asked = request(new URL('/api/v1/users', server.url), {
    method: 'POST',
    headers: { ...admin, 'content-type': 'application/json', 'content-length': made.length },
  });
  asked.on('error', () => undefined);
  asked.end(made, () => setTimeout(() => asked.destroy(), 20));
  const noted = await eventually('the user is noted', async () => {
    const [first] = await entries('createUser');
    return first?.detail?.startsWith('lea') && first;
  });
  expect(noted).toMatchObject({ who: 'admin', outcome: 'done' });
});

it('a time is asked for in any zone, and to the millisecond', async () => {
  const { body } = await server.call('GET', '/api/v1/audit?limit=1', undefined, admin);
  const at = new Date((body as AuditPage).items[0]!.time);
  const before = async (time: string) => {
    const path = `/api/v1/audit?limit=1000&before=${encodeURIComponent(time)}`;
    const answer = await server.call('GET', path, undefined, admin);
    return (answer.body as AuditPage).items.map(({ time: told }) => told);
  };
  const inUtc = await before(at.toISOString());
  expect(inUtc).not.toContain(at.toISOString());
  const elsewhere = new Date(at.getTime() + 3_600_000).toISOString().replace('Z', '+01:00');
  expect(await before(elsewhere)).toEqual(inUtc);
  const second = `${at.toISOString().slice(0, 19)}Z`;
  const odd = await server.call('GET', '/api/v1/audit?before=yesterday', undefined, admin);
  expect(odd).toMatchObject({ status: 400, body: { detail: expect.stringContaining('write a time such as') } });
  for (const told of await before(second)) expect(Date.parse(told)).toBeLessThan(Date.parse(second));
});
