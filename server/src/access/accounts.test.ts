import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewApiToken } from '@semstreams/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Accounts } from './accounts.ts';
import { UnreadableAccess } from './kept-file.ts';

let folder: string;
let now: number;
const accounts = () => new Accounts(folder, () => now);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semstreams-access-'));
  now = Date.UTC(2026, 0, 1);
});
afterEach(() => rmSync(folder, { recursive: true }));

const admin = { name: 'admin', role: 'administrator', password: 'correct horse' } as const;
const file = () => join(folder, 'access', 'users.json');

it('keeps users over a restart, their passwords as hashes, in a file that nobody else reads', async () => {
  await accounts().add(admin);
  const later = accounts();
  expect(later.users()).toEqual([{ name: 'admin', role: 'administrator', created_at: '2026-01-01T00:00:00.000Z' }]);
  expect(
    await Promise.all(['correct horse', 'Correct horse', ''].map((text) => later.recordBy('admin', text))),
  ).toEqual([later.recordOf('admin'), undefined, undefined]);
  expect(await later.recordBy('nobody', 'correct horse')).toBeUndefined();
  expect([readFileSync(file(), 'utf8').includes('correct horse'), statSync(file()).mode & 0o777]).toEqual([
    false,
    0o600,
  ]);
});

it('a password is the same however its letters are composed', async () => {
  const all = accounts();
  await all.add({ ...admin, password: 'caf\u00e9 caf\u00e9' });
  expect(await all.recordBy('admin', 'cafe\u0301 cafe\u0301')).toBe(all.recordOf('admin'));
});

it('never loses the last administrator of all flows', async () => {
  const all = accounts();
  await expect(all.add({ ...admin, role: 'viewer' })).rejects.toThrow('the first user has to be an administrator');
  await all.add(admin);
  await all.add({ name: 'eva', role: 'administrator', flows: ['night-*'], password: 'another one' });
  await expect(all.change('admin', { role: 'editor' })).rejects.toThrow('this is the last administrator');
  await expect(all.change('admin', { flows: ['day'] })).rejects.toThrow('this is the last administrator');
  expect(() => all.remove('admin')).toThrow('this is the last administrator');
  await all.change('eva', { flows: null });
  all.remove('admin');
  expect(all.users().map(({ name }) => name)).toEqual(['eva']);
});

it('a token is worth no more than its user, ends with its time, its user or by itself, and is kept as a hash', async () => {
  const all = accounts();
  await all.add(admin);
  const eva = await all.add({ name: 'eva', role: 'operator', flows: ['night-*', 'day'], password: 'another one' });
  const wanted: NewApiToken = { name: 'cron', role: 'operator', flows: ['night-3'], expires_in_days: 2 };
  expect(() => all.addToken(eva, { ...wanted, role: 'editor' })).toThrow('may be operator at most');
  for (const flows of [undefined, ['night-*', 'noon'], ['n*']])
    expect(() => all.addToken(eva, { ...wanted, ...{ flows: flows as string[] } })).toThrow(
      'may reach night-*, day at most',
    );
  const { token, text } = all.addToken(eva, { ...wanted, flows: ['night-*', 'night-3', 'day'] });
  expect(all.tokenOf(text)).toMatchObject({ token: { id: token.id }, user: { name: 'eva' } });
  expect(all.tokenOf(`${text}x`)).toBeUndefined();
  expect(readFileSync(file(), 'utf8')).not.toContain(text);
  expect(all.tokens('eva')[0]!.used_at).toBe('2026-01-01T00:00:00.000Z');
  now += 2 * 24 * 60 * 60_000;
  expect(all.tokenOf(text)).toBeUndefined();
  const second = all.addToken(eva, wanted);
  const third = all.addToken(eva, wanted);
  all.removeToken(second.token.id);
  expect([all.tokenOf(second.text), all.tokenOf(third.text)?.user.name]).toEqual([undefined, 'eva']);
  all.remove('eva');
  expect(all.tokenOf(third.text)).toBeUndefined();
});

it('guesses nothing of a damaged file', () => {
  const all = accounts();
  expect(all.hasUsers).toBe(false);
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'semstreams-access-'));
  return accounts()
    .add(admin)
    .then(() => {
      writeFileSync(file(), '{"users":[]');
      expect(() => accounts()).toThrow(UnreadableAccess);
      expect(() => accounts()).toThrow(/users\.json" is damaged.*remove it to begin anew/);
    });
});
