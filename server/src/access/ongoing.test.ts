import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Access } from './access.ts';
import type { Principal } from './principal.ts';

const password = 'correct horse battery';
const dayMs = 24 * 60 * 60_000;
let folder: string;
let access: Access;
let ended: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'semstreams-access-'));
  access = new Access({ dataDir: folder, host: '127.0.0.1', login: 'auto', adminPassword: '', isTls: false });
  ended = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const hold = (name: string, principal: Principal | undefined) => access.hold(principal!, () => ended.push(name));
const byCookie = ({ cookie }: { readonly cookie: string }) => access.principalOf({ cookie: cookie.split(';')[0]! });
const tokenOf = async (days: number) => {
  const user = access.accounts.user('eva')!;
  const { text, token } = access.accounts.addToken(user, { name: 'x', role: 'operator', expires_in_days: days });
  return { id: token.id, principal: access.principalOf({ authorization: `Bearer ${text}` }) };
};
const addUsers = async () => {
  await access.accounts.add({ name: 'admin', role: 'administrator', password });
  await access.accounts.add({ name: 'eva', role: 'operator', password });
};

it('what anybody had going on an open server ends with the first user', async () => {
  hold('anybody', access.principalOf({}));
  expect(ended).toEqual([]);
  await addUsers();
  expect(ended).toEqual(['anybody']);
});

it('it ends when the token has expired, and when the session has, without anybody asking', async () => {
  await addUsers();
  hold('short', (await tokenOf(1)).principal);
  hold('long', (await tokenOf(30)).principal);
  hold('session', byCookie(await access.login('eva', password, '127.0.0.1')));
  vi.advanceTimersByTime(dayMs / 2 - 5000);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(6000);
  expect(ended).toEqual(['session']);
  vi.advanceTimersByTime(dayMs / 2);
  expect(ended).toEqual(['session', 'short']);
});

it('it ends with its token, its user, and another role or other flows; what else goes on stays', async () => {
  await addUsers();
  const token = await tokenOf(1);
  hold('removed token', token.principal);
  hold('token', (await tokenOf(1)).principal);
  const admin = byCookie(await access.login('admin', password, '127.0.0.1'));
  hold('admin', admin);
  hold('let go', token.principal)();
  access.accounts.removeToken(token.id);
  expect(ended).toEqual(['removed token']);
  await access.changeUser('eva', { password: 'another horse' });
  expect(ended).toEqual(['removed token']);
  await access.changeUser('eva', { flows: ['night-*'] });
  expect(ended).toEqual(['removed token', 'token']);
  await access.accounts.add({ name: 'second', role: 'administrator', password });
  await access.changeUser('admin', { role: 'viewer' }, { session: admin!.session });
  expect(ended).toEqual(['removed token', 'token', 'admin']);
});
