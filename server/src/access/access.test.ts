import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Access, LoginRefused } from './access.ts';
import { Accounts } from './accounts.ts';

const password = 'correct horse';
let folder: string;
const open = (): Access =>
  new Access({ dataDir: folder, host: '127.0.0.1', login: 'always', adminPassword: password, isTls: false });
let access: Access;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'semstreams-access-'));
  access = open();
  await access.begin();
  await access.accounts.add({ name: 'eva', role: 'viewer', password });
});
afterEach(() => rmSync(folder, { recursive: true }));

const logIn = async (user: string, from = '10.0.0.1') => (await access.login(user, password, from)).cookie;
const whoIs = (cookie: string, of = access) => of.principalOf({ cookie: cookie.split(';')[0]! })?.who;

it('a login with the old password that is under way while it is changed leaves no session', async () => {
  const change = access.changeUser('eva', { password: 'another horse' });
  await Promise.allSettled([change, access.login('eva', password, '10.0.0.1')]);
  expect(access.sessions.list()).toEqual([]);
});

it.each([
  ['removed', () => access.removeUser('eva')],
  [
    'removed and made anew with the same password',
    () => {
      access.removeUser('eva');
      void access.accounts.add({ name: 'eva', role: 'administrator', password });
    },
  ],
])('a user who is %s during the login gets no session', async (_, change) => {
  const login = access.login('eva', password, '10.0.0.1');
  change();
  await expect(login).rejects.toThrow(LoginRefused);
  expect(access.sessions.list()).toEqual([]);
});

it.each([
  ['another password', async (accounts: Accounts) => accounts.change('eva', { password: 'another horse' })],
  [
    'a new user of the same name and password',
    async (accounts: Accounts) => {
      accounts.remove('eva');
      await accounts.add({ name: 'eva', role: 'administrator', password });
    },
  ],
])('what was changed while nothing ran ends the sessions of before: %s', async (_, change) => {
  const [admins, evas] = [await logIn('admin'), await logIn('eva')];
  await change(new Accounts(folder));
  const later = open();
  expect([whoIs(admins, later), whoIs(evas, later)]).toEqual(['admin', undefined]);
  expect(later.sessions.list().map(({ user }) => user)).toEqual(['admin']);
});

it('a browser that changes the password stays logged in, also over a restart, and the others do not', async () => {
  const [own, other] = [await logIn('eva'), await logIn('eva')];
  const { session } = access.principalOf({ cookie: own.split(';')[0]! })!;
  const record = access.accounts.recordOf('eva')!;
  await access.changePassword('eva', 'another horse', { session: session!, record });
  for (const at of [access, open()]) expect([whoIs(own, at), whoIs(other, at)]).toEqual(['eva', undefined]);
  await expect(access.changePassword('eva', 'third horse', { session: session!, record })).rejects.toThrow(
    'was changed by somebody else meanwhile',
  );
});

it('guesses at the same time wait like guesses one by one', async () => {
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, async () => access.login('eva', 'wrong horse', '10.0.0.9')),
  );
  const said = tries.map((each) => (each.status === 'rejected' ? (each.reason as Error).message : 'in'));
  expect(said.filter((each) => each.startsWith('too many wrong passwords'))).toHaveLength(5);
  expect(whoIs(await logIn('eva', '10.0.0.1'))).toBe('eva');
});

it('one address that keeps asking keeps nobody else from logging in', async () => {
  const asked = Array.from({ length: 40 }, async (_, at) => access.login(`nobody-${at}`, 'wrong horse', '10.0.0.9'));
  const settled = Promise.allSettled(asked);
  expect(whoIs(await logIn('eva', '10.0.0.1'))).toBe('eva');
  await settled;
});
