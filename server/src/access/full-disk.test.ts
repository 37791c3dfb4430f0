import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { type SmallDisk, smallDisk } from '../component-kit/testing/small-disk.ts';
import { Accounts } from './accounts.ts';
import { Audit } from './audit.ts';
import { Sessions } from './sessions.ts';

/** What says who may, on a disk that is full. Mounting one takes root. */
const disk = ({ skip }: TestContext): SmallDisk => {
  const made = smallDisk(1);
  skip(made === undefined, 'it takes root');
  return made!;
};
const hourMs = 60 * 60_000;
const entry = { who: 'eva', from: '10.0.0.9', what: 'deployFlow', outcome: 'done' } as const;
const admin = { name: 'eva', role: 'administrator', password: 'a long enough password' } as const;

it('users are kept whole or not at all, also where a part of them would find room', async (context) => {
  const { folder, fill, makeRoom } = disk(context);
  const accounts = new Accounts(folder);
  await accounts.add(admin);
  const user = accounts.user('eva')!;
  const token = { role: 'viewer', expires_in_days: 1 } as const;
  for (let count = 0; count < 20; count += 1) accounts.addToken(user, { ...token, name: `${count}` });
  const before = readFileSync(join(folder, 'access', 'users.json'), 'utf8');
  fill(1);
  expect(() => accounts.addToken(user, { ...token, name: 'one more' })).toThrow(/ENOSPC/);
  expect(readFileSync(join(folder, 'access', 'users.json'), 'utf8')).toBe(before);
  expect(readdirSync(join(folder, 'access'))).toEqual(['users.json']);
  expect(new Accounts(folder).tokens()).toHaveLength(20);
  expect(accounts.tokens()).toHaveLength(20);
  makeRoom();
  accounts.addToken(user, { ...token, name: 'one more' });
  expect(new Accounts(folder).tokens()).toHaveLength(21);
});

it('who has a token or has logged in is let in, and so is who logs in', async (context) => {
  const { folder, fill } = disk(context);
  let now = 0;
  const [accounts, sessions] = [new Accounts(folder, () => now), new Sessions(folder, () => now)];
  await accounts.add(admin);
  const given = { name: 'script', role: 'viewer', expires_in_days: 1 } as const;
  const { text } = accounts.addToken(accounts.user('eva')!, given);
  const { key } = sessions.start({ user: 'eva', record: '' }, '::1');
  fill();
  now = hourMs;
  expect(accounts.tokenOf(text)?.user.name).toBe('eva');
  expect(sessions.find(key)?.user).toBe('eva');
  const second = sessions.start({ user: 'eva', record: '' }, '::1');
  expect(sessions.find(second.key)?.user).toBe('eva');
});

it('who is logged out stays so, now and after the next start', (context) => {
  const { folder, fill } = disk(context);
  const sessions = new Sessions(folder);
  const { id, key } = sessions.start({ user: 'eva', record: '' }, '::1');
  sessions.start({ user: 'max', record: '' }, '::1');
  const ended: string[] = [];
  sessions.onEnd((session) => ended.push(session));
  fill();
  expect(sessions.end(id)).toBe(true);
  expect([ended, sessions.find(key), new Sessions(folder).find(key)]).toEqual([[id], undefined, undefined]);
});

it('of the audit no line is torn, and what it could not note is no change by hand', (context) => {
  const { folder, fill, makeRoom } = disk(context);
  const audit = new Audit(folder);
  audit.note({ ...entry, flow: 'a' }, 'flows');
  fill();
  const note = () => audit.note({ ...entry, flow: 'b', detail: 'x'.repeat(500) }, 'flows');
  // the page that the file has already takes some
  let noted = 0;
  expect(() => {
    for (; noted < 20; noted += 1) note();
  }).toThrow(/ENOSPC/);
  makeRoom();
  audit.note({ ...entry, flow: 'c' }, 'flows');
  expect(audit.changed()).toEqual([]);
  expect(new Audit(folder).page({ limit: 100 }).items.map(({ flow }) => flow)).toEqual([
    'c',
    ...Array(noted).fill('b'),
    'a',
  ]);
});
